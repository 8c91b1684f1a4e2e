"""The page as it is photographed: every check on a line, repairs under them, never larger than the screen."""

import pytest
from rich.cells import cell_len

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, broken, found, good, to_look_at, unjudged
from kiosk.checkup.page import HEIGHT, WIDTH, in_order, page_of
from kiosk.troubles import CheckTrouble, TerminalTrouble

ENGLISH = Words("en")
WELL = [good(Subject.KEYS, Said.KEYS_GOOD), unjudged(Subject.SERVICES, Said.NO_SYSTEMD)]
MIXED = [
    found(Subject.CLOCK, to_look_at(CheckTrouble.CLOCK_NOT_STEERED, now="2026-11-29 16:00 UTC")),
    found(
        Subject.CENTRE,
        broken(CheckTrouble.TERMINAL_REVOKED),
        to_look_at(CheckTrouble.ROSTER_NONE),
    ),
    good(Subject.SCREEN, Said.SCREEN_GOOD),
]


def page(checks, words=ENGLISH, height=HEIGHT):
    return list(page_of("Terminal gate-1", checks, words, height))


def test_a_terminal_without_faults_has_a_line_for_each_check():
    assert page(WELL)[:4] == [
        "Terminal gate-1",
        "✔ keys      all there, for their accounts only",
        "· services  no systemd here",
        "Nothing to repair was found.",
    ]


def test_what_is_broken_comes_first_and_each_check_leads_to_its_repairs():
    lines = page(MIXED)
    assert lines[1:5] == [
        "! clock    see 2",
        "✖ centre   see 1, 3",
        "✔ screens  the engine answers them",
        "To repair: 1 broken (✖), 2 to look at (!)",
    ]
    assert lines[6].startswith("1. The centre has revoked")
    assert lines[7].startswith("   → To use it again: `muster terminal renew`")
    assert any(line.startswith("2. The clock says") for line in lines)


def test_what_two_checks_found_is_told_once():
    missing = Finding(Mark.LOOK, Trouble.of(TerminalTrouble.MODEM_MANAGER_RUNNING))
    twice = [found(Subject.DEVICES, missing), found(Subject.SERVICES, missing)]
    assert len(in_order(twice)) == 1
    assert page(twice)[1:3] == ["! devices   see 1", "! services  see 1"]


def test_an_account_that_may_not_look_is_told_so_once():
    hidden = to_look_at(CheckTrouble.ACCOUNT_MAY_NOT_READ, user="nobody")
    lines = page([found(Subject.KEYS, hidden), found(Subject.LOG, hidden)])
    assert lines[1:4] == ["! keys  see 1", "! log   see 1", "To repair: 0 broken (✖), 1 to look at (!)"]


def everything() -> list[Check]:
    """A terminal on which all is wrong that can be."""
    filled = dict.fromkeys(
        ("name", "terminal", "path", "key", "user", "day", "now", "broker", "host"), "x" * 60
    )
    findings = [
        Finding(Mark.BROKEN, Trouble.of(code, **filled, count=3, why="y" * 90)) for code in CheckTrouble
    ]
    return [found(subject, *findings[number::14]) for number, subject in enumerate(Subject)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("checks", [WELL, MIXED, everything()], ids=["well", "mixed", "everything"])
def test_it_fits_on_a_screen_of_80_by_40_in_each_language(language, checks):
    lines = page(checks, Words(language))
    assert len(lines) <= HEIGHT
    assert max(map(cell_len, lines)) <= WIDTH


def test_what_does_not_fit_is_counted_and_stands_in_the_whole():
    checks = everything()
    lines = page(checks)
    told = sum(line.split(".")[0].isdigit() for line in lines)
    assert f"… and {len(in_order(checks)) - told} more" in lines[-1]
    whole = page(checks, height=None)
    assert sum(line.split(".")[0].isdigit() for line in whole) == len(in_order(checks))
    assert "more: repair these first" not in whole[-1]


def test_a_page_that_just_fits_leaves_nothing_out():
    whole = page(MIXED, height=None)
    assert page(MIXED, height=len(whole)) == whole
    assert len(page(MIXED, height=len(whole) - 1)) <= len(whole) - 1
