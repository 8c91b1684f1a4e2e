"""When somebody who forgot to check out can have left: every bound at its edge."""

import msgspec
import pytest

from foundation.attendance import AttendancePolicy
from kiosk.presence.forgotten_stay import Bounds, bounds_of, is_over, likely_ends, put_down_ms
from kiosk.presence.standing import Forgotten, Standing
from sync.contract.events import Assurance, Credential, Method
from sync.contract.roster import RosterShift
from tests.kiosk.samples import GUIDES, HOUR_MS, LONGEST_STAY_MS
from tests.sync.samples import NINE_MS

BADGE = Credential(Method.BADGE, "badge:1.1", Assurance.MEDIUM)
ZONE = "Asia/Shanghai"
RULES = AttendancePolicy(max_session_s=43_200, close_after_s=7_200)
SHIFT = msgspec.structs.replace(GUIDES, shift_start_ms=NINE_MS, shift_end_ms=NINE_MS + 8 * HOUR_MS)
MIDNIGHT_MS = NINE_MS + 15 * HOUR_MS
EVERY_DAY = msgspec.structs.replace(
    SHIFT,
    shift_end_ms=NINE_MS + 56 * HOUR_MS,
    shifts=[RosterShift(NINE_MS + day * HOUR_MS, NINE_MS + (day + 8) * HOUR_MS) for day in (0, 24, 48)],
)
ALL_DAY = msgspec.structs.replace(GUIDES, shifts=[RosterShift(NINE_MS, NINE_MS + 24 * HOUR_MS)])


def inside(since_ms: int = NINE_MS) -> Standing:
    return Standing(GUIDES.id, since_ms, since_ms)


def over(standing, now_ms, activity=GUIDES) -> bool:
    return is_over(standing, activity, ZONE, RULES, now_ms)


def forgotten(found_ms: int, came_ms: int = NINE_MS) -> Forgotten:
    return Forgotten("1", BADGE, GUIDES.id, came_ms, found_ms)


@pytest.mark.parametrize(("later_ms", "is_so"), [(LONGEST_STAY_MS, False), (LONGEST_STAY_MS + 1, True)])
def test_a_stay_is_over_beyond_the_longest_session(later_ms, is_so):
    assert over(inside(), NINE_MS + later_ms) is is_so


def test_a_stay_for_another_activity_is_over():
    assert over(Standing("water", NINE_MS, NINE_MS), NINE_MS + HOUR_MS)


def test_who_left_has_no_stay():
    assert over(Standing(GUIDES.id, NINE_MS, None), NINE_MS + HOUR_MS)


def test_a_clock_that_was_set_back_ends_no_stay():
    assert not over(inside(), NINE_MS - HOUR_MS)


def test_a_stay_of_yesterdays_late_shift_is_over_in_the_morning():
    """From 16:00 to 22:00; at 03:00 nobody is still leaving, though twelve hours have not gone by."""
    late = msgspec.structs.replace(GUIDES, shift_end_ms=MIDNIGHT_MS - 2 * HOUR_MS)
    came_ms = MIDNIGHT_MS - 8 * HOUR_MS
    assert over(inside(came_ms), MIDNIGHT_MS + 3 * HOUR_MS, late)
    assert not over(inside(came_ms), MIDNIGHT_MS - 1, late)
    assert not over(inside(came_ms), MIDNIGHT_MS, late)
    assert over(inside(came_ms), MIDNIGHT_MS + 1, late)


def test_the_shift_of_another_day_keeps_no_stay_open():
    """From 16:00 to 24:00 on three days: at 03:00 nobody is still leaving."""
    late = msgspec.structs.replace(
        EVERY_DAY,
        shifts=[
            RosterShift(one.start_ms + 7 * HOUR_MS, one.end_ms + 7 * HOUR_MS) for one in EVERY_DAY.shifts
        ],
    )
    assert not over(inside(NINE_MS + 7 * HOUR_MS), MIDNIGHT_MS + 2 * HOUR_MS, late)
    assert over(inside(NINE_MS + 7 * HOUR_MS), MIDNIGHT_MS + 2 * HOUR_MS + 1, late)


def test_a_shift_of_a_whole_day_goes_on_past_midnight_and_twelve_hours():
    assert not over(inside(), NINE_MS + 26 * HOUR_MS, ALL_DAY)
    assert over(inside(), NINE_MS + 26 * HOUR_MS + 1, ALL_DAY)


def test_a_night_shift_goes_on_past_midnight():
    night = msgspec.structs.replace(GUIDES, shift_end_ms=MIDNIGHT_MS + 6 * HOUR_MS)
    assert not over(inside(MIDNIGHT_MS - HOUR_MS), MIDNIGHT_MS + 8 * HOUR_MS, night)


def test_who_came_after_the_shift_is_not_bound_by_it():
    early = msgspec.structs.replace(GUIDES, shift_end_ms=NINE_MS)
    assert not over(inside(NINE_MS), NINE_MS + 11 * HOUR_MS, early)
    assert bounds_of(forgotten(NINE_MS + 11 * HOUR_MS), early, RULES).latest_ms == NINE_MS + 11 * HOUR_MS


@pytest.mark.parametrize(
    ("found_ms", "activity", "latest_ms"),
    [
        (NINE_MS + HOUR_MS, GUIDES, NINE_MS + HOUR_MS),
        (NINE_MS + 24 * HOUR_MS, GUIDES, NINE_MS + 12 * HOUR_MS),
        (NINE_MS + 24 * HOUR_MS, SHIFT, NINE_MS + 10 * HOUR_MS),
        (NINE_MS + 9 * HOUR_MS, SHIFT, NINE_MS + 9 * HOUR_MS),
        (NINE_MS + 24 * HOUR_MS, None, NINE_MS + 12 * HOUR_MS),
        (NINE_MS + 24 * HOUR_MS, EVERY_DAY, NINE_MS + 10 * HOUR_MS),
        (NINE_MS + 48 * HOUR_MS, ALL_DAY, NINE_MS + 26 * HOUR_MS),
    ],
    ids=[
        "next scan",
        "longest session",
        "shift and what policy allows",
        "scan in the shift",
        "no activity",
        "today's shift",
        "a whole day's shift",
    ],
)
def test_the_earliest_limit_holds(found_ms, activity, latest_ms):
    bounds = bounds_of(forgotten(found_ms), activity, RULES)
    assert bounds == Bounds(NINE_MS, latest_ms)
    assert bounds.holds(NINE_MS)
    assert bounds.holds(latest_ms)
    assert not bounds.holds(NINE_MS - 1)
    assert not bounds.holds(latest_ms + 1)


@pytest.mark.parametrize("found_ms", [NINE_MS, NINE_MS - HOUR_MS])
def test_nothing_is_provable_when_the_clock_went_back(found_ms):
    assert bounds_of(forgotten(found_ms), SHIFT, RULES) is None


def likely(one: Forgotten, activity) -> list[int]:
    bounds = bounds_of(one, activity, RULES)
    return [(moment - NINE_MS) // 60_000 for moment in likely_ends(one, activity, RULES, bounds)]


def test_the_shifts_end_is_the_likely_one():
    assert likely(forgotten(NINE_MS + 24 * HOUR_MS), SHIFT) == [420, 480, 540]


def test_what_lies_outside_the_bounds_is_not_offered():
    assert likely(forgotten(NINE_MS + 8 * HOUR_MS), SHIFT) == [420, 480]


def test_without_a_shift_usual_stays_are_offered_at_full_and_half_hours():
    came_ms = NINE_MS + 17 * 60_000
    assert likely(forgotten(NINE_MS + 24 * HOUR_MS, came_ms), GUIDES) == [120, 240, 480]


def test_there_is_always_a_moment_to_choose():
    assert likely(forgotten(NINE_MS + 60_000), GUIDES) == [1]


def test_what_the_centre_puts_down_is_the_end_of_the_first_shift_that_was_not_over():
    claims = msgspec.structs.replace(EVERY_DAY, claims_end=True)
    found_ms = NINE_MS + 72 * HOUR_MS
    told = [put_down_ms(forgotten(found_ms, NINE_MS + hours * HOUR_MS), claims) for hours in (0, 7, 8, 60)]
    assert told == [NINE_MS + 8 * HOUR_MS, NINE_MS + 8 * HOUR_MS, NINE_MS + 32 * HOUR_MS, None]
    assert put_down_ms(forgotten(NINE_MS + 8 * HOUR_MS), claims) is None, "came again before it was over"
    assert put_down_ms(forgotten(MIDNIGHT_MS), EVERY_DAY) is None
    assert put_down_ms(forgotten(MIDNIGHT_MS), None) is None
