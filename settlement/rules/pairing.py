"""S3–S6: from scans to sessions, per volunteer and activity, never per card or terminal."""

import msgspec

from foundation.attendance import is_too_long, stay_until
from settlement.rules.admission import Outcome, Scan
from settlement.rules.evidence import Activity, Direction, Event
from settlement.rules.flags import BIT, Flag
from settlement.rules.rule_set import RuleSet
from settlement.rules.trace import TraceStep

MISSING_IN = BIT[Flag.MISSING_IN]
MISSING_OUT = BIT[Flag.MISSING_OUT]
OPEN = BIT[Flag.OPEN]
REPEATED_IN = BIT[Flag.REPEATED_IN]

_TOGGLE = Direction.TOGGLE
_IN = Direction.IN
_OUT = Direction.OUT

Interval = tuple[int, int]
"""Seconds since 1970, [from, until)."""


class Draft(msgspec.Struct, gc=False):
    """A session while the rules work on it; at least one end is known."""

    activity: Activity
    in_event: Event | None
    out_event: Event | None
    in_s: int | None
    out_s: int | None
    start_s: int
    """The first known end; sessions are listed by it."""
    bits: int
    raw_s: int = 0
    """Seconds that were measured: 0 when an end is missing."""
    t_s: int = 0
    parts: tuple[Interval, ...] = ()
    """The credited intervals so far, in order and disjoint."""
    steps: tuple[TraceStep, ...] = ()
    hands: frozenset[str] = frozenset()
    """Who took an event of its date away by hand."""


def pair(
    scans: list[Scan], activity: Activity, rules: RuleSet, settle_at_s: int, outcomes: list[Outcome]
) -> list[Draft]:
    """Pair the scans of one volunteer in one activity; repeated scans are marked in `outcomes`.

    Sorts `scans`. Drafts come in the order in which their sessions began.
    """
    scans.sort()
    drafts: list[Draft] = []
    opened: Draft | None = None
    kept_s = kept_direction = None
    for second, is_manual, _, _, _, _, bits, place, event in scans:
        direction = event.direction
        if (
            kept_s is not None
            and second - kept_s < rules.debounce_s
            and direction in (_TOGGLE, kept_direction)
        ):
            outcomes[place] = Outcome.DUPLICATE_SCAN
            continue
        if opened is not None and is_too_long(opened.start_s, second, activity.shifts, rules):
            opened.bits |= MISSING_OUT
            opened = None
        if direction is _TOGGLE:
            direction = _IN if opened is None else _OUT
        kept_s, kept_direction = second, direction
        if direction is _IN:
            if opened is not None:
                if not is_manual and _was_written_down(opened):
                    outcomes[place] = Outcome.REPEATED_IN
                    opened.bits |= REPEATED_IN
                    continue
                opened.bits |= MISSING_OUT
            opened = Draft(activity, event, None, second, None, second, bits)
            drafts.append(opened)
        elif opened is None:
            drafts.append(Draft(activity, None, event, None, second, second, bits | MISSING_IN))
        else:
            opened.out_event = event
            opened.out_s = second
            opened.bits |= bits
            opened = None
    if opened is not None:
        opened.bits |= OPEN if _is_still_open(opened, activity, rules, settle_at_s) else MISSING_OUT
    return drafts


def _was_written_down(opened: Draft) -> bool:
    """Whether two people wrote down that the volunteer came: a device that works again adds nothing."""
    return opened.in_event is not None and opened.in_event.manual is not None


def _is_still_open(draft: Draft, activity: Activity, rules: RuleSet, settle_at_s: int) -> bool:
    """Whether the volunteer may simply not have left yet (S6)."""
    if is_too_long(draft.start_s, settle_at_s, activity.shifts, rules):
        return False
    if not activity.is_executing(settle_at_s):
        return False
    last_s = last_shift_end(activity, draft.start_s, rules)
    return last_s is None or settle_at_s <= last_s + rules.close_after_s


def last_second(activity: Activity, in_s: int, rules: RuleSet) -> int:
    """The last second at which a session begun at `in_s` may end (S5)."""
    return stay_until(in_s, activity.shifts, rules)


def last_shift_end(activity: Activity, in_s: int, rules: RuleSet) -> int | None:
    """When the last shift ends that a session begun at `in_s` can still reach; None where there is none."""
    reachable = [end_s for start_s, end_s in activity.shifts if start_s <= in_s + rules.max_session_s]
    return max(reachable, default=None)


def manual_hands(draft: Draft) -> frozenset[str]:
    """Everybody who entered or confirmed an end of the session by hand, or took one away (S15)."""
    hands = set(draft.hands)
    for event in (draft.in_event, draft.out_event):
        if event is not None and event.manual is not None:
            hands.update(filter(None, (event.manual.entered_by, event.manual.confirmed_by)))
    return frozenset(hands)
