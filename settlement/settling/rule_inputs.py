"""From rows to what the rules take: the evidence of some volunteers, and the master data it is judged by."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from django.db.models import QuerySet

from foundation.errors import MessageError
from settlement.accounts.accounts import accounts_of_staff
from settlement.accounts.actor import folded, mark_of
from settlement.evidence.corrections import correct, event_id_of
from settlement.evidence.event_times import Clocks
from settlement.evidence.judge import SingleUse, single_use
from settlement.evidence.one_time_uses import used_twice
from settlement.evidence.replaced import names_replaced
from settlement.evidence.unnamed_activity import found_before
from settlement.look_up import as_the_rules_see
from settlement.merged_numbers import MergedNumbers, merged_numbers
from settlement.models import (
    Account,
    Activity,
    Assignment,
    Chain,
    Credential,
    Event,
    ManualRecord,
    RowKey,
)
from settlement.rules import evidence as rules
from settlement.rules.by_date import RulesByDate
from sync.contract import events
from sync.contract.events import CheckIn, CheckOut, Claim, Correction, Manual, Toggle

_DIRECTIONS = {
    CheckIn: rules.Direction.IN,
    CheckOut: rules.Direction.OUT,
    Toggle: rules.Direction.TOGGLE,
}

Attendance = CheckIn | CheckOut | Toggle | Manual | Claim | Correction

MANUAL = 0
"""Stands for the chain in the row key of a manual record; the record's number follows."""


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A claim that a terminal took down, and where it is stored."""

    place: RowKey
    volunteer: int
    event: Claim


@dataclass(frozen=True, slots=True)
class StoredCorrection:
    """A correction that a terminal took down, and where it is stored."""

    place: RowKey
    volunteer: int
    event: Correction


@dataclass(slots=True)
class Inputs:
    """What `settle_volunteers` is called with; `places` and `owners` say whose delivery is which row.

    `claims` are no deliveries: they become manual records first. Nor are corrections: they mark deliveries as
    cancelled, and those `without_effect` are evidence that entered nothing.
    """

    deliveries: list[rules.Event] = field(default_factory=list)
    places: list[RowKey] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    claims: list[StoredClaim] = field(default_factory=list)
    without_effect: list[StoredCorrection] = field(default_factory=list)
    activities: dict[str, rules.Activity] = field(default_factory=dict)
    credentials: dict[str, rules.Credential] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    chain: int
    seq: int
    volunteer: int
    received_ms: int
    event: CheckIn | CheckOut | Toggle | Manual


def load_inputs(
    volunteers: Collection[int],
    by_date: RulesByDate,
    supposed: Sequence[rules.Event] = (),
    merged: MergedNumbers | None = None,
) -> Inputs:
    """All attendance of these volunteers, dated: the terminals' events in the order of arrival, then records.

    What a quartz may be off between two anchors says the version that held when the event arrived: the
    date of an event that is yet to be dated can't choose it. `supposed` are entries by hand that nobody has
    stored: what would be if they were. Of merged numbers (those that hold, or `merged`) the kept one has the
    evidence of all, and one that is gone has none.
    """
    merged = merged or merged_numbers()
    counted = merged.counted_for(volunteers)
    stored = list(_stored(counted))
    rows = [row for row in stored if isinstance(row, _Row)]
    corrected = correct((row.volunteer, row.event) for row in stored if not isinstance(row, StoredClaim))
    records = list(_records(counted))
    epochs = dict(Chain.objects.filter(pk__in={row.chain for row in rows}).values_list("pk", "epoch"))
    clocks = Clocks(by_date)
    named = {row.event.activity for row in stored} | {record.activity_id for record in records}
    named.update(event.activity for event in supposed)
    inputs = Inputs(activities=_activities(named, counted))
    inputs.claims = [
        row
        for row in stored
        if isinstance(row, StoredClaim)
        and row.event.activity in inputs.activities
        and row.event.earliest_ms <= row.event.at_ms <= row.event.latest_ms
    ]
    inputs.without_effect = [
        row
        for row in stored
        if isinstance(row, StoredCorrection) and event_id_of(row.event) in corrected.without_effect
    ]
    revoked, people = _revocations(rows), _People(merged)
    reused = used_twice(once for row in rows if (once := _once(row.event)))
    for row in rows:
        reference = "" if isinstance(row.event, Manual) else row.event.credential.ref
        # A card may have stood for somebody else before: the key says for whom this event counts it.
        credential = f"{row.volunteer}/{reference}" if reference else None
        if credential:
            inputs.credentials[credential] = rules.Credential(str(row.volunteer), revoked.get(reference))
        delivery = _delivery(row, epochs[row.chain], credential, clocks, people)
        inputs.deliveries.append(
            msgspec.structs.replace(
                delivery,
                cancelled=event_id_of(row.event) in corrected.cancelled,
                used_twice=_once(row.event) in reused,
            )
        )
        inputs.places.append((row.chain, row.seq))
        inputs.owners.append(row.volunteer)
    replaced = names_replaced(record.pk for record in records)
    for record in records:
        inputs.deliveries.append(_written_down(record, replaced.get(record.pk, ()), people))
        inputs.places.append((MANUAL, record.pk))
        inputs.owners.append(counted[record.volunteer_id])
    for number, event in enumerate(supposed, 1):
        inputs.deliveries.append(event)
        inputs.places.append((MANUAL, -number))
        inputs.owners.append(int(event.manual.volunteer or 0) if event.manual else 0)
    return inputs


def _records(volunteers: Collection[int]) -> QuerySet[ManualRecord]:
    """The manual records that a second person confirmed."""
    confirmed = ManualRecord.objects.filter(volunteer__in=list(volunteers), decision__confirmed=True)
    return confirmed.select_related("entered_account", "decision__account").order_by("pk")


def _written_down(record: ManualRecord, instead_of: tuple[str, ...], people: "_People") -> rules.Event:
    """A record with what its second person said, as the rules take it."""
    decision = record.decision
    return rules.Event(
        id=str(record),
        terminal="manual",
        seq=record.pk,
        activity=record.activity_id,
        direction=rules.Direction(record.direction),
        method="manual",
        manual=rules.ManualEntry(
            people.named(str(record.volunteer_id)),
            record.reason or record.reason_code,
            people.who_entered(record),
            people.behind(decision.account, decision.by),
            instead_of,
        ),
        device_ms=record.at_ms,
        received_ms=decision.at_ms,
    )


class _People:
    """What names a person in the rules: the same for each account, number and spelling of one person."""

    def __init__(self, merged: MergedNumbers) -> None:
        self._merged = merged
        known = accounts_of_staff().items()
        self._staff = {reference: self.behind(account, reference) for reference, account in known}

    def behind(self, account: Account | None, name: str) -> str:
        """Who acted by an account, or under a name from before there were accounts."""
        return self.named(mark_of(account.person, account.volunteer_id) if account else folded(name))

    def who_entered(self, record: ManualRecord) -> str:
        """Whose entry a record is; of a claim, the staff member's who took it, once there is an account."""
        if record.entered_account is None and record.claim_seq is not None:
            return self._staff.get(record.entered_by) or self.behind(None, record.entered_by)
        return self.behind(record.entered_account, record.entered_by)

    def named(self, mark: str) -> str:
        """Whom a mark names, whichever of the person's numbers it is."""
        return self._merged.mark(mark)

    def at_terminal(self, reference: str) -> str:
        """A staff member of terminals, by an account at the centre where there is one."""
        return self._staff.get(reference) or self.named(reference)


def _stored(counted: Mapping[int, int]) -> Iterable[_Row | StoredClaim | StoredCorrection]:
    """The attendance of these numbers, each event with the number for which it counts."""
    found = Event.objects.filter(volunteer__in=list(counted)).order_by("received_ms", "chain_id", "seq")
    columns = ("chain_id", "seq", "raw", "volunteer__number", "received_ms")
    activities = found_before(counted)
    for chain, seq, raw, number, received_ms in found.values_list(*columns):
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue
        volunteer = counted[number]
        if isinstance(event, Attendance) and (chain, seq) in activities:
            event = msgspec.structs.replace(event, activity=activities[chain, seq])
        match event:
            case CheckIn() | CheckOut() | Toggle() | Manual():
                yield _Row(chain, seq, volunteer, received_ms, event)
            case Claim():
                yield StoredClaim((chain, seq), volunteer, event)
            case Correction():
                yield StoredCorrection((chain, seq), volunteer, event)


def _delivery(row: _Row, epoch: str, credential: str | None, clocks: Clocks, people: _People) -> rules.Event:
    event = row.event
    identity = f"{event.terminal}/{epoch}/{row.seq}"
    if isinstance(event, Manual):
        # The time that people wrote down; no clock measured it.
        return rules.Event(
            id=identity,
            terminal=event.terminal,
            seq=row.seq,
            activity=event.activity,
            direction=rules.Direction(event.direction),
            method="manual",
            manual=rules.ManualEntry(
                str(row.volunteer),
                event.reason,
                people.at_terminal(event.entered_by),
                people.at_terminal(event.confirmed_by),
            ),
            device_ms=event.at_ms,
            received_ms=row.received_ms,
        )
    offset_ms, error_ms = clocks.offset(event, row.received_ms)
    return rules.Event(
        id=identity,
        terminal=event.terminal,
        seq=row.seq,
        credential=credential,
        activity=event.activity,
        direction=_DIRECTIONS[type(event)],
        method=event.credential.method,
        device_ms=event.wall_ms,
        offset_ms=offset_ms,
        error_ms=error_ms,
        received_ms=row.received_ms,
    )


def _once(event: CheckIn | CheckOut | Toggle | Manual) -> SingleUse | None:
    """What the event names that admits once, whatever else a person must look at in it."""
    return None if isinstance(event, Manual) else single_use(event.credential.ref, event.credential.counter)


def _revocations(rows: list[_Row]) -> dict[str, int]:
    references = {row.event.credential.ref for row in rows if not isinstance(row.event, Manual)}
    revoked = Credential.objects.filter(ref__in=references, revoked_ms__isnull=False)
    return {row.ref: row.revoked_ms for row in revoked if row.revoked_ms is not None}


def _activities(ids: set[str], counted: Mapping[int, int]) -> dict[str, rules.Activity]:
    """The activities; their rosters hold only those volunteers who are settled right now."""
    rows = (
        Activity.objects.filter(id__in=ids)
        .select_related("site")
        .prefetch_related("phases", "shifts", "breaks")
    )
    assigned: dict[str, set[str]] = {}
    expected = Assignment.objects.filter(activity__in=ids, volunteer__in=list(counted))
    for activity, number in expected.values_list("activity__id", "volunteer__number"):
        assigned.setdefault(activity, set()).add(str(counted[number]))
    return {row.id: as_the_rules_see(row, assigned.get(row.id, ())) for row in rows}
