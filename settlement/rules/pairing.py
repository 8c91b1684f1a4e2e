"""S3–S6: from scans to sessions, per volunteer and activity, never per card or terminal."""

from collections.abc import Mapping

import msgspec

from foundation.attendance import is_too_long, stay_until
from settlement.rules.admission import Outcome, Scan, event_bits
from settlement.rules.by_date import RulesByDate
from settlement.rules.evidence import Activity, Direction, Event
from settlement.rules.flags import BIT, Flag
from settlement.rules.local_dates import LocalDates, local_dates
from settlement.rules.rule_set import RuleSet
from settlement.rules.trace import TraceCode, TraceStep, trace_step

MISSING_IN = BIT[Flag.MISSING_IN]
MISSING_OUT = BIT[Flag.MISSING_OUT]
OPEN = BIT[Flag.OPEN]
CREDENTIAL_REVOKED = BIT[Flag.CREDENTIAL_REVOKED]
REPEATED_IN = BIT[Flag.REPEATED_IN]
LONG_STAY = BIT[Flag.LONG_STAY]

_TOGGLE = Direction.TOGGLE
_IN = Direction.IN
_OUT = Direction.OUT

Interval = tuple[int, int]
"""Seconds since 1970, [from, until)."""


class Draft(msgspec.Struct, gc=False):
    """A session while the rules work on it; at least one end is known."""

    activity: Activity
    rules: RuleSet
    """Of the date on which it began, with what the activity fixes otherwise."""
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
    given_up_s: int | None = None
    """Up to then nothing had ended it, where nothing ever did."""
    hands: frozenset[str] = frozenset()
    """Who took an event of its date away by hand."""

    @property
    def calendar(self) -> LocalDates:
        """The local dates that its seconds are of (S11, S12)."""
        return local_dates(self.rules.zone_at(self.activity.zone))


def pair(
    scans: list[Scan],
    activity: Activity,
    rules: RulesByDate,
    settle_at_s: int,
    outcomes: list[Outcome],
    credited: Mapping[str, str],
) -> list[Draft]:
    """Pair the scans of one volunteer in one activity; repeated scans are marked in `outcomes`.

    Sorts `scans`. Drafts come in the order in which their sessions began. `credited` names check-outs by the
    check-in to which a reviewer said that they belong, however long the stay is.
    """
    scans.sort()
    drafts: list[Draft] = []
    opened: Draft | None = None
    revoked: tuple[Event, int] | None = None
    kept_s = kept_direction = None
    debounce_s = 0
    for second, is_manual, _, _, _, _, place, event, revoked_s in scans:
        if revoked_s is not None:
            if opened is not None and revoked is None and _may_have_ended(opened, event, second):
                revoked = (event, revoked_s)
            continue
        direction = event.direction
        if kept_s is not None and second - kept_s < debounce_s and direction in (_TOGGLE, kept_direction):
            outcomes[place] = Outcome.DUPLICATE_SCAN
            continue
        if opened is not None and is_too_long(opened.start_s, second, activity.shifts, opened.rules):
            opened = _outlasted(opened, event, revoked, second, credited)
        if direction is _TOGGLE:
            direction = _IN if opened is None else _OUT
        if direction is _OUT and opened is not None:
            draft = opened
            draft.out_event, draft.out_s = event, second
            opened = None
        elif direction is _IN and opened is not None and not is_manual and _was_written_down(opened):
            outcomes[place] = Outcome.REPEATED_IN
            opened.bits |= REPEATED_IN
            kept_s, kept_direction, debounce_s = second, direction, opened.rules.debounce_s
            continue
        else:
            if opened is not None:
                _end_without_scan(opened, revoked, second - 1)
            own = rules.of_stay(second, activity.policy, activity.zone)
            draft = _begun_with(event, second, activity, own, is_in=direction is _IN)
            drafts.append(draft)
            opened, revoked = (draft if direction is _IN else None), None
        draft.bits |= event_bits(event, draft.rules)
        kept_s, kept_direction, debounce_s = second, direction, draft.rules.debounce_s
    if opened is not None:
        if settle_at_s <= open_until(activity, opened.start_s, opened.rules) and activity.is_executing(
            settle_at_s
        ):
            opened.bits |= OPEN
        else:
            _end_without_scan(opened, revoked, settle_at_s)
    return drafts


def _outlasted(
    opened: Draft,
    event: Event,
    revoked: tuple[Event, int] | None,
    second: int,
    credited: Mapping[str, str],
) -> Draft | None:
    """A stay that is too long for a scan: open still where a reviewer said that this ends it, else over."""
    came = opened.in_event
    if came is not None and event.direction is _OUT and credited.get(came.id) == event.id:
        opened.bits |= LONG_STAY
        return opened
    _end_without_scan(opened, revoked, second - 1)
    return None


def _was_written_down(opened: Draft) -> bool:
    """Whether two people wrote down that the volunteer came: a device that works again adds nothing."""
    return opened.in_event is not None and opened.in_event.manual is not None


def _begun_with(event: Event, second: int, activity: Activity, rules: RuleSet, *, is_in: bool) -> Draft:
    if is_in:
        return Draft(activity, rules, event, None, second, None, second, 0)
    return Draft(activity, rules, None, event, None, second, second, MISSING_IN)


def _may_have_ended(opened: Draft, event: Event, second: int) -> bool:
    """Whether a scan with a revoked card is of the one that began the stay, and not too late for it."""
    came = opened.in_event
    return (
        came is not None
        and came.credential == event.credential
        and not is_too_long(opened.start_s, second, opened.activity.shifts, opened.rules)
    )


def _end_without_scan(opened: Draft, revoked: tuple[Event, int] | None, until_s: int) -> None:
    """Nothing ended the stay, unless its own card did, which had been revoked meanwhile (S2)."""
    if revoked is None:
        opened.bits |= MISSING_OUT
        opened.given_up_s = until_s
        return
    opened.out_event, opened.out_s = revoked
    opened.bits |= CREDENTIAL_REVOKED | event_bits(revoked[0], opened.rules)
    opened.steps += (trace_step(TraceCode.CREDITED_TO_REVOCATION, 0, at_s=revoked[1]),)


def open_until(activity: Activity, in_s: int, rules: RuleSet) -> int:
    """The last second at which somebody who came at `in_s` may simply not have left yet (S6).

    Whoever comes when the last shift is over, or nearly, is given as long to leave as everybody else.
    """
    last_s = last_second(activity, in_s, rules)
    shift_end_s = last_shift_end(activity, in_s, rules)
    return last_s if shift_end_s is None else min(last_s, max(shift_end_s, in_s) + rules.close_after_s)


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
