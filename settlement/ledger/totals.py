"""What counts: sums of approved entries, always of whole seconds (S12)."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Subquery, Sum
from msgspec import Struct

from settlement.database.one_statement import Part
from settlement.ledger.entries import approved
from settlement.models import LedgerEntry, Volunteer
from settlement.rules.ledger import EntryState


class ApprovedLine(Struct, frozen=True):
    """The approved seconds of a volunteer in an activity on a local date, adjustments included."""

    activity: str
    local_date: dt.date
    t_s: int


def approved_seconds(volunteer: int) -> int:
    """All approved service time of a volunteer, in seconds."""
    total: int = approved().filter(volunteer=volunteer).aggregate(total=Sum("delta_s", default=0))["total"]
    return total


def approved_part(volunteer: int, activity: str) -> Part:
    """All approved seconds of a volunteer, and those in one activity: to be read together."""
    theirs = approved().filter(volunteer=OuterRef("pk")).order_by().values("volunteer")
    total = theirs.annotate(t_s=Sum("delta_s")).values("t_s")
    there = theirs.filter(activity=activity).annotate(t_s=Sum("delta_s")).values("t_s")
    return Volunteer.objects.filter(pk=volunteer), ("pk", Subquery(total), Subquery(there))


def approved_seconds_of(volunteers: Collection[int]) -> dict[int, int]:
    """All approved service time of these volunteers, in seconds; 0 for those who have none."""
    rows = approved().filter(volunteer__in=volunteers).order_by().values("volunteer__number")
    summed = {row["volunteer__number"]: row["t_s"] for row in rows.annotate(t_s=Sum("delta_s"))}
    return {number: summed.get(number, 0) for number in volunteers}


def approved_lines(volunteer: int) -> list[ApprovedLine]:
    """The approved time of a volunteer, line by line, by date; a line that was taken back entirely has 0."""
    rows = approved().filter(volunteer=volunteer).values("activity__id", "local_date")
    summed = rows.annotate(t_s=Sum("delta_s")).order_by("local_date", "activity__id")
    return [ApprovedLine(row["activity__id"], row["local_date"], row["t_s"]) for row in summed]


def approved_in(rows: Iterable[LedgerEntry]) -> list[ApprovedLine]:
    """The same of rows that were read already with their reviews."""
    found: dict[tuple[dt.date, str], int] = {}
    for row in rows:
        if getattr(getattr(row, "review", None), "state", "") == EntryState.APPROVED:
            key = (row.local_date, row.activity_id)
            found[key] = found.get(key, 0) + row.delta_s
    return [ApprovedLine(activity, day, t_s) for (day, activity), t_s in sorted(found.items())]
