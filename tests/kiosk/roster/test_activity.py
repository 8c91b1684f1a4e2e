"""Which activity is recorded for when the clock is far wrong, and when it is believed after all."""

import msgspec
import pytest

from foundation.attendance import AttendancePolicy
from kiosk.roster.activity import activity_under, executing_spans
from kiosk.roster.index import ActivityNow
from sync.contract.events import ClockState
from sync.contract.roster import UNRESOLVED_ACTIVITY, Phase, PhaseChange, RosterActivity
from tests.kiosk.samples import GUIDES, HOUR_MS, ROSTER, index_of
from tests.sync.samples import NINE_MS

RULES = AttendancePolicy(debounce_s=7)
DAY_MS = 24 * HOUR_MS
YEAR_MS = 365 * DAY_MS
OPENS_MS, ENDS_MS = NINE_MS - HOUR_MS, NINE_MS + 48 * HOUR_MS
SONGS = RosterActivity(
    "songs",
    "Songs",
    [PhaseChange(Phase.EXECUTING, NINE_MS + 9 * DAY_MS), PhaseChange(Phase.ENDED, NINE_MS + 10 * DAY_MS)],
)
DRAFT = RosterActivity("draft", "Draft", [PhaseChange(Phase.RECRUITING, 0)])
UNSET, RTC, HOLDOVER, SYNCED = ClockState.UNSET, ClockState.RTC, ClockState.HOLDOVER, ClockState.SYNCED
FAR = {"1970": 0, "+1 year": NINE_MS + YEAR_MS, "-1 year": NINE_MS - YEAR_MS}


def under(clock, wall_ms, *activities, ordered="") -> ActivityNow:
    roster = msgspec.structs.replace(ROSTER, activities=list(activities or (GUIDES,)), policy=RULES)
    return activity_under(clock, index_of(roster), wall_ms, ordered)


def presumed(activity: str, now: ActivityNow) -> bool:
    of_roster = (now.zone, now.policy) == ("Asia/Shanghai", RULES)
    return now.is_presumed and now.activity.id == activity and of_roster


@pytest.mark.parametrize("wall_ms", FAR.values(), ids=FAR)
@pytest.mark.parametrize("clock", [RTC, UNSET])
def test_under_a_clock_that_is_far_wrong_the_only_activity_is_presumed(clock, wall_ms):
    assert presumed(GUIDES.id, under(clock, wall_ms))
    assert presumed(GUIDES.id, under(clock, wall_ms, DRAFT, GUIDES))


@pytest.mark.parametrize("wall_ms", FAR.values(), ids=FAR)
@pytest.mark.parametrize("clock", [HOLDOVER, SYNCED])
def test_a_clock_that_is_vouched_for_is_believed(clock, wall_ms):
    assert under(clock, wall_ms).activity is None


@pytest.mark.parametrize(
    ("wall_ms", "is_believed"),
    [
        (OPENS_MS - DAY_MS - 1, False),
        (OPENS_MS - DAY_MS, True),
        (OPENS_MS - 1, True),
        (ENDS_MS, True),
        (ENDS_MS + DAY_MS - 1, True),
        (ENDS_MS + DAY_MS, False),
    ],
)
def test_a_clock_on_a_battery_is_believed_within_a_day_of_what_executes(wall_ms, is_believed):
    found = under(RTC, wall_ms)
    assert (found.activity is None) is is_believed
    assert found.is_presumed is not is_believed
    assert presumed(GUIDES.id, under(UNSET, wall_ms)), "one that was never set is not"


def test_what_executes_is_presumed_of_no_clock():
    for clock in ClockState:
        assert under(clock, NINE_MS) == ActivityNow(GUIDES, zone="Asia/Shanghai", policy=RULES)


def test_of_several_it_is_what_staff_ordered():
    assert presumed("songs", under(UNSET, 0, GUIDES, SONGS, ordered="songs"))


@pytest.mark.parametrize("ordered", ["", "draft", "gone"])
def test_of_several_without_an_order_for_one_that_ever_executes_the_centre_finds_out_which(ordered):
    assert presumed(UNRESOLVED_ACTIVITY, under(UNSET, 0, GUIDES, SONGS, DRAFT, ordered=ordered))


def test_one_of_several_that_is_near_enough_lets_a_battery_clock_be_believed():
    assert under(RTC, NINE_MS + 9 * DAY_MS - 1, GUIDES, SONGS).opens_ms == NINE_MS + 9 * DAY_MS


def test_where_nothing_ever_executes_there_is_nothing_to_presume():
    assert under(UNSET, 0, DRAFT).activity is None


def test_an_activity_may_execute_twice_and_without_an_end():
    changes = [(Phase.EXECUTING, 1), (Phase.STAFFING, 2), (Phase.EXECUTING, 3)]
    twice = RosterActivity("x", "X", [PhaseChange(phase, from_ms) for phase, from_ms in changes])
    (first, (again_ms, _)) = executing_spans(twice)
    assert (first, again_ms) == ((1, 2), 3)
    assert presumed("x", under(UNSET, 0, twice))
    assert under(RTC, NINE_MS + YEAR_MS, twice).activity is twice
