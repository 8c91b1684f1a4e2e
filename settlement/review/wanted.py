"""Which of what waits somebody wants to see, and what that means to the database."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from django.db.models import (
    BinaryField,
    Exists,
    F,
    Func,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat
from msgspec import Meta, Struct

from settlement.look_up import MOST_KEY, number_begins, storable
from settlement.merged_numbers import merged_numbers
from settlement.models import Event, LedgerEntry, WaitingEntry
from settlement.name_search import named_like
from settlement.organisations.tree import subtree
from settlement.review.lateness import late_days
from settlement.rule_book import rules_now
from settlement.rules.flags import ALWAYS_BLOCKING, Flag
from sync.contract.events import Method

_DAY_MS = 86_400_000
Waiting = TypeVar("Waiting", bound=Model)
"""What waits, as entries of the ledger or as it is counted and sought."""


class Kept(StrEnum):
    """Which of the entries are wanted: all, those that an approval in bulk takes, or the others."""

    ALL = "all"
    CLEAN = "clean"
    DOUBTFUL = "doubtful"


class Wanted(Struct, frozen=True):
    """A filter over what waits; empty values leave everything in.

    `person` is how a number or each part of a name begins; `organisation` the path at and below which it is;
    `method` and `terminal` are what one of the line's times was read by and at; `waited` are days since it
    was entered. `late` asks for what is over due. `after` is the place of the last entry before the page.
    """

    kept: Kept = Kept.ALL
    flag: Flag | None = None
    day: dt.date | None = None
    person: Annotated[str, Meta(max_length=80)] = ""
    site: Annotated[str, Meta(max_length=40)] = ""
    organisation: Annotated[str, Meta(pattern="^[0-9]{0,60}$")] = ""
    terminal: Annotated[str, Meta(max_length=32)] = ""
    method: Method | None = None
    waited: Annotated[int, Meta(ge=0, le=100_000)] = 0
    late: bool = False
    after: Annotated[str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,18})?$")] = ""


class WantedActivities(Wanted, frozen=True):
    """The same of activities: `after` is the place of the last one before the page."""

    after: Annotated[str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}\..{1,40})?$")] = ""


def place_of(day: dt.date, number: int) -> str:
    """Where an entry stands in the order of the review: by its date, then by its number."""
    return f"{day.isoformat()}.{number}"


def place_at(text: str) -> tuple[dt.date, int] | None:
    """The place of that text; None where it is no place."""
    day, _, number = text.partition(".")
    try:
        # A number that no row can have would be refused by PostgreSQL.
        return dt.date.fromisoformat(day), min(int(number), MOST_KEY)
    except ValueError:
        return None


def behind(rows: QuerySet[LedgerEntry], place: tuple[dt.date, int] | None) -> QuerySet[LedgerEntry]:
    """Those of the entries that wait behind a place, in the order of the review; without a place all."""
    if place is not None:
        day, number = place
        # The first condition bounds the range for an index.
        rows = rows.filter(
            Q(waiting__local_date__gt=day) | Q(waiting__entry_id__gt=number), waiting__local_date__gte=day
        )
    return rows.order_by("waiting__local_date", "waiting__entry_id")


def wanted_among(rows: QuerySet[Waiting], wanted: Wanted, now_ms: int) -> QuerySet[Waiting]:
    """Those of what waits that pass the filter, as entries or as they are counted."""
    waiting, entry = _names(rows)
    exact = {
        f"{waiting}local_date": wanted.day,
        f"{waiting}activity__site": storable(wanted.site) or None,
        f"{entry}entered_ms__lte": now_ms - wanted.waited * _DAY_MS if wanted.waited else None,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.organisation:
        rows = rows.filter(subtree(wanted.organisation, f"{waiting}activity__organisation__path"))
    if wanted.person:
        rows = rows.filter(of_person(wanted.person, f"{waiting}volunteer"))
    rows = _flagged(rows, wanted)
    if wanted.terminal:
        named = Q(named__contains=f'"{storable(wanted.terminal)}/')
        rows = _naming(rows).filter(named)
    if wanted.method is not None and wanted.method is not Method.MANUAL:
        rows = _naming(rows).filter(Exists(_read_by(wanted.method)))
    return rows.filter(late_among(rows, now_ms)) if wanted.late else rows


def late_among(rows: QuerySet[Waiting], now_ms: int) -> Q:
    """The condition that one of these is over due."""
    waiting, _ = _names(rows)
    over_due = Q(pk__in=())
    for day, activities in late_days(rows, now_ms).items():
        over_due |= Q((f"{waiting}local_date", day), (f"{waiting}activity__in", activities))
    return over_due


def of_person(text: str, field: str = "volunteer") -> Q:
    """That a row is about a volunteer whose number begins so, or who is named so."""
    text = storable(text.strip())
    if not text:
        return Q()
    if text.isascii() and text.isdecimal():
        return number_begins(text, field)
    return named_like(text, field)


def blocking_flags() -> frozenset[Flag]:
    """The flags that keep an entry out of an approval in bulk."""
    return ALWAYS_BLOCKING.union(rules_now().blocking_flags)


def _flagged(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    by_hand = wanted.method is Method.MANUAL
    if wanted.kept is Kept.ALL and wanted.flag is None and not by_hand:
        return rows
    # Both databases can look into a list of words as text; the words hold no quotes.
    waiting, _ = _names(rows)
    rows = rows.annotate(remarks=Cast(f"{waiting}flags", TextField()))
    for flag in (*([wanted.flag] if wanted.flag else []), *([Flag.MANUAL] if by_hand else [])):
        rows = rows.filter(_has(flag))
    if wanted.kept is Kept.ALL:
        return rows
    doubtful = Q()
    for flag in blocking_flags():
        doubtful |= _has(flag)
    return rows.filter(doubtful if wanted.kept is Kept.DOUBTFUL else ~doubtful)


def _has(flag: Flag) -> Q:
    return Q(remarks__contains=f'"{flag}"')


def _names(rows: QuerySet[Any]) -> tuple[str, str]:
    """How the rows reach what is kept of them where they wait, and in the ledger."""
    return ("", "entry__") if issubclass(rows.model, WaitingEntry) else ("waiting__", "")


def _naming(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same with their sessions as a text, which names their events in quotes: terminal/epoch/seq."""
    _, entry = _names(rows)
    named: QuerySet[Any] = rows.annotate(named=Cast(f"{entry}sessions", TextField()))
    return named


class _Place(Func):
    """Where bytes stand in others, from 1 on; 0 where they don't."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:  # noqa: ANN401
        return self.as_sql(compiler, connection, template="INSTR(%(expressions)s)", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:  # noqa: ANN401
        template = "POSITION(%(expressions)s)"
        whole, sought = self.source_expressions
        return _Place(sought, whole).as_sql(
            compiler, connection, template=template, arg_joiner=" IN ", **more
        )


def _read_by(method: Method) -> QuerySet[Event]:
    """The events of the entry's volunteer, among those that its sessions name, that were read that way.

    What a device writes down keeps its bytes: the method stands in them as the contract encodes it.
    """
    said = Value(f'"method":"{method}"'.encode(), BinaryField())
    theirs = Q(volunteer=OuterRef("volunteer")) | Q(volunteer__in=merged_numbers().gone)
    rows = Event.objects.filter(theirs).alias(
        place=_Place("raw", said),
        name=Concat(
            Value('"'), "chain__terminal", Value("/"), "chain__epoch", Value("/"), Cast("seq", TextField()),
            Value('"'), output_field=TextField(),
        ),
        within=Cast(OuterRef("named"), TextField()),
    )  # fmt: skip
    return rows.filter(place__gt=0, within__contains=F("name"))
