"""The ledger's rows as the values that the rules work on, and back."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from django.db.models import Q, QuerySet
from msgspec import Struct

from settlement.accounts.actor import folded, marks_written
from settlement.models import LedgerEntry
from settlement.rules.flags import Flag
from settlement.rules.ledger import AdjustmentReason, Entry, EntryKind, EntryState
from settlement.rules.settle import LineKey, Session
from settlement.rules.trace import TraceStep


class StoredEntry(Struct, frozen=True):
    """An entry with the number of its row."""

    pk: int
    entry: Entry


class BookedSession(Struct, frozen=True):
    """A session as an entry keeps it; instants are seconds since 1970, events terminal/epoch/seq."""

    in_s: int | None
    out_s: int | None
    raw_s: int
    t_s: int
    flags: tuple[Flag, ...]
    trace: tuple[TraceStep, ...]
    in_event: str | None
    out_event: str | None


_OWN_COLUMNS = ("local_date", "kind", "rev", "delta_s", "reason", "flags", "hands")
_COLUMNS = (
    "pk",
    "volunteer__number",
    "activity__id",
    *_OWN_COLUMNS,
    "review__state",
    "review__by",
    "review__account__person",
    "review__account__volunteer",
    "reopening__entry",
)


def read_entries(rows: QuerySet[LedgerEntry]) -> list[StoredEntry]:
    """The entries of a query, in the order in which they were entered."""
    return [_entry(row) for row in rows.order_by("pk").values(*_COLUMNS)]


def read_named(rows: QuerySet[LedgerEntry]) -> list[tuple[StoredEntry, str]]:
    """The entries of a query in its own order, each with the name of whom it is about."""
    found = rows.values(*_COLUMNS, "volunteer__display_name")
    return [(_entry(row), row["volunteer__display_name"]) for row in found]


def stored_of(row: LedgerEntry) -> StoredEntry:
    """The entry of a row that was read along with its review, the review's account, and its reopening."""
    review, reopening = getattr(row, "review", None), getattr(row, "reopening", None)
    account = review.account if review else None
    return _entry(
        {
            "pk": row.pk,
            "volunteer__number": row.volunteer_id,
            "activity__id": row.activity_id,
            "review__state": review.state if review else None,
            "review__by": review.by if review else None,
            "review__account__person": account.person if account else None,
            "review__account__volunteer": account.volunteer_id if account else None,
            "reopening__entry": reopening.pk if reopening else None,
            **{name: getattr(row, name) for name in _OWN_COLUMNS},
        }
    )


def entries_of(volunteers: Collection[int]) -> list[StoredEntry]:
    """Every entry of these volunteers."""
    return read_entries(LedgerEntry.objects.filter(volunteer__in=volunteers))


def whole_entries(volunteers: Collection[int]) -> list[LedgerEntry]:
    """The rows of these volunteers with all that belongs to them, decisions and activities, as entered."""
    related = ("review__account", "reopening", "activity__site", "activity__organisation")
    rows = LedgerEntry.objects.filter(volunteer__in=volunteers).select_related(*related)
    return list(rows.order_by("pk"))


def pending() -> QuerySet[LedgerEntry]:
    """The entries that wait for a decision."""
    return LedgerEntry.objects.filter(waiting__isnull=False)


def approved() -> QuerySet[LedgerEntry]:
    """The entries that count."""
    return LedgerEntry.objects.filter(review__state=EntryState.APPROVED)


def of_lines(keys: Iterable[LineKey]) -> Q:
    """The condition that an entry belongs to one of these lines."""
    wanted = Q(pk__in=[])
    for key in keys:
        wanted |= Q(volunteer=int(key.volunteer), activity=key.activity, local_date=key.local_date)
    return wanted


def row_of(entry: Entry, sessions: Sequence[Session], rules: int, now_ms: int) -> LedgerEntry:
    """The row of a new entry, with its line's sessions and the version of the rules that judges its date."""
    return LedgerEntry(
        volunteer_id=int(entry.key.volunteer),
        activity_id=entry.key.activity,
        local_date=entry.key.local_date,
        kind=entry.kind,
        rev=entry.rev,
        delta_s=entry.delta_s,
        reason=entry.reason or "",
        flags=[str(flag) for flag in entry.flags],
        hands=sorted(entry.hands),
        sessions=[_booked(session) for session in sessions],
        rules_id=rules,
        entered_ms=now_ms,
    )


def booked_sessions(row: LedgerEntry) -> list[BookedSession]:
    """The sessions that an entry keeps."""
    return msgspec.convert(row.sessions, list[BookedSession])


def _booked(session: Session) -> dict[str, Any]:
    kept = BookedSession(
        session.in_s,
        session.out_s,
        session.raw_s,
        session.t_s,
        session.flags,
        session.trace,
        session.in_event,
        session.out_event,
    )
    built: dict[str, Any] = msgspec.to_builtins(kept)
    return built


def _entry(row: dict[str, Any]) -> StoredEntry:
    reason, state = row["reason"], row["review__state"]
    entry = Entry(
        key=LineKey(str(row["volunteer__number"]), row["activity__id"], row["local_date"]),
        kind=EntryKind(row["kind"]),
        rev=row["rev"],
        delta_s=row["delta_s"],
        state=EntryState(state or EntryState.PENDING),
        reason=AdjustmentReason(reason) if reason else None,
        flags=tuple(Flag(flag) for flag in row["flags"]),
        hands=frozenset(map(folded, row["hands"])),
        decided_by=_decider(row),
        reopened=row["reopening__entry"] is not None,
    )
    return StoredEntry(row["pk"], entry)


def _decider(row: dict[str, Any]) -> frozenset[str]:
    """What names who decided; nothing where nobody did."""
    if not row["review__by"]:
        return frozenset()
    return marks_written(row["review__account__person"], row["review__account__volunteer"], row["review__by"])
