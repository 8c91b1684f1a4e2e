"""What every group of commands shares: its order, how it tells errors, and the options that recur."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from foundation.errors import MusterError, SettingsError
from muster.troubles import CommandTrouble

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)

if TYPE_CHECKING:
    from foundation.words import Words

_LANGUAGE = "muster.language"
"""Where the contexts of one command line keep the language that was asked for."""

_OURS = ("", "drivers", "foundation", "kiosk", "muster", "settlement", "sync")
"""What comes with Muster itself: it can only be missing by a fault of ours."""

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


class Command(click.Command):
    """Sets up the logs when it runs: whoever only asks for `--help` doesn't wait for them to be loaded."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever a command returns
        """Run it, with logs as `--log-format` of `muster` wants them."""
        from foundation.logs import set_up_logs

        set_up_logs(as_json=ctx.find_root().params.get("log_format") == "json")
        return super().invoke(ctx)


class Group(click.Group):
    """Lists its commands in the order in which they were written, and tells errors as sentences."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order of the source."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever a command returns
        """Run a command; an error of ours becomes a sentence and exit status 1."""
        try:
            return super().invoke(ctx)
        except MusterError as error:
            raise _Failure(error, words_of(ctx)) from error
        except ModuleNotFoundError as error:
            # A terminal has no library of the centre's, and a centre none of the terminal's.
            library = (error.name or "").partition(".")[0]
            if library in _OURS:
                raise
            missing = SettingsError(CommandTrouble.COMMAND_LIBRARY_MISSING, library=library)
            raise _Failure(missing, words_of(ctx)) from error


class _Failure(click.ClickException):
    """An error of ours, said in the reader's language."""

    def __init__(self, error: MusterError, words: "Words") -> None:
        super().__init__(error.said_in(words))
        self._words = words

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it to standard error."""
        text = self._words.together(self._words.say("command-error"), self.message)
        click.echo(text, file=file, err=file is None)


def remember_language(ctx: click.Context, _option: click.Parameter, language: str | None) -> str | None:
    """The callback of every option `--language`: errors are said in that language too."""
    if language:
        ctx.meta[_LANGUAGE] = language
    return language


def words_of(ctx: click.Context) -> "Words":
    """How to speak to whoever gave the command: as `--language` says, else as the environment does."""
    from foundation.words import Words, language_of

    return Words(ctx.meta.get(_LANGUAGE) or language_of(os.environ))


def settings_file(shipped: str) -> Decorator:
    """The option that names the settings file."""
    return click.option(
        "--config",
        type=FILE,
        default=Path("/etc/muster") / shipped,
        show_default=True,
        help=f"Settings; config/{shipped} explains each.",
    )
