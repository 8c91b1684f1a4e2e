"""What else is kept of one volunteer besides the hours: read in one statement with the person's row."""

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from django.db.models import F, Q
from msgspec import Struct

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
from settlement.rows_at_once import RowsAsText, rows_in
from settlement.rules.hours import certificate_hours
from settlement.volunteers.record import Earned

Row = TypeVar("Row")


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


class Parts(Struct, frozen=True):
    """What `read_parts` tells, each in its order."""

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


def parts_of(numbers: Sequence[int], all_numbers: Sequence[int]) -> dict[str, RowsAsText]:
    """What to annotate a volunteer's row with: `numbers` count for it, `all_numbers` are the person's."""
    of = Q(volunteer__in=numbers)
    return {
        "belongings": RowsAsText(
            Membership.objects.filter(of)
            .order_by("joined_ms", "pk")
            .values("joined_ms", "left_ms", path=F("organisation__path"), name=F("organisation__name"))
        ),
        "certified": RowsAsText(
            Certificate.objects.filter(of)
            .order_by("issued_ms", "number")
            .values(
                "number",
                "t_s",
                "issued_ms",
                issuer=F("organisation__path"),
                adjusted=F("stale__certificate"),
                newer=F("superseded_by__number"),
            )
        ),
        "asked": RowsAsText(
            Exchange.objects.filter(of).order_by("pk").values("tier", "local_date", "state", number=F("id"))
        ),
        "requested": RowsAsText(
            CertificateRequest.objects.filter(of)
            .order_by("pk")
            .values("state", "asked_ms", "note", number=F("id"), issuer=F("organisation__name"))
        ),
        "withdrawn": RowsAsText(
            AccessChange.objects.filter(of)
            .order_by("pk")
            .values("at_ms", "change", "ref", "from_ms", "reason", "by")
        ),
        "moved": RowsAsText(
            Transfer.objects.filter(of)
            .order_by("pk")
            .values(
                "state",
                "requested_ms",
                "ended_ms",
                number=F("id"),
                came_from=F("origin__name"),
                goes_to=F("destination__name"),
            )
        ),
        "merged": RowsAsText(
            MergedNumber.objects.filter(Q(kept__in=numbers) | Q(gone__in=numbers))
            .order_by("pk")
            .values("kept", "gone", "by", "at_ms", "reason", ended=F("taken_back__at_ms"))
        ),
        "rated": RowsAsText(
            Rating.objects.filter(volunteer__in=all_numbers, role__in=EFFECT_ROLES)
            .order_by("pk")
            .values("role", "effect_pm", subject=F("activity"))
        ),
        "posted": RowsAsText(
            Assignment.objects.filter(volunteer__in=all_numbers, post__isnull=False).values(
                subject=F("activity"), number=F("volunteer"), duty_pm=F("post__duty_pm")
            )
        ),
        "starred": RowsAsText(standing_reviews(numbers).values("stars_before")),
    }


def read_parts(row: Volunteer) -> Parts:
    """The parts of a row that was annotated so."""

    def rows(name: str, kind: type[Row]) -> list[Row]:
        return rows_in(getattr(row, name), kind)

    merged = rows("merged", _Merged)
    return Parts(
        memberships=tuple(rows("belongings", Belonging)),
        certificates=tuple(
            HeldCertificate(one.number, certificate_hours(one.t_s), one.standing, one.issuer, one.issued_ms)
            for one in rows("certified", _Certified)
        ),
        exchanges=tuple(rows("asked", Asked)),
        requests=tuple(rows("requested", Request)),
        withdrawals=tuple(rows("withdrawn", Withdrawal)),
        transfers=tuple(rows("moved", Move)),
        merges=tuple(
            Merge(one.kept, one.gone, one.by, one.at_ms, one.reason)
            for one in merged
            if one.ended is None and row.number in (one.kept, one.gone)
        ),
        ended_merges=tuple(
            (one.kept, one.gone, one.at_ms, one.ended) for one in merged if one.ended is not None
        ),
        effects=effects_in((one.subject, one.role, one.effect_pm) for one in rows("rated", _Rated)),
        posts=tuple((one.subject, one.number, one.duty_pm) for one in rows("posted", _Posted)),
        kept_stars=max((one.stars_before for one in rows("starred", _Stars)), default=0),
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
