"""Terminals at a glance, those in trouble first, page by page; the same few queries for any number."""

from enum import StrEnum
from typing import Annotated, Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from msgspec import Meta, Struct

from settlement.look_up import storable
from settlement.models import Chain, LogAlarm, Terminal, TlsCertificate
from settlement.reach import Reach
from settlement.review.site_completeness import SILENT_AFTER_MS
from settlement.review.sites_now import CERTIFICATE_ENDS_SOON_MS

MOST_AT_ONCE = 50
"""Terminals of one page."""
_DAY_MS = 86_400_000


class Kept(StrEnum):
    """Which of the terminals are wanted: those that work, those of them in trouble, or those revoked."""

    WORKING = "working"
    TROUBLED = "troubled"
    REVOKED = "revoked"


class WantedTerminals(Struct, frozen=True):
    """A filter over the terminals; `text` is a part of a name or site, `after` the last before the page."""

    kept: Kept = Kept.WORKING
    text: Annotated[str, Meta(max_length=80)] = ""
    after: Annotated[str, Meta(max_length=40)] = ""


class TerminalNow(Struct, frozen=True):
    """How one terminal is. `lacking` are events that it has told of and that are not here.

    `roster` and `settings` are the versions that it said it holds, `newest_…` those that it is to hold (None:
    none was made). `certificate_days` are left of its newest certificate, None where this centre issued none.
    """

    id: str
    site: str
    site_name: str
    zone: str
    revoked_ms: int | None
    is_in_trouble: bool
    is_silent: bool
    heard_ms: int | None
    clock: str
    software: str
    unsent: int
    lacking: int
    alarms: int
    roster: int | None
    newest_roster: int | None
    settings: int | None
    newest_settings: int | None
    certificate_days: int | None
    certificate_ends_soon: bool

    @property
    def place(self) -> str:
        """Where the next page goes on behind it."""
        return f"{int(self.is_in_trouble)}-{self.id}"


def terminals_now(
    reach: Reach, wanted: WantedTerminals, now_ms: int, machine_ms: int
) -> tuple[list[TerminalNow], bool]:
    """A page of the terminals in reach, and whether others follow; certificates end by `machine_ms`."""
    rows = _judged(_wanted(reach.terminals(), wanted), now_ms, machine_ms)
    if wanted.kept is Kept.TROUBLED:
        rows = rows.filter(trouble=1)
    trouble, _, last = wanted.after.partition("-")
    if trouble in {"0", "1"}:
        rows = rows.filter(Q(trouble=int(trouble), id__gt=storable(last)) | Q(trouble__lt=int(trouble)))
    found = list(rows.select_related("site", "status").order_by("-trouble", "id")[: MOST_AT_ONCE + 1])
    return [_one(row, machine_ms) for row in found[:MOST_AT_ONCE]], len(found) > MOST_AT_ONCE


def terminal_now(
    reach: Reach, name: str, now_ms: int, machine_ms: int
) -> tuple[TerminalNow, Terminal] | None:
    """One terminal in reach, and its row with the site; None where there is none of that name."""
    rows = _judged(reach.terminals().filter(id=storable(name)), now_ms, machine_ms)
    row = rows.select_related("site__organisation", "status").first()
    return (_one(row, machine_ms), row) if row else None


def _wanted(rows: QuerySet[Terminal], wanted: WantedTerminals) -> QuerySet[Terminal]:
    rows = rows.filter(revoked_ms__isnull=wanted.kept is not Kept.REVOKED)
    text = storable(wanted.text.strip())
    if text:
        at_site = Q(site__name__icontains=text) | Q(site__code__icontains=text)
        rows = rows.filter(Q(id__icontains=text) | at_site)
    return rows


def _judged(rows: QuerySet[Terminal], now_ms: int, machine_ms: int) -> "QuerySet[Any]":
    """With what the database says of each, and `trouble` 1 for those that somebody should look at."""
    certificates = TlsCertificate.objects.filter(name=OuterRef("pk"), revoked_ms=None)
    ends = certificates.order_by("-not_after_ms").values("not_after_ms")[:1]
    gaps = Chain.objects.filter(terminal=OuterRef("pk"), head__gt=F("contiguous"))
    alarms = LogAlarm.objects.filter(terminal=OuterRef("pk"), settled_ms=None)
    told = rows.annotate(
        lacks=Exists(gaps),
        lacking=_of_each(gaps, Sum(F("head") - F("contiguous"))),
        doubted=Exists(alarms),
        alarms=_of_each(alarms, Count("pk")),
        ends_ms=Subquery(ends),
        newest_roster=F("roster_edition__version"),
        newest_settings=F("given_settings__version"),
    )
    silent = Q(status=None) | Q(status__hello_ms__lt=now_ms - SILENT_AFTER_MS)
    ending = Q(ends_ms__lt=machine_ms + CERTIFICATE_ENDS_SOON_MS)
    wrong = Q(revoked_ms=None) & (silent | Q(lacks=True) | Q(doubted=True) | ending)
    return told.annotate(
        is_silent=Case(When(silent, then=Value(1)), default=Value(0), output_field=IntegerField()),
        trouble=Case(When(wrong, then=Value(1)), default=Value(0), output_field=IntegerField()),
    )


def _of_each(rows: "QuerySet[Any]", sums: Aggregate) -> Subquery:
    """What these rows of one terminal come to; null for none."""
    return Subquery(rows.order_by().values("terminal").annotate(sums=sums).values("sums"))


def _one(row: Any, machine_ms: int) -> TerminalNow:  # noqa: ANN401 - a terminal with what was annotated
    status = getattr(row, "status", None)
    soon = row.ends_ms is not None and row.ends_ms < machine_ms + CERTIFICATE_ENDS_SOON_MS
    return TerminalNow(
        id=row.id,
        site=row.site_id,
        site_name=row.site.name,
        zone=row.site.zone,
        revoked_ms=row.revoked_ms,
        is_in_trouble=bool(row.trouble),
        is_silent=bool(row.is_silent),
        heard_ms=status.hello_ms if status else None,
        clock=status.clock_state if status else "",
        software=status.software if status else "",
        unsent=status.unsent if status else 0,
        lacking=row.lacking or 0,
        alarms=row.alarms or 0,
        roster=status.roster if status else None,
        newest_roster=row.newest_roster,
        settings=status.config if status else None,
        newest_settings=row.newest_settings,
        certificate_days=None if row.ends_ms is None else max(0, (row.ends_ms - machine_ms) // _DAY_MS),
        certificate_ends_soon=soon,
    )
