"""S1, S6–S8: what of one session can be credited: provable, within the shift, without scheduled breaks."""

from settlement.rules.admission import is_loosely_dated
from settlement.rules.evidence import Event
from settlement.rules.flags import BIT, Flag
from settlement.rules.pairing import OPEN, Draft, Interval
from settlement.rules.rule_set import BreakMode, MissingOutPolicy, RuleSet
from settlement.rules.trace import TraceCode, TraceStep, trace_step

BREAK_DEDUCTED = BIT[Flag.BREAK_DEDUCTED]
CLOCK_UNKNOWN = BIT[Flag.CLOCK_UNKNOWN]

_EARLY_ARRIVAL = BIT[Flag.EARLY_ARRIVAL]
_EARLY_LEAVE = BIT[Flag.EARLY_LEAVE]
_LATE_ARRIVAL = BIT[Flag.LATE_ARRIVAL]
_LATE_LEAVE = BIT[Flag.LATE_LEAVE]
_OUTSIDE_WINDOW = BIT[Flag.OUTSIDE_WINDOW]


def credit_within_window(draft: Draft, rules: RuleSet) -> None:
    """Set the draft's measured seconds and its credited parts before S9; adds flags and steps."""
    in_s, out_s = draft.in_s, draft.out_s
    steps: list[TraceStep] = []
    if in_s is not None and out_s is not None:
        draft.raw_s = out_s - in_s
        span: Interval | None = (in_s, out_s)
        if draft.bits & CLOCK_UNKNOWN:
            span = _provable(draft, rules, in_s, out_s, steps)
    else:
        span = _provisional(draft, rules, steps)
    if draft.activity.shift is not None:
        span = _within_shift(draft, rules, draft.activity.shift, span, steps)
    if span is not None and span[0] < span[1]:
        draft.parts = (span,)
        if rules.break_mode is BreakMode.SCHEDULED and draft.activity.breaks:
            _take_scheduled_breaks(draft, steps)
    if steps:
        draft.steps += tuple(steps)


def _provable(draft: Draft, rules: RuleSet, in_s: int, out_s: int, steps: list[TraceStep]) -> Interval | None:
    """The seconds of the session that are certain although an end is loosely dated."""
    latest_in = in_s + _margin_s(draft.in_event, rules)
    earliest_out = max(out_s - _margin_s(draft.out_event, rules), latest_in)
    lost = (out_s - in_s) - (earliest_out - latest_in) if earliest_out > latest_in else out_s - in_s
    if lost:
        steps.append(trace_step(TraceCode.CLOCK_PROVABLE_MINIMUM, -lost))
    return (latest_in, earliest_out) if earliest_out > latest_in else None


def _margin_s(event: Event | None, rules: RuleSet) -> int:
    """How far a loosely dated event may be from its time, in seconds rounded up; 0 for the others."""
    if event is None or event.error_ms is None or not is_loosely_dated(event, rules):
        return 0
    return -(-event.error_ms // 1000)


def _provisional(draft: Draft, rules: RuleSet, steps: list[TraceStep]) -> Interval | None:
    """What a session without one of its ends is credited until somebody repairs it (S6)."""
    if draft.in_s is None:
        steps.append(trace_step(TraceCode.MISSING_IN, 0))
        return None
    if draft.bits & OPEN:
        steps.append(trace_step(TraceCode.STILL_OPEN, 0))
        return None
    shift = draft.activity.shift
    start_s = draft.in_s + _margin_s(draft.in_event, rules)
    if rules.missing_out_policy is MissingOutPolicy.ZERO or shift is None or start_s >= shift[1]:
        steps.append(trace_step(TraceCode.MISSING_OUT, 0))
        return None
    steps.append(trace_step(TraceCode.CREDITED_TO_SHIFT_END, shift[1] - start_s, at_s=shift[1]))
    return (start_s, shift[1])


def _within_shift(
    draft: Draft, rules: RuleSet, shift: Interval, span: Interval | None, steps: list[TraceStep]
) -> Interval | None:
    """Cut to the credited window and mark coming and leaving; a missing end can't be early or late (S7)."""
    in_s, out_s = draft.in_s, draft.out_s
    window_start, window_end = shift[0] - rules.early_credit_s, shift[1] + rules.late_credit_s
    begins = window_start if in_s is None else max(in_s, window_start)
    ends = window_end if out_s is None else min(out_s, window_end)
    if begins >= ends:
        draft.bits |= _OUTSIDE_WINDOW
        if span is not None:
            steps.append(trace_step(TraceCode.OUTSIDE_SHIFT, span[0] - span[1]))
        return None
    if in_s is not None:
        if in_s < shift[0]:
            draft.bits |= _EARLY_ARRIVAL
        elif in_s > shift[0] + rules.late_grace_s:
            draft.bits |= _LATE_ARRIVAL
    if out_s is not None:
        if out_s > shift[1]:
            draft.bits |= _LATE_LEAVE
        elif out_s < shift[1] - rules.leave_grace_s:
            draft.bits |= _EARLY_LEAVE
    return None if span is None else _clip(span, window_start, window_end, steps)


def _clip(span: Interval, window_start: int, window_end: int, steps: list[TraceStep]) -> Interval | None:
    low, high = max(span[0], window_start), min(span[1], window_end)
    if low >= high:
        steps.append(trace_step(TraceCode.OUTSIDE_SHIFT, span[0] - span[1]))
        return None
    if low > span[0]:
        steps.append(trace_step(TraceCode.CLIPPED_TO_SHIFT_START, span[0] - low, at_s=window_start))
    if high < span[1]:
        steps.append(trace_step(TraceCode.CLIPPED_TO_SHIFT_END, high - span[1], at_s=window_end))
    return (low, high)


def _take_scheduled_breaks(draft: Draft, steps: list[TraceStep]) -> None:
    before = seconds_in(draft.parts)
    for window in draft.activity.breaks:
        draft.parts = without(draft.parts, window)
    taken = before - seconds_in(draft.parts)
    if taken:
        draft.bits |= BREAK_DEDUCTED
        steps.append(trace_step(TraceCode.SCHEDULED_BREAK, -taken))


def seconds_in(parts: tuple[Interval, ...]) -> int:
    """How many seconds the intervals hold."""
    if len(parts) == 1:  # nearly always; the sum below takes four times as long
        return parts[0][1] - parts[0][0]
    return sum(high - low for low, high in parts)


def without(parts: tuple[Interval, ...], hole: Interval) -> tuple[Interval, ...]:
    """The parts without the seconds of `hole`."""
    left: list[Interval] = []
    for low, high in parts:
        if hole[1] <= low or high <= hole[0] or hole[0] >= hole[1]:
            left.append((low, high))
            continue
        if low < hole[0]:
            left.append((low, hole[0]))
        if hole[1] < high:
            left.append((hole[1], high))
    return tuple(left)
