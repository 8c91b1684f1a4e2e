"""What today's stays will count, as far as a terminal can tell: rules S7, S8, S10 and S11 of `docs/rules.md`.

The centre decides, from the evidence of all terminals. This computes the same from the same numbers, which
the roster carries, for stays that follow each other at this one (`settlement/rules/window.py`, `limits.py`);
`tests/kiosk/presence/test_provisional_time.py` holds the two together. Pure; whole seconds, UTC.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from foundation.attendance import Interval
from kiosk.presence.todays_stays import Stay
from sync.contract.roster import RosterActivity, RosterCredit

_DAY = dt.timedelta(days=1)

ActivityCalled = Callable[[str], RosterActivity | None]


class CreditRule(StrEnum):
    """Which rule made a stay count for less than it lasted."""

    SHIFT_START = "shift_start"
    SHIFT_END = "shift_end"
    BETWEEN_SHIFTS = "between_shifts"
    OUTSIDE_SHIFT = "outside_shift"
    BREAK = "break"
    MINIMUM = "minimum"
    DAILY_CAP = "daily_cap"


class CreditStep(NamedTuple):
    """A rule, the seconds that it took, and the moment from or until which time counts, where it has one."""

    rule: CreditRule
    seconds: int
    at_s: int | None = None


class ProvisionalTime(NamedTuple):
    """The seconds that count, and the steps that made them, in order."""

    seconds: int
    steps: tuple[CreditStep, ...] = ()


@dataclass(slots=True)
class _Counted:
    began_s: int
    credit: RosterCredit
    parts: list[Interval]
    steps: list[CreditStep] = field(default_factory=list)

    @property
    def day(self) -> dt.date:
        return _date(self.began_s, self.credit.zone)

    @property
    def seconds(self) -> int:
        return sum(high - low for low, high in self.parts)


def provisional_time(stays: Sequence[Stay], activity_called: ActivityCalled) -> ProvisionalTime | None:
    """What the stays of the last one's day count together: a night belongs to the date on which it began.

    None where that can't be told: the clock was not known, or the roster does not say how time counts.
    `stays` follow each other.
    """
    try:
        return _of_the_last_day(stays, activity_called)
    except (zoneinfo.ZoneInfoNotFoundError, OverflowError, ValueError, OSError):
        return None  # no such zone, or a clock beyond the calendar


def _of_the_last_day(stays: Sequence[Stay], activity_called: ActivityCalled) -> ProvisionalTime | None:
    counted = [_credited(stay, activity_called(stay.activity)) for stay in stays]
    last = counted[-1] if counted else None
    if last is None:
        return None
    known = [one for one in counted if one is not None]
    _cap_days(known)
    if any(
        (one is None or not stay.provable) and _date(stay.from_ms // 1000, last.credit.zone) == last.day
        for stay, one in zip(stays, counted, strict=True)
    ):
        return None
    of_today = [one for one in known if one.day == last.day]
    steps = tuple(step for one in of_today for step in one.steps)
    return ProvisionalTime(sum(one.seconds for one in of_today), steps)


def _credited(stay: Stay, activity: RosterActivity | None) -> _Counted | None:
    if activity is None or activity.credit is None:
        return None
    span = stay.from_ms // 1000, stay.until_ms // 1000
    counted = _Counted(span[0], activity.credit, [span] if span[0] < span[1] else [])
    if activity.shifts:
        _keep_shifts(counted, span, activity)
    _take_breaks(counted)
    if counted.seconds < counted.credit.min_session_s:
        if counted.parts:
            counted.steps.append(CreditStep(CreditRule.MINIMUM, counted.seconds))
        counted.parts = []
    return counted


def _keep_shifts(counted: _Counted, span: Interval, activity: RosterActivity) -> None:
    parts: list[Interval] = []
    credit = counted.credit
    for shift in activity.shifts:
        low = max(span[0], shift.start_ms // 1000 - credit.early_s, parts[-1][1] if parts else span[0])
        high = min(span[1], shift.end_ms // 1000 + credit.late_s)
        if low < high:
            parts.append((low, high))
    counted.parts, steps = parts, counted.steps
    if not parts:
        steps.append(CreditStep(CreditRule.OUTSIDE_SHIFT, span[1] - span[0]))
        return
    first, last = parts[0][0], parts[-1][1]
    if span[0] < first:
        steps.append(CreditStep(CreditRule.SHIFT_START, first - span[0], first))
    if between := last - first - counted.seconds:
        steps.append(CreditStep(CreditRule.BETWEEN_SHIFTS, between))
    if last < span[1]:
        steps.append(CreditStep(CreditRule.SHIFT_END, span[1] - last, last))


def _take_breaks(counted: _Counted) -> None:
    before, credit = counted.seconds, counted.credit
    for pause in credit.breaks:
        counted.parts = list(_without(counted.parts, pause.start_ms // 1000, pause.end_ms // 1000))
    if credit.auto_break_s and counted.seconds > credit.auto_break_after_s:
        taken = min(credit.auto_break_s, counted.seconds - credit.auto_break_after_s)
        counted.parts = list(_first_seconds(counted.parts, counted.seconds - taken))
    if taken := before - counted.seconds:
        counted.steps.append(CreditStep(CreditRule.BREAK, taken))


def _cap_days(counted: Sequence[_Counted]) -> None:
    """The earlier seconds of each date stay, as many as the cap of their own activity allows."""
    used: dict[dt.date, int] = {}
    for one in counted:
        kept: list[Interval] = []
        for low, high, day in _by_date(one.parts, one.credit.zone):
            cap_s = one.credit.daily_cap_s
            until = high if cap_s is None else min(high, low + max(0, cap_s - used.get(day, 0)))
            used[day] = used.get(day, 0) + until - low
            kept += [(low, until)] if until > low else []
        before, one.parts = one.seconds, kept
        if lost := before - one.seconds:
            one.steps.append(CreditStep(CreditRule.DAILY_CAP, lost))


def _by_date(parts: Sequence[Interval], zone: str) -> Iterator[tuple[int, int, dt.date]]:
    for low, high in parts:
        while low < high:
            day = _date(low, zone)
            midnight = dt.datetime.combine(day + _DAY, dt.time(), zoneinfo.ZoneInfo(zone))
            # Where clocks go back over midnight, a second 23:30 comes after the first midnight.
            until = min(high, max(int(midnight.timestamp()), low + 1))
            yield low, until, day
            low = until  # noqa: PLW2901 - what is left of it


def _without(parts: Sequence[Interval], since: int, until: int) -> Iterator[Interval]:
    for low, high in parts:
        if low < min(high, since):
            yield low, min(high, since)
        if max(low, until) < high:
            yield max(low, until), high


def _first_seconds(parts: Sequence[Interval], seconds: int) -> Iterator[Interval]:
    for low, high in parts:
        if seconds > 0:
            yield low, min(high, low + seconds)
        seconds -= high - low


def _date(second: int, zone: str) -> dt.date:
    return dt.datetime.fromtimestamp(second, zoneinfo.ZoneInfo(zone)).date()
