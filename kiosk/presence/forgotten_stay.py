"""When a stay must have ended that nobody checked out of: whether, within which bounds, when likely. Pure.

Settlement's S5 and S6 close such a stay without any time; what its volunteer says within these bounds is a
claim that a second person looks at.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from foundation.attendance import AttendancePolicy
from kiosk.presence.longest_stay import is_too_long, last_shift_end_ms, stay_until_ms
from kiosk.presence.standing import Forgotten, Standing
from sync.contract.roster import RosterActivity

_HALF_HOUR_MS = 1_800_000
_HOUR_MS = 2 * _HALF_HOUR_MS
_ROUND_THE_SHIFT_MS = (-_HOUR_MS, 0, _HOUR_MS)
_USUAL_STAYS_MS = (2 * _HOUR_MS, 4 * _HOUR_MS, 8 * _HOUR_MS)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between these two moments (UTC milliseconds, both included) the volunteer left."""

    earliest_ms: int
    latest_ms: int

    def holds(self, at_ms: int) -> bool:
        """Whether somebody can have left at `at_ms`, as far as the terminal knows."""
        return self.earliest_ms <= at_ms <= self.latest_ms


def is_over(
    standing: Standing, activity: RosterActivity, zone: str, policy: AttendancePolicy, now_ms: int
) -> bool:
    """Whether the stay of `standing` can't be going on at `now_ms`, when the site works on `activity`.

    It is over when there is none; when it would be too long; for another activity; and on a new day at the
    site (in `zone`), `close_after_s` after its last shift ended. Both are told by the same clock.
    """
    if standing.since_ms is None or not standing.concerns(activity.id):
        return True
    if is_too_long(standing.since_ms, now_ms, activity, policy):
        return True
    shift_end_ms = last_shift_end_ms(standing.since_ms, activity, policy)
    if shift_end_ms is None:
        return False
    after_ms = shift_end_ms + policy.close_after_s * 1000
    return now_ms > after_ms and _date(standing.since_ms, zone) != _date(now_ms, zone)


def bounds_of(
    forgotten: Forgotten, activity: RosterActivity | None, policy: AttendancePolicy
) -> Bounds | None:
    """When the volunteer can have left; None where the clock was set back and nothing can be proven.

    Not before they came; not after the scan that found the stay open, the longest stay, or `close_after_s`
    after the end of the last shift for which they can have come.
    """
    limits = [forgotten.found_ms, stay_until_ms(forgotten.came_ms, activity, policy)]
    if (shift_end_ms := last_shift_end_ms(forgotten.came_ms, activity, policy)) is not None:
        limits.append(shift_end_ms + policy.close_after_s * 1000)
    latest_ms = min(limits)
    return Bounds(forgotten.came_ms, latest_ms) if latest_ms > forgotten.came_ms else None


def likely_ends(
    forgotten: Forgotten, activity: RosterActivity | None, policy: AttendancePolicy, bounds: Bounds
) -> list[int]:
    """Up to three moments within the bounds to choose from, in order: round the shift's end, if known."""
    shift_end_ms = last_shift_end_ms(forgotten.came_ms, activity, policy)
    if shift_end_ms is not None:
        guesses = [shift_end_ms + apart_ms for apart_ms in _ROUND_THE_SHIFT_MS]
    else:
        guesses = [
            (forgotten.came_ms + stay_ms) // _HALF_HOUR_MS * _HALF_HOUR_MS for stay_ms in _USUAL_STAYS_MS
        ]
    return [one for one in guesses if bounds.holds(one)] or [bounds.latest_ms]


def put_down_ms(forgotten: Forgotten, activity: RosterActivity | None) -> int | None:
    """The end that the centre claims for such a stay by itself (S6): of the first shift that was not over."""
    if activity is None or not activity.claims_end:
        return None
    end_ms = next((shift.end_ms for shift in activity.shifts if forgotten.came_ms < shift.end_ms), None)
    return end_ms if end_ms is not None and end_ms < forgotten.found_ms else None


def _date(wall_ms: int, zone: str) -> dt.date:
    try:
        return dt.datetime.fromtimestamp(wall_ms // 1000, zoneinfo.ZoneInfo(zone)).date()
    except (OverflowError, ValueError, OSError):
        return dt.date.min  # a clock beyond the calendar
