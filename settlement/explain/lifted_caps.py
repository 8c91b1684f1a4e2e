"""Daily caps that a reviewer lifted, as an explanation names them."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from msgspec import Struct

from settlement.models import Activity, LiftedCap


class Lifted(Struct, frozen=True):
    """Who let the volunteer earn more than the daily cap on a date, when (UTC milliseconds) and why."""

    local_date: dt.date
    by: str
    at_ms: int
    reason: str


def lifted_caps_of(numbers: Collection[int], activity: Activity, day: dt.date) -> list[Lifted]:
    """What was lifted of that line, or on its date, for the person of these numbers."""
    of_line = Q(entry__activity=activity, entry__local_date=day) | Q(local_date=day)
    rows = LiftedCap.objects.filter(of_line, volunteer__in=numbers).order_by("local_date")
    return [Lifted(row.local_date, row.by, row.at_ms, row.reason) for row in rows]
