"""Merges of numbers, as an explanation names them: who made one or took it back, when and why."""

from collections.abc import Iterator

from django.db.models import Q
from msgspec import Struct

from settlement.explain.sentences import Teller
from settlement.models import MergedNumber


class Merged(Struct, frozen=True):
    """Who merged a number into another one, or took that back, when (UTC milliseconds) and why."""

    kept: int
    gone: int
    by: str
    at_ms: int
    reason: str
    taken_back: bool


def merges_of(number: int) -> dict[int, Merged]:
    """What happened to a number, by the moment at which it did."""
    found: dict[int, Merged] = {}
    rows = MergedNumber.objects.filter(Q(kept=number) | Q(gone=number)).select_related("taken_back")
    for row in rows.order_by("pk"):
        who = (row.kept_id, row.gone_id)
        found[row.at_ms] = Merged(*who, row.by, row.at_ms, row.reason, taken_back=False)
        end = getattr(row, "taken_back", None)
        if end is not None:
            found[end.at_ms] = Merged(*who, end.by, end.at_ms, end.reason, taken_back=True)
    return found


def tell_merge(found: Merged, teller: Teller) -> Iterator[str]:
    """The sentence of it."""
    yield teller.words.say(
        "explain-merge_taken_back" if found.taken_back else "explain-merged",
        gone=str(found.gone),
        kept=str(found.kept),
        by=found.by,
        at=teller.date_and_time(found.at_ms // 1000),
        reason=found.reason,
    )
