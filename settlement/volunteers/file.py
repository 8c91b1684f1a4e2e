"""A volunteer's own file: what is recorded, and what it earned (Order 67; requirements 4 and 10)."""

from django.db.models import QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may
from settlement.ledger.entries import whole_entries
from settlement.look_up import volunteer_numbered
from settlement.merged_numbers import merged_numbers
from settlement.models import Volunteer
from settlement.reach import reach_of
from settlement.records.dispute_standing import DisputeStanding, standings_of
from settlement.troubles import AccountTrouble
from settlement.volunteers.parts import (
    Belonging,
    HeldCertificate,
    Merge,
    Move,
    Request,
    Withdrawal,
    earned_of,
    read_parts,
)
from settlement.volunteers.record import ServiceRecord, record_of


class Gift(Struct, frozen=True):
    """An application for a gift."""

    day: str
    tier: str
    state: str


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
    transfers: tuple[Move, ...] = ()
    requests: tuple[Request, ...] = ()
    merges: tuple[Merge, ...] = ()
    """Those that hold: the one by which this number is gone, or those by which others came to it."""


def personal_file(number: int, by: Actor, now_ms: int) -> PersonalFile:
    """The file of a volunteer as it stands now; who looks at it is noted.

    It asks the same few questions however much was served. Raises RulesError UNKNOWN_VOLUNTEER, NOT_ALLOWED,
    OUT_OF_REACH.
    """
    merged = merged_numbers()
    counted = [*merged.counted_for([number])]
    numbers, everything = counted or [number], merged.numbers_of(number)
    parts = read_parts(_reached(number, by), number, numbers, everything)
    row = parts.person
    if row is None:
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=str(volunteer_numbered(number)))
    note(Action.LOOK, Kind.VOLUNTEER, number, Signed(by, now_ms))
    entries = whole_entries(everything)
    own = [entry for entry in entries if entry.volunteer_id == number]
    return PersonalFile(
        number=row.number,
        name=row.name,
        may_be_named=row.may_be_named,
        memberships=parts.memberships,
        record=record_of(number, own, earned_of(number, counted, everything, entries, parts)),
        certificates=parts.certificates,
        gifts=tuple(Gift(one.local_date.isoformat(), one.tier, one.state) for one in parts.exchanges),
        disputes=tuple(standings_of(numbers, entries, now_ms)),
        suspended=row.suspended,
        withdrawals=parts.withdrawals,
        transfers=parts.transfers,
        requests=parts.requests,
        merges=parts.merges,
    )


def _reached(number: int, by: Actor) -> QuerySet[Volunteer]:
    """The row of a volunteer, for whoever may read it."""
    if by.is_volunteer(number):
        return Volunteer.objects.filter(number=number)
    check_may(by, Deed.READ_PEOPLE)
    return reach_of(by).volunteers([number])
