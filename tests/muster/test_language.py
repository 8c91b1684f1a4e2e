"""The command line says what went wrong in the language that is asked for, else in the environment's."""

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
