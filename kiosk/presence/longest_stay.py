"""How long somebody may stay: the centre's rule S5 by the numbers and shifts of the roster. Pure."""

from collections.abc import Iterator

from foundation import attendance
from foundation.attendance import AttendancePolicy, Interval
from sync.contract.roster import RosterActivity

_SECOND_MS = 1000


def stay_until_ms(came_ms: int, activity: RosterActivity | None, policy: AttendancePolicy) -> int:
    """The last moment (UTC) at which a stay for this activity may end that began at `came_ms`.

    Of an activity that the roster doesn't name, or an older centre's, no shift is known: none lengthens it.
    """
    return attendance.stay_until(came_ms, _shifts_of(activity), policy, per_second=_SECOND_MS)


def is_too_long(came_ms: int, at_ms: int, activity: RosterActivity | None, policy: AttendancePolicy) -> bool:
    """Whether a stay that began at `came_ms` can't go on at `at_ms`: its check-out was forgotten."""
    return attendance.is_too_long(came_ms, at_ms, _shifts_of(activity), policy, per_second=_SECOND_MS)


def last_shift_end_ms(came_ms: int, activity: RosterActivity | None, policy: AttendancePolicy) -> int | None:
    """When the last shift ends for which who came at `came_ms` can be here (S6); None where there is none."""
    if activity is None:
        return None
    latest_ms = came_ms + policy.max_session_s * _SECOND_MS
    ends = [shift.end_ms for shift in activity.shifts if shift.start_ms <= latest_ms]
    if not activity.shifts and activity.shift_end_ms is not None:
        ends = [activity.shift_end_ms]  # an older centre tells no more
    return max((end_ms for end_ms in ends if end_ms > came_ms), default=None)


def _shifts_of(activity: RosterActivity | None) -> Iterator[Interval]:
    return ((shift.start_ms, shift.end_ms) for shift in (activity.shifts if activity else ()))
