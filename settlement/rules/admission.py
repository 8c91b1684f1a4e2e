"""S0–S2 and S16: which events may enter a session at all, and when they happened."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from settlement.rules.by_date import RulesByDate
from settlement.rules.evidence import Activity, Credential, Direction, Event, ManualEntry
from settlement.rules.flags import BIT, Flag
from settlement.rules.rule_set import RuleSet


class Outcome(StrEnum):
    """What became of one delivery of an event. A held event is kept and shown, and enters no session."""

    USED = "used"
    REDELIVERED = "redelivered"
    """The same event again: no effect."""
    DUPLICATE_SCAN = "duplicate_scan"
    """Scanned again within the debounce time (S4)."""
    CANCELLED = "cancelled"
    """Taken back by a correction at the terminal, within minutes."""
    REPLACED = "replaced"
    """A confirmed manual record counts instead of it."""
    REPEATED_IN = "repeated_in"
    """A device's check-in after one that people wrote down: the earlier one counts (S5)."""
    CORRECTION_WITHOUT_EFFECT = "held:CORRECTION_WITHOUT_EFFECT"
    """A correction that came too late, a second time, or for an event that is not here."""
    EVENT_ID_CONFLICT = "held:EVENT_ID_CONFLICT"
    """An id that was already taken by an event with other content; the first one stays."""
    UNKNOWN_CREDENTIAL = "held:UNKNOWN_CREDENTIAL"
    UNKNOWN_ACTIVITY = "held:UNKNOWN_ACTIVITY"
    FUTURE_TIME = "held:FUTURE_TIME"
    """Dated later than it was received."""
    MANUAL_NO_REASON = "held:MANUAL_NO_REASON"
    MANUAL_SELF = "held:MANUAL_SELF"
    """The volunteer took part in entering the own time."""
    MANUAL_UNCONFIRMED = "held:MANUAL_UNCONFIRMED"
    """Nobody, or the same person, confirmed it."""
    CREDENTIAL_REVOKED = "held:CREDENTIAL_REVOKED"
    PHASE_CLOSED = "held:PHASE_CLOSED"
    """The activity was not executing at that moment."""


Scan = tuple[int, bool, int, str, int, str, int, Event, int | None]
"""An admitted event: corrected second, whether people wrote it down, corrected ms, terminal, seq, id (so far
the order of S3), then its place among the deliveries, the event, and, of a check-out that is held, the second
from which on its credential was revoked. A plain tuple because millions of them are sorted."""

Admitted = dict[str, dict[str, list[Scan]]]
"""Scans by volunteer and activity (S3), in no particular order; those of revoked credentials among them."""

Taken = dict[str, list[tuple[int, str, frozenset[str]]]]
"""What entries by hand took away, by volunteer: second and activity of each event, and who did it (S16)."""

_CORRECTED = BIT[Flag.CLOCK_CORRECTED]
_LARGE = BIT[Flag.CLOCK_LARGE]
_UNKNOWN = BIT[Flag.CLOCK_UNKNOWN]
_MANUAL = BIT[Flag.MANUAL]
_USED_TWICE = BIT[Flag.CREDENTIAL_USED_TWICE]


def admit(
    deliveries: Sequence[Event],
    activities: Mapping[str, Activity],
    credentials: Mapping[str, Credential],
    rules: RulesByDate,
) -> tuple[list[Outcome], Admitted, Taken]:
    """Judge every delivery, in the order of arrival.

    Returns the outcome of each, what may be paired, and what of it was replaced.

    The order matters only where one id came with different contents: there the first one stays.
    """
    outcomes: list[Outcome] = []
    admitted: Admitted = {}
    taken: Taken = {}
    first_of: dict[str, Event] = {}
    replaced = _replaced(deliveries, activities, credentials, rules)
    for place, event in enumerate(deliveries):
        first = first_of.get(event.id)
        if first is not None:
            same = event.says_the_same_as(first)
            outcomes.append(Outcome.REDELIVERED if same else Outcome.EVENT_ID_CONFLICT)
            continue
        first_of[event.id] = event
        if event.cancelled:
            outcomes.append(Outcome.CANCELLED)
            continue
        credential = credentials.get(event.credential) if event.credential is not None else None
        volunteer = _volunteer_of(event, credential)
        activity = activities.get(event.activity)
        happened_ms = corrected_ms(event)
        corrected_s = happened_ms // 1000
        if volunteer is None:
            outcomes.append(Outcome.UNKNOWN_CREDENTIAL)
            continue
        if replaced and (volunteer, event.id) in replaced:
            outcomes.append(Outcome.REPLACED)
            taken.setdefault(volunteer, []).append(
                (corrected_s, event.activity, replaced[volunteer, event.id])
            )
            continue
        if activity is None:
            outcomes.append(Outcome.UNKNOWN_ACTIVITY)
            continue
        outcome = _judge(
            event, volunteer, corrected_s, activity, credential, rules.at(corrected_s, activity.zone)
        )
        outcomes.append(outcome)
        revoked_s = None
        if outcome is Outcome.CREDENTIAL_REVOKED and event.direction is not Direction.IN:
            # Whoever is inside may have left with it: `pairing` says what that is worth.
            revoked_s = (credential.revoked_ms or 0) // 1000 if credential is not None else None
        if outcome is Outcome.USED or revoked_s is not None:
            order = (corrected_s, event.manual is not None, happened_ms, event.terminal, event.seq, event.id)
            scan = (*order, place, event, revoked_s)
            admitted.setdefault(volunteer, {}).setdefault(event.activity, []).append(scan)
    return outcomes, admitted, taken


def _replaced(
    deliveries: Sequence[Event],
    activities: Mapping[str, Activity],
    credentials: Mapping[str, Credential],
    rules: RulesByDate,
) -> dict[tuple[str, str], frozenset[str]]:
    """The events, each with its volunteer, in whose place an entry by hand counts; and who made the entry.

    An entry that is held replaces nothing, so that no time is lost for one that does not count. One that was
    replaced itself still keeps away what it stood for: the last word on a time does not bring back the first.
    """
    replaced: dict[tuple[str, str], frozenset[str]] = {}
    if not any(event.manual is not None and event.manual.instead_of for event in deliveries):
        return replaced
    for event in {event.id: event for event in reversed(deliveries)}.values():
        if event.manual is None or not event.manual.instead_of or event.cancelled:
            continue
        credential = credentials.get(event.credential) if event.credential is not None else None
        volunteer, activity = _volunteer_of(event, credential), activities.get(event.activity)
        if volunteer is None or activity is None:
            continue
        second = corrected_ms(event) // 1000
        if (
            _judge(event, volunteer, second, activity, credential, rules.at(second, activity.zone))
            is Outcome.USED
        ):
            hands = frozenset(filter(None, (event.manual.entered_by, event.manual.confirmed_by)))
            for other in event.manual.instead_of:
                if other != event.id:
                    replaced[volunteer, other] = replaced.get((volunteer, other), frozenset()) | hands
    return replaced


def corrected_ms(event: Event) -> int:
    """When the event happened, as far as anybody can say (S1)."""
    return event.device_ms + (event.offset_ms or 0)


def event_bits(event: Event, rules: RuleSet) -> int:
    """What is said of a session for one of its events: how it came in (S0, S16), and of its clock (S1)."""
    bits = _MANUAL if event.manual is not None else 0
    if event.used_twice:
        bits |= _USED_TWICE
    if event.offset_ms == 0 and not event.error_ms:
        return bits
    if event.offset_ms is None:
        bits |= _UNKNOWN
    elif event.offset_ms != 0:
        bits |= _CORRECTED | (_LARGE if abs(event.offset_ms) > rules.clock_flag_s * 1000 else 0)
    if is_loosely_dated(event, rules):
        bits |= _UNKNOWN
    return bits


def is_loosely_dated(event: Event, rules: RuleSet) -> bool:
    """Whether the event's time is known less closely than the policy asks for."""
    return event.error_ms is not None and event.error_ms > rules.clock_bound_s * 1000


def _volunteer_of(event: Event, credential: Credential | None) -> str | None:
    """Whom the event is about, or None; a manual entry may name the volunteer without any credential."""
    if event.manual is None:
        return None if credential is None else credential.volunteer
    named = event.manual.volunteer or None
    if event.credential is None:
        return named
    if credential is None or named not in (None, credential.volunteer):
        return None
    return credential.volunteer


def _judge(
    event: Event,
    volunteer: str,
    corrected_s: int,
    activity: Activity,
    credential: Credential | None,
    rules: RuleSet,
) -> Outcome:
    """The first reason to hold an event of a known volunteer and activity, in the order of S0; else USED."""
    if (corrected_s - rules.future_tolerance_s) * 1000 > event.received_ms:
        return Outcome.FUTURE_TIME
    if event.manual is not None:
        outcome = _judge_manual(event.manual, volunteer)
        if outcome is not Outcome.USED:
            return outcome
    revoked_ms = None if credential is None else credential.revoked_ms
    if revoked_ms is not None and corrected_s * 1000 >= revoked_ms:
        return Outcome.CREDENTIAL_REVOKED
    return Outcome.USED if activity.is_executing(corrected_s) else Outcome.PHASE_CLOSED


def _judge_manual(entry: ManualEntry, volunteer: str) -> Outcome:
    if not (entry.reason and entry.reason.strip()):
        return Outcome.MANUAL_NO_REASON
    if volunteer in (entry.entered_by, entry.confirmed_by):
        return Outcome.MANUAL_SELF
    if not (entry.entered_by and entry.confirmed_by) or entry.entered_by == entry.confirmed_by:
        return Outcome.MANUAL_UNCONFIRMED
    return Outcome.USED
