"""Keeps the drivers' quality cards honest."""

import ast
import importlib
import inspect
import pkgutil
import tomllib
from pathlib import Path

import pytest

import drivers
from drivers.feedback import Feedback
from drivers.lifecycle import DriverThread
from drivers.sound.loudspeaker import Loudspeaker

HERE = Path(__file__).parent
CARDS = tomllib.loads((Path(drivers.__file__).parent / "QUALITY.toml").read_text(encoding="utf-8"))
QUESTIONS = ("reconnect", "unplug", "fuzzed", "real_peer", "hardware")


def every_driver():
    """The dotted name of every class that can be run as a driver, and of those that only tell."""
    found = {f"{each.__module__}.{each.__name__}" for each in (Feedback, Loudspeaker)}
    for module in pkgutil.walk_packages(drivers.__path__, "drivers."):
        for _, candidate in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(candidate, DriverThread) and not inspect.isabstract(candidate):
                found.add(f"{candidate.__module__}.{candidate.__name__}")
    return found


def test_every_driver_has_a_card_and_every_card_a_driver():
    assert sorted(card["driver"] for card in CARDS.values()) == sorted(every_driver())


@pytest.mark.parametrize("name", CARDS)
def test_a_card_answers_every_question_and_no_other(name):
    assert set(CARDS[name]) == {"driver", "limits", *QUESTIONS}


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_done_names_tests_and_the_rest_a_reason(name, question):
    answer = CARDS[name][question]
    assert set(answer) <= {"status", "reason", "tests"}
    assert answer["status"] in {"done", "to-do", "exempt"}
    if answer["status"] == "done":
        assert answer["tests"]
    else:
        assert answer["reason"].endswith(".")


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_test_that_a_card_names_exists(name, question):
    for test in CARDS[name][question].get("tests", ()):
        file, function = test.split("::")
        defined = ast.walk(ast.parse((HERE / file).read_text(encoding="utf-8")))
        assert function in {each.name for each in defined if isinstance(each, ast.FunctionDef)}, test


@pytest.mark.parametrize("name", CARDS)
def test_a_card_states_limits_in_sentences(name):
    assert CARDS[name]["limits"]
    assert all(limit.endswith(".") for limit in CARDS[name]["limits"])
