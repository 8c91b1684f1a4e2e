"""S1, S6–S8: what of one session can be credited: provable, within the shift, without scheduled breaks."""

from settlement.rules.admission import corrected_ms, is_loosely_dated
from settlement.rules.evidence import Event
from settlement.rules.flags import BIT, Flag
from settlement.rules.pairing import CREDENTIAL_REVOKED, OPEN, Draft, Interval
from settlement.rules.rule_set import BreakMode, MissingOutPolicy, RuleSet
from settlement.rules.trace import TraceCode, TraceStep, trace_step

BREAK_DEDUCTED = BIT[Flag.BREAK_DEDUCTED]
CLOCK_UNKNOWN = BIT[Flag.CLOCK_UNKNOWN]

_EARLY_ARRIVAL = BIT[Flag.EARLY_ARRIVAL]
_EARLY_LEAVE = BIT[Flag.EARLY_LEAVE]
_LATE_ARRIVAL = BIT[Flag.LATE_ARRIVAL]
_LATE_LEAVE = BIT[Flag.LATE_LEAVE]
_OUTSIDE_WINDOW = BIT[Flag.OUTSIDE_WINDOW]


def credit_within_window(draft: Draft) -> None:
    """Set the draft's measured seconds and its credited parts before S9; adds flags and steps."""
    rules = draft.rules
    in_s, out_s = draft.in_s, draft.out_s
    steps: list[TraceStep] = []
    if in_s is not None and out_s is not None:
        draft.raw_s = out_s - in_s
        span: Interval | None = (in_s, out_s)
        if draft.bits & CLOCK_UNKNOWN:
            span = _provable(draft, rules, in_s, out_s, steps)
    else:
        span = _provisional(draft, rules, steps)
    parts: tuple[Interval, ...] = () if span is None else (span,)
    if draft.activity.shifts:
        parts = _within_shifts(draft, rules, span, steps)
    if parts and parts[0][0] < parts[0][1]:
        draft.parts = parts
        if rules.break_mode is BreakMode.SCHEDULED and draft.activity.breaks:
            _take_scheduled_breaks(draft, steps)
    if steps:
        draft.steps += tuple(steps)


def _provable(draft: Draft, rules: RuleSet, in_s: int, out_s: int, steps: list[TraceStep]) -> Interval | None:
    """The seconds of the session that are certain although an end is loosely dated."""
    latest_in = in_s + _margin_s(draft.in_event, rules)
    scanned_s = out_s if draft.out_event is None else corrected_ms(draft.out_event) // 1000
    # The moment of a revocation is certain, that of the scan after it is not.
    earliest_out = max(min(out_s, scanned_s - _margin_s(draft.out_event, rules)), latest_in)
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
    start_s = draft.in_s + _margin_s(draft.in_event, rules)
    end_s = next((end_s for _, end_s in draft.activity.shifts if start_s < end_s), None)
    if rules.missing_out_policy is MissingOutPolicy.ZERO or end_s is None:
        steps.append(trace_step(TraceCode.MISSING_OUT, 0))
        return None
    if rules.missing_out_policy is MissingOutPolicy.CLAIM:
        claimed_s = _claimed(draft, end_s)
        code = TraceCode.MISSING_OUT if claimed_s is None else TraceCode.CLAIMED_TO_SHIFT_END
        steps.append(trace_step(code, 0, at_s=claimed_s))
        return None
    steps.append(trace_step(TraceCode.CREDITED_TO_SHIFT_END, end_s - start_s, at_s=end_s))
    return (start_s, end_s)


def _claimed(draft: Draft, end_s: int) -> int | None:
    """When the volunteer may be claimed to have left: at the shift's end, or just before the activity's.

    Not where that lies ahead, nor where a later scan says that the stay had ended by then.
    """
    for second in (end_s, end_s - 1):
        if draft.activity.is_executing(second):
            return second if draft.given_up_s is not None and second <= draft.given_up_s else None
    return None


def _within_shifts(
    draft: Draft, rules: RuleSet, span: Interval | None, steps: list[TraceStep]
) -> tuple[Interval, ...]:
    """Cut to the credited windows and mark coming and leaving; a missing end can't be early or late (S7).

    Who comes between two shifts comes for the later one, and who leaves between them leaves the earlier one.
    """
    in_s, out_s = draft.in_s, draft.out_s
    windows: list[Interval] = []
    reached: list[Interval] = []
    for shift in draft.activity.shifts:
        window = shift[0] - rules.early_credit_s, shift[1] + rules.late_credit_s
        begins = window[0] if in_s is None else max(in_s, window[0])
        ends = window[1] if out_s is None else min(out_s, window[1])
        if begins < ends:
            reached.append(shift)
            windows.append(window)
    if not reached:
        draft.bits |= _OUTSIDE_WINDOW
    else:
        _mark_ends(draft, rules, reached[0], reached[-1])
    return () if span is None else _clip(span, windows, steps)


def _mark_ends(draft: Draft, rules: RuleSet, first: Interval, last: Interval) -> None:
    if draft.in_s is not None:
        if draft.in_s < first[0]:
            draft.bits |= _EARLY_ARRIVAL
        elif draft.in_s > first[0] + rules.late_grace_s:
            draft.bits |= _LATE_ARRIVAL
    if draft.out_s is not None and not draft.bits & CREDENTIAL_REVOKED:
        if draft.out_s > last[1]:
            draft.bits |= _LATE_LEAVE
        elif draft.out_s < last[1] - rules.leave_grace_s:
            draft.bits |= _EARLY_LEAVE


def _clip(span: Interval, windows: list[Interval], steps: list[TraceStep]) -> tuple[Interval, ...]:
    """The parts of the span within the windows, which may overlap where time around a shift is credited."""
    parts: list[Interval] = []
    for window in windows:
        low = max(span[0], window[0], parts[-1][1] if parts else span[0])
        high = min(span[1], window[1])
        if low < high:
            parts.append((low, high))
    if not parts:
        steps.append(trace_step(TraceCode.OUTSIDE_SHIFT, span[0] - span[1]))
        return ()
    first, last = parts[0][0], parts[-1][1]
    if first > span[0]:
        steps.append(trace_step(TraceCode.CLIPPED_TO_SHIFT_START, span[0] - first, at_s=first))
    between = seconds_in(tuple(parts)) - (last - first)
    if between:
        steps.append(trace_step(TraceCode.BETWEEN_SHIFTS, between))
    if last < span[1]:
        steps.append(trace_step(TraceCode.CLIPPED_TO_SHIFT_END, last - span[1], at_s=last))
    return tuple(parts)


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
