"""The command line says what went wrong in the language that is asked for, else in the environment's."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from foundation.words import Words, language_of
from muster.console import main

MISSING = ("engine", "--config", "/nowhere/kiosk.toml")


def said(*arguments: str, **environment: str) -> str:
    """What a command prints that fails; the environment names no other language."""
    clean = {"LC_ALL": None, "LC_MESSAGES": None, "LANG": None}
    ended = CliRunner().invoke(main, arguments, env=clean | environment)
    assert ended.exit_code == 1
    return ended.output


def starts_in(language: str) -> str:
    """How the sentence for a missing settings file begins, up to the file."""
    return Words(language).say("error-settings_missing", path="|", shipped="").partition("|")[0]


def test_without_a_wish_it_speaks_english():
    assert said(*MISSING).startswith("Error: The settings file /nowhere/kiosk.toml does not exist. Copy ")
    assert said(*MISSING, LANG="C.UTF-8").startswith("Error: ")


@pytest.mark.parametrize(("tag", "language"), [("zh_CN.UTF-8", "zh-Hans"), ("ar_SA.UTF-8", "ar")])
def test_it_speaks_the_environments_language(tag, language):
    told = said(*MISSING, LANG=tag)
    assert starts_in(language) in told
    assert told.startswith(Words(language).say("command-error"))


def test_the_option_wins_over_the_environment():
    assert starts_in("ar") in said("--language", "ar", *MISSING, LANG="zh_CN.UTF-8")


def test_a_commands_own_language_is_that_of_its_errors_too():
    told = said("--language", "ar", "monitor", "--language", "zh", "--config", "/nowhere/kiosk.toml")
    assert starts_in("zh-Hans") in told


def test_the_first_variable_that_is_set_decides():
    assert language_of({"LC_ALL": "", "LC_MESSAGES": "ar_EG", "LANG": "zh_CN"}) == "ar"
    assert language_of({"LC_ALL": "zh_CN", "LC_MESSAGES": "ar_EG"}) == "zh-Hans"
    assert language_of({}) == "en"


def options(name: str) -> Iterator[tuple[str, click.Option]]:
    """Every option of that name, with the command that has it."""
    pending: list[tuple[str, click.Command]] = [("muster", main)]
    while pending:
        path, command = pending.pop()
        yield from (
            (path, param)
            for param in command.params
            if isinstance(param, click.Option) and name in param.opts
        )
        pending += [(f"{path} {sub}", one) for sub, one in getattr(command, "commands", {}).items()]


def test_a_language_that_nobody_speaks_is_refused_by_every_command():
    found = list(options("--language"))
    assert len(found) > 5
    for path, option in found:
        with pytest.raises(click.BadParameter, match="'de' is not one of 'en', 'zh-Hans', 'ar'"):
            option.type.convert("de", option, None)
        assert option.type.convert("zh_CN", option, None) == "zh-Hans", path


def test_what_is_refused_ends_the_command_before_it_does_anything():
    ended = CliRunner().invoke(main, ("--language", "de", *MISSING))
    assert ended.exit_code == 2
    assert "'de' is not one of 'en', 'zh-Hans', 'ar'" in ended.output
    assert "does not exist" not in ended.output
