"""Which clocks are believed: by who vouches for them, and by what the log knows."""

import pytest

from kiosk.checkup.check import Mark
from kiosk.checkup.clock import ClockSeen, judge_clock, minute_of
from sync.contract.events import ClockState
from tests.kiosk.checkup.said import codes
from tests.sync.samples import NINE_MS

MINUTE_MS = 60_000


@pytest.mark.parametrize("state", [ClockState.SYNCED, ClockState.HOLDOVER])
def test_a_clock_that_something_vouches_for_is_well(state):
    check = judge_clock(ClockSeen(state, NINE_MS, 12, NINE_MS - 1))
    assert (check.mark, check.said.arguments["error"]) == (Mark.GOOD, "12")
    assert judge_clock(ClockSeen(state, NINE_MS)).said.code == "clock_good"


def test_a_clock_that_nobody_vouches_for_is_to_be_looked_at():
    assert codes(judge_clock(ClockSeen(ClockState.RTC, NINE_MS))) == {"clock_not_steered": "look"}


def test_a_clock_of_1970_is_broken():
    check = judge_clock(ClockSeen(ClockState.UNSET, 60_000, newest_ms=NINE_MS))
    assert codes(check) == {"clock_never_set": "broken"}
    assert check.findings[0].trouble.arguments["now"] == "1970-01-01 00:01 UTC"


@pytest.mark.parametrize(("behind_ms", "broken"), [(MINUTE_MS, False), (MINUTE_MS + 1, True)])
def test_a_clock_behind_the_logs_newest_event_went_back(behind_ms, broken):
    check = judge_clock(ClockSeen(ClockState.SYNCED, NINE_MS - behind_ms, 0, NINE_MS))
    assert codes(check) == ({"clock_behind_log": "broken"} if broken else {})


@pytest.mark.parametrize("wall_ms", [-1, 10**15, 2**63 - 1])
def test_a_moment_that_no_calendar_holds_is_shown_as_it_is(wall_ms):
    assert minute_of(wall_ms) == str(wall_ms)
