"""What is kept of one volunteer besides the hours: read in one statement."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from msgspec import Struct, convert

from settlement.database.one_statement import read_together
from settlement.ledger.totals import approved_in
from settlement.models import (
    AccessChange,
    Assignment,
    Certificate,
    CertificateRequest,
    Exchange,
    LedgerEntry,
    Membership,
    MergedNumber,
    Rating,
    Transfer,
    Volunteer,
)
from settlement.recognition.certificate_check import CertificateState
from settlement.recognition.points import points_of
from settlement.recognition.ratings import EFFECT_ROLES, duties_in, effects_in, values_of
from settlement.recognition.spent_together import spent_meanwhile
from settlement.recognition.stars import standing_reviews, stars_of
from settlement.rules.hours import certificate_hours
from settlement.volunteers.record import Earned


class Belonging(Struct, frozen=True):
    """A membership; the times are UTC milliseconds, `left_ms` None for one that goes on."""

    path: str
    name: str
    joined_ms: int
    left_ms: int | None


class HeldCertificate(Struct, frozen=True):
    """A certificate and whether it still holds; `issuer` is the organisation's path."""

    number: str
    hours: str
    standing: str
    issuer: str
    issued_ms: int


class Move(Struct, frozen=True):
    """A transfer from one organisation to another, and how far it has come."""

    number: int
    came_from: str
    goes_to: str
    state: str
    requested_ms: int
    ended_ms: int | None


class Request(Struct, frozen=True):
    """A certificate that was asked for, of whom, and how far that came; `note` says why it was refused."""

    number: int
    issuer: str
    state: str
    asked_ms: int
    note: str


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


class Asked(Struct, frozen=True):
    """An application for a gift, as points are counted by it."""

    number: int
    tier: str
    local_date: dt.date
    state: str


class Person(Struct, frozen=True):
    """Whose file it is."""

    number: int
    name: str
    may_be_named: bool
    suspended: bool


class Parts(Struct, frozen=True):
    """What `read_parts` tells, each in its order."""

    person: Person | None
    memberships: tuple[Belonging, ...]
    certificates: tuple[HeldCertificate, ...]
    exchanges: tuple[Asked, ...]
    requests: tuple[Request, ...]
    withdrawals: tuple[Withdrawal, ...]
    transfers: tuple[Move, ...]
    merges: tuple[Merge, ...]
    ended_merges: tuple[tuple[int, int, int, int], ...]
    """Those that were taken back: kept and gone number, since when they held and until when."""
    effects: dict[str, int]
    posts: tuple[tuple[str, int, int], ...]
    kept_stars: int


class _Certified(Struct, frozen=True):
    number: str
    t_s: int
    issuer: str
    issued_ms: int
    adjusted: str | None
    newer: str | None

    @property
    def standing(self) -> CertificateState:
        if self.newer:
            return CertificateState.SUPERSEDED
        return CertificateState.STALE if self.adjusted else CertificateState.VALID


class _Merged(Struct, frozen=True):
    kept: int
    gone: int
    by: str
    at_ms: int
    reason: str
    ended: int | None


class _Rated(Struct, frozen=True):
    subject: str
    role: str
    effect_pm: int


class _Posted(Struct, frozen=True):
    subject: str
    number: int
    duty_pm: int


class _Stars(Struct, frozen=True):
    stars_before: int


class _Table(Struct, frozen=True):
    """Rows of a small table, read as values of that kind: the columns are those of its fields, in turn."""

    kind: type[Any]
    rows: QuerySet[Any]
    columns: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)

    def values(self, read: list[list[Any]]) -> list[Any]:
        """What was read, in its order."""
        first = len(self.order)
        names = self.kind.__struct_fields__
        in_order = sorted(read, key=lambda row: row[:first])
        fields = [dict(zip(names, row[first:], strict=True)) for row in in_order]
        return [convert(one, self.kind, strict=False) for one in fields]


def read_parts(
    person: QuerySet[Volunteer], number: int, numbers: Sequence[int], all_numbers: Sequence[int]
) -> Parts:
    """The parts of a volunteer's file: `numbers` count for it, `all_numbers` are the person's.

    `person` finds the volunteer's row for whoever may read it, and nobody for others.
    """
    who = _Table(Person, person, ("number", "display_name", "may_be_named", "suspended"))
    tables = (who, *_tables(numbers, all_numbers))
    found = read_together(*((one.rows, (*one.order, *one.columns)) for one in tables))
    rows = {one.kind: one.values(read) for one, read in zip(tables, found, strict=True)}
    merged: list[_Merged] = rows[_Merged]
    return Parts(
        person=next(iter(rows[Person]), None),
        memberships=tuple(rows[Belonging]),
        certificates=tuple(
            HeldCertificate(one.number, certificate_hours(one.t_s), one.standing, one.issuer, one.issued_ms)
            for one in rows[_Certified]
        ),
        exchanges=tuple(rows[Asked]),
        requests=tuple(rows[Request]),
        withdrawals=tuple(rows[Withdrawal]),
        transfers=tuple(rows[Move]),
        merges=tuple(
            Merge(one.kept, one.gone, one.by, one.at_ms, one.reason)
            for one in merged
            if one.ended is None and number in (one.kept, one.gone)
        ),
        ended_merges=tuple(
            (one.kept, one.gone, one.at_ms, one.ended) for one in merged if one.ended is not None
        ),
        effects=effects_in((one.subject, one.role, one.effect_pm) for one in rows[_Rated]),
        posts=tuple((one.subject, one.number, one.duty_pm) for one in rows[_Posted]),
        kept_stars=max((one.stars_before for one in rows[_Stars]), default=0),
    )


def _tables(numbers: Sequence[int], all_numbers: Sequence[int]) -> tuple[_Table, ...]:
    of = Q(volunteer__in=numbers)
    return (
        _Table(
            Belonging,
            Membership.objects.filter(of),
            ("organisation__path", "organisation__name", "joined_ms", "left_ms"),
            ("joined_ms", "pk"),
        ),
        _Table(
            _Certified,
            Certificate.objects.filter(of),
            (
                "number",
                "t_s",
                "organisation__path",
                "issued_ms",
                "stale__certificate",
                "superseded_by__number",
            ),
            ("issued_ms", "number"),
        ),
        _Table(Asked, Exchange.objects.filter(of), ("pk", "tier", "local_date", "state")),
        _Table(
            Request,
            CertificateRequest.objects.filter(of),
            ("pk", "organisation__name", "state", "asked_ms", "note"),
        ),
        _Table(
            Withdrawal,
            AccessChange.objects.filter(of),
            ("at_ms", "change", "ref", "from_ms", "reason", "by"),
        ),
        _Table(
            Move,
            Transfer.objects.filter(of),
            ("pk", "origin__name", "destination__name", "state", "requested_ms", "ended_ms"),
        ),
        _Table(
            _Merged,
            MergedNumber.objects.filter(Q(kept__in=numbers) | Q(gone__in=numbers)),
            ("kept_id", "gone_id", "by", "at_ms", "reason", "taken_back__at_ms"),
        ),
        _Table(
            _Rated,
            Rating.objects.filter(volunteer__in=all_numbers, role__in=EFFECT_ROLES),
            ("activity_id", "role", "effect_pm"),
        ),
        _Table(
            _Posted,
            Assignment.objects.filter(volunteer__in=all_numbers, post__isnull=False),
            ("activity_id", "volunteer_id", "post__duty_pm"),
        ),
        _Table(_Stars, standing_reviews(numbers), ("stars_before",)),
    )


def earned_of(
    number: int,
    numbers: Sequence[int],
    all_numbers: Sequence[int],
    entries: Sequence[LedgerEntry],
    parts: Parts,
) -> Earned:
    """What the approved time of a volunteer came to; `numbers` count for it, none where another was kept."""
    counting = [approved_in(row for row in entries if row.volunteer_id == one) for one in numbers]
    lines = [line for found in counting for line in found]
    own = approved_in(row for row in entries if row.volunteer_id == number)
    charged = spent_meanwhile(numbers, parts.ended_merges)
    asked = [
        Exchange(pk=one.number, tier=one.tier, local_date=one.local_date, state=one.state)
        for one in (parts.exchanges if numbers else ())
    ]
    return Earned(
        values=tuple(values_of(own, duties_in(parts.posts, all_numbers), parts.effects)),
        stars=stars_of(sum(line.t_s for line in lines), parts.kept_stars if numbers else 0),
        points=points_of(lines, [*charged, *asked]).balance,
    )
