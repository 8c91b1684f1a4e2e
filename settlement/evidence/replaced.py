"""By which names people and rules know what a record counts instead of."""

from collections.abc import Iterable

from settlement.models import Replacement


def names_replaced(records: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """What each of these records counts instead of, by the names that rules and people know it under."""
    rows = Replacement.objects.filter(record__in=list(records)).order_by("pk")
    found: dict[int, tuple[str, ...]] = {}
    for row in rows.select_related("chain", "other"):
        name = str(row.other) if row.chain is None else f"{row.chain}/{row.seq}"
        found[row.record_id] = (*found.get(row.record_id, ()), name)
    return found
