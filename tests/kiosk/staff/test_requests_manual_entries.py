"""What staff write down of somebody who has nothing to present."""

import msgspec
import pytest

from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import Found, People, Result
from kiosk.local_api.requests import Find, Login, SetTerminal
from sync.contract.events import Manual
from sync.contract.roster import RosterShift
from tests.kiosk.samples import GUIDES, HOUR_MS, PINS, ROSTER
from tests.kiosk.staff.staffed_terminal import Client, entry, log_in
from tests.sync.samples import NINE_MS


def test_volunteers_are_found_by_name_and_number(terminal, zhao):
    terminal.comes(NINE_MS)
    li = Found("1", "李明", NINE_MS)
    assert terminal.ask(Find(5, " 李 "), zhao) == People(5, [li])
    assert terminal.ask(Find(5, "1"), zhao) == People(5, [li])
    assert terminal.ask(Find(5, "SAM"), zhao) == People(5, [Found("3", "Sam")])
    assert terminal.ask(Find(5, "  "), zhao) == People(5, [])


def test_what_staff_write_down_is_logged_with_both_names_and_the_volunteer_is_here(terminal, zhao):
    assert terminal.ask(entry(), zhao) == Result(9, ok=True, code="entered_in", name="سارة")
    manual = terminal.logged()[-1]
    assert isinstance(manual, Manual)
    assert (manual.volunteer, manual.direction, manual.at_ms) == ("2", "in", NINE_MS - 60_000)
    assert (manual.entered_by, manual.confirmed_by) == ("liaison-7", "leader-2")
    told = terminal.next(Decided)
    assert (told.method, told.outcome, told.seq) == ("manual", Outcome.ACCEPTED_IN, manual.seq)
    assert terminal.engine.presence.here(NINE_MS) == [("2", NINE_MS - 60_000, "guides-east")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"volunteer": "999"}, "no_such_volunteer"),
        ({"volunteer": "3"}, "suspended"),
        ({"volunteer": "3", "direction": "out"}, "suspended"),
        ({"reason": " \n "}, "no_reason"),
        ({"at_ms": NINE_MS + 1}, "future_time"),
        ({"at_ms": NINE_MS - 12 * HOUR_MS - 1}, "too_long_ago"),
        ({"at_ms": NINE_MS - 2 * HOUR_MS}, "activity_not_executing"),
        ({"second": "liaison-7", "second_pin": PINS["liaison-7"]}, "same_person"),
        ({"second_pin": "730511"}, "wrong_pin"),
        ({"second": "nobody"}, "wrong_pin"),
        ({"volunteer": "1", "second": "1", "second_pin": PINS["1"]}, "own_time"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_manual_entry_that_breaks_a_rule_is_refused_in_words_and_not_logged(terminal, zhao, changes, code):
    before = terminal.logged()
    assert terminal.ask(entry(**changes), zhao) == Result(9, ok=False, code=code)
    assert terminal.logged() == before


def test_nobody_writes_down_the_own_time(terminal):
    li = Client()
    terminal.ask(Login(1, "1", PINS["1"]), li)
    assert terminal.ask(entry(volunteer="1"), li).code == "own_time"


def test_who_is_in_is_not_written_in_again_nor_out_before_they_came(terminal):
    terminal.comes(NINE_MS)
    terminal.clock.now_ms = NINE_MS + HOUR_MS
    zhao = log_in(terminal)
    assert terminal.ask(entry(volunteer="1", at_ms=NINE_MS), zhao).code == "already_in"
    early = entry(volunteer="1", direction="out", at_ms=NINE_MS - 1)
    assert terminal.ask(early, zhao).code == "before_check_in"
    out = entry(volunteer="1", direction="out", at_ms=NINE_MS + HOUR_MS)
    assert terminal.ask(out, zhao).code == "entered_out"
    assert terminal.engine.presence.standing("1").since_ms is None


LATE_SHIFT = msgspec.structs.replace(
    GUIDES, shift_start_ms=NINE_MS + 5 * HOUR_MS, shift_end_ms=NINE_MS + 8 * HOUR_MS
)
"""Until 17:00 at the site; from two hours later on nobody can still be leaving once it is midnight."""
CAME_AT_FOUR_MS = NINE_MS + 7 * HOUR_MS
HALF_PAST_TWO_MS = NINE_MS + 17 * HOUR_MS + 30 * 60_000


@pytest.fixture
def forgot(start):
    """Li Ming came for the late shift and went home without a check-out; now it is half past two."""
    terminal = start(roster=msgspec.structs.replace(ROSTER, activities=[LATE_SHIFT]))
    terminal.comes(CAME_AT_FOUR_MS)
    terminal.clock.now_ms = HALF_PAST_TWO_MS
    return terminal


def test_whoever_a_scan_would_let_in_again_is_written_in_again(forgot):
    again = entry(volunteer="1", at_ms=HALF_PAST_TWO_MS)
    assert forgot.ask(again, log_in(forgot)).code == "entered_in"


def test_a_scan_lets_in_again_whom_staff_could_write_in(forgot):
    assert forgot.comes(HALF_PAST_TWO_MS).outcome is Outcome.ACCEPTED_IN


def test_who_is_written_down_as_of_before_a_stay_was_over_was_in_then(forgot):
    before_midnight = entry(volunteer="1", at_ms=HALF_PAST_TWO_MS - 5 * HOUR_MS)
    assert forgot.ask(before_midnight, log_in(forgot)).code == "already_in"


def test_staff_write_somebody_out_of_what_they_came_for_whatever_else_goes_on(start):
    songs = msgspec.structs.replace(GUIDES, id="songs")
    terminal = start(roster=msgspec.structs.replace(ROSTER, activities=[songs, GUIDES]))
    zhao = log_in(terminal)
    terminal.ask(SetTerminal(2, activity=GUIDES.id), zhao)
    terminal.comes(NINE_MS)
    terminal.ask(SetTerminal(3, activity="songs"), zhao)
    terminal.clock.now_ms = NINE_MS + 60_000
    assert terminal.ask(entry(volunteer="1", direction="out", at_ms=NINE_MS + 60_000), zhao).ok
    assert terminal.logged()[-1].activity == GUIDES.id


def test_in_a_shift_of_a_whole_day_its_beginning_can_still_be_written_down(start):
    all_day = msgspec.structs.replace(GUIDES, shifts=[RosterShift(NINE_MS, NINE_MS + 24 * HOUR_MS)])
    terminal = start(
        now_ms=NINE_MS + 23 * HOUR_MS, roster=msgspec.structs.replace(ROSTER, activities=[all_day])
    )
    assert terminal.ask(entry(at_ms=NINE_MS), log_in(terminal)).code == "entered_in"
    terminal.clock.now_ms = NINE_MS + 26 * HOUR_MS + 1
    assert terminal.ask(entry(volunteer="1", at_ms=NINE_MS), log_in(terminal)).code == "too_long_ago"
