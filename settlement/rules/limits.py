"""S8–S11 over all sessions of a volunteer: no second twice, automatic breaks, the minimum, the daily cap."""

from collections.abc import Collection, Sequence
from datetime import date

from settlement.rules.evidence import ActivityKind
from settlement.rules.flags import BIT, Flag
from settlement.rules.pairing import MISSING_IN, MISSING_OUT, OPEN, Draft, Interval
from settlement.rules.rule_set import BreakMode
from settlement.rules.trace import TraceCode, trace_step
from settlement.rules.window import BREAK_DEDUCTED, seconds_in, without

_BELOW_MIN_SESSION = BIT[Flag.BELOW_MIN_SESSION]
_CAP_LIFTED = BIT[Flag.CAP_LIFTED]
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


def share_out(drafts: Sequence[Draft]) -> None:
    """Let every second count for one session only, the first that keeps it (S8-S10); sets T before the cap.

    `drafts` are those of one volunteer over all activities, in the order (IN, activity id). Each is done
    with before the next one's turn, so what a break or the minimum takes of it is there for the later ones.
    """
    claimed_until = -1
    earlier: list[tuple[Draft, tuple[Interval, ...]]] = []
    for draft in drafts:
        if draft.parts:
            # No later session has seconds before this one's check-in, so what ended by then is done with.
            if draft.start_s < claimed_until:
                earlier = [other for other in earlier if other[1][-1][1] > draft.start_s]
                _give_way(draft, earlier)
            else:
                earlier.clear()
        claimed = draft.parts
        _take_break_and_minimum(draft)
        if claimed:
            earlier.append((draft, claimed))
            claimed_until = max(claimed_until, claimed[-1][1])


def _give_way(draft: Draft, earlier: Sequence[tuple[Draft, tuple[Interval, ...]]]) -> None:
    """Leave what earlier sessions keep to them; where they had claimed the same seconds, both are marked."""
    own = draft.parts
    for other, claimed in earlier:
        if _shared(own, claimed):
            bits = _OVERLAP
            if draft.activity.site != other.activity.site:
                bits |= _SITE_CONFLICT
            draft.bits |= bits
            other.bits |= bits
        lost = _shared(draft.parts, other.parts)
        if lost:
            for part in other.parts:
                draft.parts = without(draft.parts, part)
            draft.steps += (trace_step(TraceCode.OVERLAP_REMOVED, -lost, activity=other.activity.id),)


def _shared(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> int:
    """How many seconds both hold."""
    return sum(max(0, min(high, until) - max(low, since)) for low, high in one for since, until in other)


def _take_break_and_minimum(draft: Draft) -> None:
    """Take the automatic break off the end (S8), then drop what is too short (S10)."""
    rules = draft.rules
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


def cap_days(drafts: Sequence[Draft], lifted: Collection[date] = ()) -> list[ByDate]:
    """Cut the later seconds of every local date that holds more than the cap (S11); T by date of each draft.

    The drafts' parts are disjoint, so that the order of seconds is plain. `lifted` are the dates on which a
    reviewer lets the volunteer earn more.
    """
    pieces = [_by_date(draft) for draft in drafts]
    served: dict[date, int] = {}
    least: dict[date, int] = {}
    for draft, of_draft in zip(drafts, pieces, strict=True):
        cap_s = draft.rules.daily_cap_s
        for day, seconds in of_draft:
            served[day] = served.get(day, 0) + seconds
            if cap_s is not None:
                least[day] = min(least.get(day, cap_s), cap_s)
    over = {day for day, cap_s in least.items() if served[day] > cap_s}
    if over:
        _cut(drafts, over, lifted)
        pieces = [_by_date(draft) for draft in drafts]
    return pieces


def _by_date(draft: Draft) -> ByDate:
    parts = draft.parts
    if not parts:
        return ()
    calendar = draft.calendar
    first, last = calendar.date_of(parts[0][0]), calendar.date_of(parts[-1][1] - 1)
    if first == last:
        return ((first, seconds_in(parts)),)
    seconds: dict[date, int] = {}
    for part in parts:
        for day, low, high in calendar.split(*part):
            seconds[day] = seconds.get(day, 0) + high - low
    return tuple(seconds.items())


def _cut(drafts: Sequence[Draft], over: set[date], lifted: Collection[date]) -> None:
    """Of each day in `over` keep a second only while the day holds less than its own session's cap."""
    in_time = sorted(
        (low, high, day, place)
        for place, draft in enumerate(drafts)
        for part in draft.parts
        for day, low, high in draft.calendar.split(*part)
    )
    kept: list[list[Interval]] = [[] for _ in drafts]
    lost: list[dict[date, tuple[int, int]]] = [{} for _ in drafts]
    used = dict.fromkeys(over, 0)
    for low, high, day, place in in_time:
        until, cap_s = high, drafts[place].rules.daily_cap_s
        if day in over and cap_s is not None:
            until = min(high, low + max(0, cap_s - used[day]))
            if until < high and day in lifted:
                drafts[place].bits |= _CAP_LIFTED
                until = high
        if day in over:
            used[day] += until - low
        if until > low:
            kept[place].append((low, until))
        if until < high:
            first_s, before = lost[place].get(day, (until, 0))
            lost[place][day] = (first_s, before + high - until)
    for draft, parts, cut in zip(drafts, kept, lost, strict=True):
        draft.parts = tuple(parts)
        for first_s, seconds in cut.values():
            draft.t_s -= seconds
            draft.bits |= _DAILY_CAP
            draft.steps += (trace_step(TraceCode.CUT_TO_DAILY_CAP, -seconds, at_s=first_s),)


def first_seconds(parts: tuple[Interval, ...], seconds: int) -> tuple[Interval, ...]:
    """The first `seconds` of the parts."""
    kept: list[Interval] = []
    for low, high in parts:
        if seconds <= 0:
            break
        kept.append((low, min(high, low + seconds)))
        seconds -= high - low
    return tuple(kept)
