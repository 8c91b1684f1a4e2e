"""S8–S11 over all sessions of a volunteer: no second twice, automatic breaks, the minimum, the daily cap."""

from collections.abc import Sequence
from datetime import date

from settlement.rules.evidence import ActivityKind
from settlement.rules.flags import BIT, Flag
from settlement.rules.local_dates import LocalDates
from settlement.rules.pairing import MISSING_IN, MISSING_OUT, OPEN, Draft, Interval
from settlement.rules.rule_set import BreakMode, RuleSet
from settlement.rules.trace import TraceCode, trace_step
from settlement.rules.window import BREAK_DEDUCTED, seconds_in, without

_BELOW_MIN_SESSION = BIT[Flag.BELOW_MIN_SESSION]
_DAILY_CAP = BIT[Flag.DAILY_CAP]
_OVERLAP = BIT[Flag.OVERLAP]
_SITE_CONFLICT = BIT[Flag.SITE_CONFLICT]
_END_MISSING = MISSING_IN | MISSING_OUT | OPEN

ByDate = tuple[tuple[date, int], ...]
"""Credited seconds on each local date that has any, in order."""


def drop_other_time(draft: Draft) -> None:
    """Take everything from a session that is no service: training and travel never enter T (S9)."""
    if draft.activity.kind is not ActivityKind.SERVICE and draft.parts:
        draft.steps += (trace_step(TraceCode.NOT_SERVICE, -seconds_in(draft.parts)),)
        draft.parts = ()


def remove_overlaps(drafts: Sequence[Draft]) -> None:
    """Let every second count for one session only: the one that began first (S9).

    `drafts` are those of one volunteer over all activities, in the order (IN, activity id).
    """
    credited_until = -1
    earlier: list[Draft] = []
    for draft in drafts:
        if not draft.parts:
            continue
        # No later session has seconds before this one's check-in, so what ended by then is done with.
        if draft.start_s < credited_until:
            earlier = [other for other in earlier if other.parts[-1][1] > draft.start_s]
            for other in earlier:
                _remove_shared(draft, other)
            if not draft.parts:
                continue
        else:
            earlier.clear()
        earlier.append(draft)
        credited_until = max(credited_until, draft.parts[-1][1])


def _remove_shared(draft: Draft, earlier: Draft) -> None:
    before = seconds_in(draft.parts)
    for part in earlier.parts:
        draft.parts = without(draft.parts, part)
    shared = before - seconds_in(draft.parts)
    if shared:
        bits = _OVERLAP
        if draft.activity.site != earlier.activity.site:
            bits |= _SITE_CONFLICT
        draft.bits |= bits
        earlier.bits |= bits
        draft.steps += (trace_step(TraceCode.OVERLAP_REMOVED, -shared, activity=earlier.activity.id),)


def take_break_and_minimum(draft: Draft, rules: RuleSet) -> None:
    """Take the automatic break off the end (S8), then drop what is too short (S10); sets T before the cap."""
    gross = seconds_in(draft.parts)
    if rules.break_mode is BreakMode.AUTO and gross > rules.auto_break_after_s:
        taken = min(rules.auto_break_s, gross - rules.auto_break_after_s)
        if taken:
            draft.parts = first_seconds(draft.parts, gross - taken)
            draft.bits |= BREAK_DEDUCTED
            draft.steps += (trace_step(TraceCode.AUTOMATIC_BREAK, -taken),)
            gross -= taken
    if gross < rules.min_session_s and _is_measurable(draft):
        draft.bits |= _BELOW_MIN_SESSION
        if gross:
            draft.steps += (trace_step(TraceCode.BELOW_MINIMUM, -gross),)
            draft.parts = ()
            gross = 0
    draft.t_s = gross


def _is_measurable(draft: Draft) -> bool:
    """Whether the minimum applies: not to what a missing end or another kind of time left at 0."""
    if draft.activity.kind is not ActivityKind.SERVICE:
        return False
    return not draft.bits & _END_MISSING or any(
        step.code is TraceCode.CREDITED_TO_SHIFT_END for step in draft.steps
    )


def cap_days(drafts: Sequence[Draft], rules: RuleSet, calendar: LocalDates) -> list[ByDate]:
    """Cut the later seconds of every local date that holds more than the cap (S11); T by date of each draft.

    The drafts' parts are disjoint, so that the order of seconds is plain.
    """
    pieces = [_by_date(draft.parts, calendar) for draft in drafts]
    if rules.daily_cap_s is not None:
        per_day: dict[date, int] = {}
        for of_draft in pieces:
            for day, seconds in of_draft:
                per_day[day] = per_day.get(day, 0) + seconds
        over = {day for day, seconds in per_day.items() if seconds > rules.daily_cap_s}
        if over:
            _cut(drafts, over, rules.daily_cap_s, calendar)
            pieces = [_by_date(draft.parts, calendar) for draft in drafts]
    return pieces


def _by_date(parts: tuple[Interval, ...], calendar: LocalDates) -> ByDate:
    if not parts:
        return ()
    first, last = calendar.date_of(parts[0][0]), calendar.date_of(parts[-1][1] - 1)
    if first == last:
        return ((first, seconds_in(parts)),)
    seconds: dict[date, int] = {}
    for part in parts:
        for day, low, high in calendar.split(*part):
            seconds[day] = seconds.get(day, 0) + high - low
    return tuple(seconds.items())


def _cut(drafts: Sequence[Draft], over: set[date], cap_s: int, calendar: LocalDates) -> None:
    """Keep the first `cap_s` seconds of each day in `over`, whosever they are."""
    in_time = sorted(
        (low, high, day, place)
        for place, draft in enumerate(drafts)
        for part in draft.parts
        for day, low, high in calendar.split(*part)
    )
    kept: list[list[Interval]] = [[] for _ in drafts]
    used = dict.fromkeys(over, 0)
    for low, high, day, place in in_time:
        until = min(high, low + cap_s - used[day]) if day in over else high
        if day in over:
            used[day] += until - low
        if until > low:
            kept[place].append((low, until))
    for draft, parts in zip(drafts, kept, strict=True):
        left = tuple(parts)
        lost = draft.t_s - seconds_in(left)
        if lost:
            draft.parts = left
            draft.t_s -= lost
            draft.bits |= _DAILY_CAP
            draft.steps += (trace_step(TraceCode.CUT_TO_DAILY_CAP, -lost),)


def first_seconds(parts: tuple[Interval, ...], seconds: int) -> tuple[Interval, ...]:
    """The first `seconds` of the parts."""
    kept: list[Interval] = []
    for low, high in parts:
        if seconds <= 0:
            break
        kept.append((low, min(high, low + seconds)))
        seconds -= high - low
    return tuple(kept)
