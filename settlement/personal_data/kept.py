"""Where the centre keeps something of a person: each table that names one, and which of its columns it tells.

A table that names a volunteer and is missing here is found by a test.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from msgspec import Struct

from settlement import models
from settlement.accounts.audit import Kind


class Tells(StrEnum):
    """How a column is to be read."""

    TEXT = "text"
    MOMENT_MS = "moment_ms"
    MOMENT_S = "moment_s"
    DURATION_S = "duration_s"
    EVENT = "event"
    """The bytes of an event, which are JSON."""
    FLAGS = "flags"
    LEVEL = "level"
    METHOD = "method"
    OUTCOME = "outcome"
    """What became of an event."""
    ADJUSTMENT = "adjustment"
    """Why hours were adjusted."""
    CODE = "code"
    """A state, a kind, a role … of those in `kept_value-…` of the catalogs."""


class Column(Struct, frozen=True):
    """What a column is called in the export, where it comes from, and how it is read."""

    name: str
    source: str
    tells: Tells = Tells.TEXT


class Section(Struct, frozen=True):
    """One table: `rows` are those of a volunteer's number; its heading is `kept-…` of the catalogs."""

    code: str
    table: type[Model]
    rows: Callable[[int], QuerySet[Any]]
    columns: tuple[Column, ...]


def _column(said: str) -> Column:
    """From `name`, `name=source`, each with `:how` behind it where it is no text."""
    named, _, how = said.partition(":")
    name, _, source = named.partition("=")
    return Column(name, source or name, Tells(how) if how else _told_by(name))


def _told_by(name: str) -> Tells:
    by_ending: Mapping[str, Tells] = {"_ms": Tells.MOMENT_MS, "_s": Tells.DURATION_S}
    return next((tells for ending, tells in by_ending.items() if name.endswith(ending)), Tells.TEXT)


def _section(
    code: str,
    table: type[Model],
    said: str,
    field: str = "volunteer",
    rows: Callable[[int], QuerySet[Any]] | None = None,
) -> Section:
    """The rows that name the volunteer in `field`, unless `rows` finds them."""
    return Section(code, table, rows or partial(_naming, table, field), tuple(map(_column, said.split())))


def _naming(table: type[Model], field: str, number: int) -> QuerySet[Any]:
    return table._default_manager.filter(**{field: number}).order_by("pk")  # noqa: SLF001 - Django's own way


def audited(number: int) -> QuerySet[models.AuditRecord]:
    """What the audit says of a volunteer: of the person, the cards and the places on rosters."""
    of_person = Q(kind__in=(Kind.VOLUNTEER, Kind.CREDENTIAL, Kind.STAFF), subject=str(number))
    of_person |= Q(kind=Kind.STAFF, subject__in=staff_of(number).values("reference"))
    of_places = Q(kind__in=(Kind.ASSIGNMENT, Kind.MEMBERSHIP, Kind.RATING), subject__endswith=f"/{number}")
    # What is called manual/17 is the record of that number.
    of_lines = Q(kind=Kind.RECORD, subject__endswith=f"/{number}") & ~Q(subject__startswith="manual/")
    by_values = Q(values__volunteer=number)
    about = of_person | of_places | of_lines | by_values
    return models.AuditRecord.objects.filter(about).order_by("pk")


def said_of_events(number: int) -> QuerySet[models.NamedActivity]:
    """What somebody said of events of that person's."""
    own = models.Event.objects.filter(chain=OuterRef("chain"), seq=OuterRef("seq"), volunteer=number)
    return models.NamedActivity.objects.filter(Exists(own)).order_by("pk")


def _merges(number: int) -> QuerySet[models.MergedNumber]:
    """Merges into the number; of it, where they were taken back: those that hold are the kept number's."""
    rows = models.MergedNumber.objects.filter(Q(kept=number) | Q(gone=number, taken_back__isnull=False))
    return rows.order_by("pk")


def asked_to_rate(number: int) -> QuerySet[models.RatingLink]:
    """Links by which that person's service is rated, or by which that person rates."""
    return models.RatingLink.objects.filter(Q(volunteer=number) | Q(rater=number)).order_by("pk")


def staff_of(number: int) -> QuerySet[models.StaffMember]:
    """What that person is at terminals: under the own number, or tied to an own account."""
    return models.StaffMember.objects.filter(Q(reference=str(number)) | Q(account__volunteer=number))


_MERGE = (
    "kept gone reason by at_ms taken_back_by=taken_back__by taken_back_ms=taken_back__at_ms"
    " taken_back_reason=taken_back__reason"
)
_AUDIT = "action:code kind:code fields reason at_ms before=values__before after=values__after"

SECTIONS: tuple[Section, ...] = (
    _section(
        "person",
        models.Volunteer,
        "number name=display_name language suspended may_be_named erased_ms",
        "number",
    ),
    _section("memberships", models.Membership, "organisation=organisation__name joined_ms left_ms"),
    _section("merges", models.MergedNumber, _MERGE, rows=_merges),
    _section("credentials", models.Credential, "method:method reference=ref expires_ms revoked_ms"),
    _section("codes", models.IssuedCode, "site=site__name telephone_hash=telephone issued_ms expires_ms"),
    _section("access", models.AccessChange, "change:code reference=ref from_ms reason by at_ms"),
    _section("assignments", models.Assignment, "activity=activity__title post=post__name"),
    _section(
        "events",
        models.Event,
        "terminal=chain__terminal_id epoch=chain__epoch seq kind:code wall_ms"
        " received_ms review_reason raw:event",
    ),
    _section("uncertain_events", models.UnnamedActivity, "seq activity=activity__title way:code"),
    _section(
        "named_activities",
        models.NamedActivity,
        "seq activity=activity__title reason by at_ms",
        rows=said_of_events,
    ),
    _section(
        "manual_records",
        models.ManualRecord,
        "activity=activity__title direction:code at_ms reason reason_code entered_by entered_ms"
        " confirmed=decision__confirmed decided_by=decision__by note=decision__note"
        " decided_ms=decision__at_ms",
    ),
    _section(
        "replacements",
        models.Replacement,
        "record terminal=chain__terminal_id epoch=chain__epoch seq other_record=other",
        "record__volunteer",
    ),
    _section(
        "objections",
        models.Dispute,
        "activity=activity__title day=local_date objection raised_by raised_ms outcome=answer__outcome:code"
        " answer=answer__answer decided_by=answer__by decided_ms=answer__at_ms",
    ),
    _section(
        "stays",
        models.Session,
        "activity=activity__title day=line_date came=in_s:moment_s left=out_s:moment_s t_s flags:flags",
    ),
    _section("uncounted", models.EventOutcome, "activity at=at_s:moment_s outcome:outcome"),
    _section("lines", models.Line, "activity=activity__title day=local_date t_s flags:flags"),
    _section(
        "hours",
        models.LedgerEntry,
        "activity=activity__title day=local_date kind:code rev delta_s reason:adjustment flags:flags"
        " entered_ms state=review__state:code decided_by=review__by note=review__note"
        " override=review__override decided_ms=review__at_ms"
        " reopened_by=reopening__by reopened_ms=reopening__at_ms reopened_reason=reopening__reason",
    ),
    _section("credited_stays", models.CreditedStay, "came left reason by at_ms"),
    _section("lifted_caps", models.LiftedCap, "day=local_date reason by at_ms"),
    _section("settled", models.Settled, "total_s settled_ms"),
    _section("unsettled", models.Unsettled, "since_ms"),
    _section("ratings", models.Rating, "activity=activity__title role:code effect_pm note at_ms"),
    _section(
        "rating_links",
        models.RatingLink,
        "activity=activity__title role:code requested_ms=asked_ms expires_ms=ends_ms",
        rows=asked_to_rate,
    ),
    _section(
        "gifts",
        models.Exchange,
        "tier day=local_date state:code applied_ms decided_by=reviewed_by decided_ms=reviewed_ms note"
        " fulfilled_by fulfilled_ms",
    ),
    _section(
        "stars",
        models.StarReview,
        "stars_before stars_after approved_s withdrawn decided_by decided_ms note",
    ),
    _section(
        "certificates",
        models.Certificate,
        "number organisation=organisation__name t_s content issued_by issued_ms stale_ms=stale__at_ms",
    ),
    _section(
        "certificate_requests",
        models.CertificateRequest,
        "organisation=organisation__name requested_ms=asked_ms state:code decided_by note decided_ms"
        " number=certificate_id",
    ),
    _section(
        "transfers",
        models.Transfer,
        "from=origin__name to=destination__name state:code letter=introduction_letter"
        " requested_by requested_ms released_by released_ms ended_by ended_ms",
    ),
    _section(
        "inspections",
        models.InspectedPerson,
        "site=visit__site__name at_ms=visit__at_ms activity=activity__title seen remark",
    ),
    _section(
        "walk_ins",
        models.WalkInDecision,
        "terminal=walk_in__chain__terminal_id outcome:code by at_ms",
    ),
    _section("accounts", models.Account, "login name=real_name level:level roles:code created_ms ended_ms"),
    _section(
        "staff",
        models.StaffMember,
        "name=display_name role:code site=site__name entered_ms removed_ms",
        rows=staff_of,
    ),
    _section("audit", models.AuditRecord, _AUDIT, rows=audited),
)
