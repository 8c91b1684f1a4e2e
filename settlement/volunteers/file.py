"""A volunteer's own file: what is recorded, and what it earned (Order 67; requirements 4 and 10)."""

from django.db.models import Q
from msgspec import Struct

from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.look_up import volunteer_numbered
from settlement.merged_numbers import merged_numbers
from settlement.models import AccessChange, Certificate, Dispute, Exchange, Membership, MergedNumber
from settlement.reach import check_entitled
from settlement.recognition.certificate_check import standing_of_certificate
from settlement.records.dispute_standing import DisputeStanding, standing_of
from settlement.rules.hours import certificate_hours
from settlement.volunteers.record import ServiceRecord, service_record


class Belonging(Struct, frozen=True):
    """A membership; the times are UTC milliseconds, `left_ms` None for one that goes on."""

    path: str
    name: str
    joined_ms: int
    left_ms: int | None


class HeldCertificate(Struct, frozen=True):
    """A certificate and whether it still holds."""

    number: str
    hours: str
    standing: str


class Gift(Struct, frozen=True):
    """An application for a gift."""

    day: str
    tier: str
    state: str


class Withdrawal(Struct, frozen=True):
    """A badge or card (`ref`) that was revoked or restored, or the person without one; by whom, and why."""

    at_ms: int
    change: str
    ref: str
    from_ms: int | None
    reason: str
    by: str


class Merge(Struct, frozen=True):
    """The person of the number `gone` goes under `kept` since then (UTC milliseconds); by whom, and why."""

    kept: int
    gone: int
    by: str
    at_ms: int
    reason: str


class PersonalFile(Struct, frozen=True):
    """Everything that the centre holds about a volunteer's service, under each number of the person.

    Of a number that is gone it is what stands there still: the hours are with the kept one.
    """

    number: int
    name: str
    may_be_named: bool
    memberships: tuple[Belonging, ...]
    record: ServiceRecord
    certificates: tuple[HeldCertificate, ...]
    gifts: tuple[Gift, ...]
    disputes: tuple[DisputeStanding, ...]
    suspended: bool
    withdrawals: tuple[Withdrawal, ...]
    merges: tuple[Merge, ...] = ()
    """Those that hold: the one by which this number is gone, or those by which others came to it."""


def personal_file(number: int, by: Actor, now_ms: int) -> PersonalFile:
    """The file of a volunteer as it stands now; who looks at it is noted.

    Raises RulesError UNKNOWN_VOLUNTEER, NOT_ALLOWED, OUT_OF_REACH.
    """
    volunteer = volunteer_numbered(number)
    check_entitled(by, Deed.READ_PEOPLE, volunteer, owner=number)
    numbers = [*merged_numbers().counted_for([number])] or [number]
    note(Action.LOOK, Kind.VOLUNTEER, number, Signed(by, now_ms))
    memberships = Membership.objects.filter(volunteer__in=numbers).select_related("organisation")
    certificates = Certificate.objects.filter(volunteer__in=numbers).select_related("stale", "superseded_by")
    disputes = Dispute.objects.filter(volunteer__in=numbers).select_related("answer")
    return PersonalFile(
        number=volunteer.number,
        name=volunteer.display_name,
        may_be_named=volunteer.may_be_named,
        memberships=tuple(
            Belonging(row.organisation.path, row.organisation.name, row.joined_ms, row.left_ms)
            for row in memberships.order_by("joined_ms", "pk")
        ),
        record=service_record(volunteer.number),
        certificates=tuple(
            HeldCertificate(row.number, certificate_hours(row.t_s), standing_of_certificate(row))
            for row in certificates.order_by("issued_ms", "number")
        ),
        gifts=tuple(
            Gift(row.local_date.isoformat(), row.tier, row.state)
            for row in Exchange.objects.filter(volunteer__in=numbers).order_by("pk")
        ),
        disputes=tuple(standing_of(row, now_ms) for row in disputes.order_by("raised_ms", "pk")),
        suspended=volunteer.suspended,
        withdrawals=tuple(
            Withdrawal(row.at_ms, row.change, row.ref, row.from_ms, row.reason, row.by)
            for row in AccessChange.objects.filter(volunteer__in=numbers).order_by("pk")
        ),
        merges=merges_of(number),
    )


def merges_of(number: int) -> tuple[Merge, ...]:
    """The merges of a number that hold."""
    rows = MergedNumber.objects.filter(Q(kept=number) | Q(gone=number), taken_back=None).order_by("pk")
    return tuple(Merge(row.kept_id, row.gone_id, row.by, row.at_ms, row.reason) for row in rows)
