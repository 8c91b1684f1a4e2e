"""What people corrected of an activity, as an explanation names it: who, when, from what to what, and why."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from settlement.accounts.audit import Action, Kind, records_of_activity
from settlement.explain.sentences import Teller
from settlement.models import AuditRecord

_OF_HOURS = ("assigned_only", "breaks", "kind", "phases", "policy", "post", "shifts", "site")
"""The fields that change hours, in the order in which they are told; a title does not."""


class Change(Struct, frozen=True):
    """One field before and after; None where there was none."""

    field: str
    before: Any
    after: Any


class Corrected(Struct, frozen=True):
    """What somebody corrected, when (UTC milliseconds); `by` is empty where the centre did it itself."""

    by: str
    at_ms: int
    reason: str
    changes: list[Change]


def corrections_of(activity: str, numbers: Iterable[int]) -> list[Corrected]:
    """Every correction of the activity, and of the place on its roster of who has these numbers, in order."""
    rows = records_of_activity(activity, numbers).select_related("values")
    return [found for row in rows if (found := _corrected(row)) is not None]


def between(corrections: list[Corrected], after_ms: int, until_ms: int) -> list[Corrected]:
    """Those that an entry of `until_ms` answers, where the one before it is of `after_ms`."""
    return [one for one in corrections if after_ms < one.at_ms <= until_ms]


def tell_correction(found: Corrected, teller: Teller) -> Iterator[str]:
    """A sentence for each field, and the reason."""
    by, at = found.by or "–", teller.date_and_time(found.at_ms // 1000)
    for change in found.changes:
        yield teller.words.say(
            "explain-corrected",
            by=by,
            at=at,
            what=teller.words.code("corrected", change.field),
            before=_told(change.field, change.before, teller),
            after=_told(change.field, change.after, teller),
        )
    if found.reason:
        yield "  " + teller.words.say("explain-note", note=found.reason)


def _corrected(row: AuditRecord) -> Corrected | None:
    values = getattr(row, "values", None)
    fields = [name for name in _OF_HOURS if name in row.fields]
    is_new = row.kind == Kind.ACTIVITY and row.action == Action.ENTER
    if values is None or not fields or is_new:
        return None
    before: Mapping[str, Any] = values.before or {}
    after: Mapping[str, Any] = values.after or {}
    changes = [Change(name, before.get(name), after.get(name)) for name in fields]
    return Corrected(row.name, row.at_ms, row.reason, changes)


def _told(field: str, value: Any, teller: Teller) -> str:  # noqa: ANN401 - whatever the audit keeps
    if value in (None, [], {}, ""):
        return "–"
    if field in ("shifts", "breaks"):
        return ", ".join(_span(start_ms, end_ms, teller) for start_ms, end_ms in value)
    if field == "phases":
        said = (f"{teller.words.code('phase', name)} {_moment(from_ms, teller)}" for name, from_ms in value)
        return ", ".join(said)
    if field == "policy":
        return ", ".join(f"{name} = {said}" for name, said in value.items() if said is not None) or "–"
    return str(value)


def _span(start_ms: int, end_ms: int, teller: Teller) -> str:
    return f"{_moment(start_ms, teller)} – {_moment(end_ms, teller)}"


def _moment(at_ms: int, teller: Teller) -> str:
    return teller.date_and_time(at_ms // 1000)
