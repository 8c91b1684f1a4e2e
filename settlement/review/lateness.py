"""By when what waits should be decided, and who is late with it (S14)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet
from msgspec import Struct

from settlement.models import Activity
from settlement.reach import Reach
from settlement.review.held import not_held
from settlement.review.readiness import due_of, schedules_of
from settlement.rule_book import rules_at
from settlement.rules.local_dates import local_dates


class Overdue(Struct, frozen=True):
    """Entries of an organisation that should have been decided; `path` is empty where nobody records them."""

    path: str
    name: str
    entries: int
    oldest: dt.date
    """The earliest of their due dates."""
    activities: int


class _Day(Struct, frozen=True):
    activity: Activity
    day: dt.date
    entries: int
    due: dt.date


def who_is_late(reach: Reach, now_ms: int) -> list[Overdue]:
    """The organisations in reach with entries over due, that with the earliest due date first."""
    found: dict[str, list[_Day]] = defaultdict(list)
    for one in _over_due(not_held(reach.waiting()), now_ms):
        organisation = one.activity.organisation
        found[organisation.path if organisation else ""].append(one)
    told = [
        Overdue(
            path,
            days[0].activity.organisation.name if days[0].activity.organisation else "",
            sum(one.entries for one in days),
            min(one.due for one in days),
            len({one.activity.pk for one in days}),
        )
        for path, days in found.items()
    ]
    return sorted(told, key=lambda one: (one.oldest, one.path))


def late_days(rows: QuerySet[Any], now_ms: int) -> dict[dt.date, list[str]]:
    """The activities of which some of these are over due, by the local dates."""
    found: dict[dt.date, list[str]] = defaultdict(list)
    for one in _over_due(rows, now_ms):
        found[one.day].append(one.activity.pk)
    return found


def _over_due(rows: QuerySet[Any], now_ms: int) -> Iterator[_Day]:
    today = local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000)
    counted = rows.order_by().values("activity_id", "local_date").annotate(entries=Count("pk"))
    waiting: dict[str, dict[dt.date, int]] = defaultdict(dict)
    for row in counted:
        waiting[row["activity_id"]][row["local_date"]] = row["entries"]
    activities = Activity.objects.select_related("site", "organisation").in_bulk(list(waiting))
    schedules = schedules_of(activities.values())
    for name, activity in activities.items():
        dues = due_of(activity, list(waiting[name]), schedules[name])
        for day, due in dues.items():
            if due < today:
                yield _Day(activity, day, waiting[name][day], due)
