"""What every group of commands shares: its order, how it tells errors, and the options that recur."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from foundation.errors import MusterError

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)

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
            raise click.ClickException(str(error)) from error


def settings_file(shipped: str) -> Decorator:
    """The option that names the settings file."""
    return click.option(
        "--config",
        type=FILE,
        default=Path("/etc/muster") / shipped,
        show_default=True,
        help=f"Settings; config/{shipped} explains each.",
    )
