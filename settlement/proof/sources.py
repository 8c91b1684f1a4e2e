"""What becomes a leaf: the kinds of rows, in the order in which a checkpoint takes them, and what they say.

Each is append-only, but for words that vanish when a person is erased.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db.models import Model, QuerySet

from settlement.models import (
    Certificate,
    CreditedStay,
    DisputeAnswer,
    LedgerEntry,
    LiftedCap,
    ManualDecision,
    ManualRecord,
    Reopening,
    Replacement,
    Review,
    StaleCertificate,
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says: to everybody, and sealed."""

    plain: Mapping[str, object]
    sealed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of rows. `plain` and `sealed` name what a leaf says by the columns that it stands in.

    The values of `rest` are sealed together. `vanishes` tells whether words of it can be erased.
    """

    kind: str
    model: type[Model]
    volunteer: str
    plain: Mapping[str, str]
    rest: tuple[str, ...]
    by: str = ""
    vanishes: bool = True
    read: Callable[["Source", Row], Said] = field(default=lambda source, row: source.said(row))

    def rows(self) -> QuerySet[Any]:
        """All of its rows."""
        return self.model._default_manager.all()  # noqa: SLF001 - Django's own name for it

    def read_rows(self, rows: QuerySet[Any]) -> Iterator[tuple[Any, Said]]:
        """The primary key of each row of a query in the order of these, and what it says."""
        columns = {self.volunteer, *self.plain.values(), *self.rest, *filter(None, [self.by])}
        for row in rows.order_by("pk").values("pk", *sorted(columns - {"pk"})):
            yield row["pk"], self.read(self, row)

    def said(self, row: Row) -> Said:
        """What a row says, column by column."""
        sealed = {"volunteer": str(row[self.volunteer])}
        if self.by:
            sealed["by"] = row[self.by]
        return Said(
            {name: row[column] for name, column in self.plain.items()},
            {**sealed, "rest": _canonical({column: row[column] for column in self.rest})},
        )


def of_kind(kind: str) -> Source:
    """The source of a kind of leaves."""
    return next(source for source in SOURCES if source.kind == kind)


def of_volunteers(source: Source, volunteers: Iterable[int]) -> QuerySet[Any]:
    """The rows of a source that are about these volunteers."""
    return source.rows().filter(**{f"{source.volunteer}__in": list(volunteers)})


def _certified(source: Source, row: Row) -> Said:
    """A certificate: its name and identity number are sealed each by itself, for they can be shown."""
    content = dict(row["content"])
    names = {name: content.pop(name) for name in ("name", "identity_number")}
    said = source.said({**row, "content": content})
    return Said({**said.plain, "issued": content["issued_on"]}, {**said.sealed, **names})


def _canonical(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


_OF_ENTRY = {"activity": "entry__activity_id", "date": "entry__local_date"}

SOURCES = (
    Source(
        "entry",
        LedgerEntry,
        "volunteer_id",
        {"activity": "activity_id", "date": "local_date", "kind": "kind", "seconds": "delta_s"},
        ("rev", "reason", "flags", "hands", "sessions", "rules_id", "entered_ms"),
        vanishes=False,
    ),
    Source(
        "decision",
        Review,
        "entry__volunteer_id",
        {**_OF_ENTRY, "kind": "entry__kind", "seconds": "entry__delta_s", "state": "state"},
        ("account_id", "note", "override", "at_ms"),
        by="by",
    ),
    Source(
        "reopening",
        Reopening,
        "entry__volunteer_id",
        _OF_ENTRY,
        ("account_id", "reason", "dispute_id", "at_ms"),
        by="by",
    ),
    Source(
        "lifted_cap",
        LiftedCap,
        "volunteer_id",
        {"date": "local_date"},
        ("entry_id", "account_id", "reason", "at_ms"),
        by="by",
    ),
    Source(
        "credited_stay",
        CreditedStay,
        "volunteer_id",
        _OF_ENTRY,
        ("entry_id", "came", "left", "account_id", "reason", "at_ms"),
        by="by",
    ),
    Source(
        "record",
        ManualRecord,
        "volunteer_id",
        {"activity": "activity_id", "direction": "direction", "at_ms": "at_ms"},
        ("reason", "reason_code", "entered_account_id", "entered_ms", "claim_chain_id", "claim_seq", "stay"),
        by="entered_by",
    ),
    Source(
        "confirmation",
        ManualDecision,
        "record__volunteer_id",
        {"confirmed": "confirmed"},
        ("account_id", "note", "at_ms"),
        by="by",
    ),
    Source(
        "replacement",
        Replacement,
        "record__volunteer_id",
        {},
        ("record_id", "chain_id", "seq", "other_id"),
        vanishes=False,
    ),
    Source(
        "objection_answer",
        DisputeAnswer,
        "dispute__volunteer_id",
        {"activity": "dispute__activity_id", "date": "dispute__local_date", "outcome": "outcome"},
        ("account_id", "answer", "at_ms"),
        by="by",
    ),
    Source(
        "certificate",
        Certificate,
        "volunteer_id",
        {"number": "number", "seconds": "t_s"},
        (
            "content",
            "organisation_id",
            "activities",
            "first_day",
            "last_day",
            "supersedes_id",
            "issued_account_id",
            "issued_ms",
        ),
        by="issued_by",
        read=_certified,
    ),
    Source(
        "stale",
        StaleCertificate,
        "certificate__volunteer_id",
        {"number": "certificate_id"},
        ("entry_id", "at_ms"),
        vanishes=False,
    ),
)
