"""What waits for a reviewer, and what a reviewer must know before deciding."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from django.conf import settings as django_settings
from msgspec import Struct

from settlement.ledger.entries import StoredEntry, pending, read_entries
from settlement.ledger.readiness import Readiness, readiness_of
from settlement.models import Activity, InspectedPerson
from settlement.rules.flags import Flag
from settlement.rules.local_dates import local_dates

_Line = tuple[int, str, dt.date]


class Waiting(Struct, frozen=True):
    """An entry that waits: `blocking` are the flags that keep it out of an approval in bulk.

    `missed_by` are the inspectors who called the name that day and did not see the person.
    """

    stored: StoredEntry
    readiness: Readiness
    blocking: tuple[Flag, ...]
    missed_by: tuple[str, ...]


def waiting_entries(activity: Activity | None = None, day: dt.date | None = None) -> list[Waiting]:
    """The entries that wait, of one activity or one local date where given, oldest first."""
    rows = pending()
    if activity is not None:
        rows = rows.filter(activity=activity)
    if day is not None:
        rows = rows.filter(local_date=day)
    found = read_entries(rows)
    readiness = _readiness(found)
    missed = _missed(found)
    blocking = frozenset(django_settings.CENTRE.rules.blocking_flags)
    return [
        Waiting(
            stored,
            readiness[stored.entry.key.activity][stored.entry.key.local_date],
            tuple(flag for flag in stored.entry.flags if flag in blocking),
            tuple(missed[_line(stored)]),
        )
        for stored in found
    ]


def _line(stored: StoredEntry) -> _Line:
    key = stored.entry.key
    return int(key.volunteer), key.activity, key.local_date


def _readiness(found: list[StoredEntry]) -> Mapping[str, Mapping[dt.date, Readiness]]:
    days: dict[str, set[dt.date]] = defaultdict(set)
    for stored in found:
        days[stored.entry.key.activity].add(stored.entry.key.local_date)
    activities = Activity.objects.select_related("site").prefetch_related("phases").in_bulk(days)
    return {
        activity: readiness_of(activities[activity], of_activity) for activity, of_activity in days.items()
    }


def _missed(found: list[StoredEntry]) -> dict[_Line, list[str]]:
    dates = local_dates(django_settings.CENTRE.rules.settlement_tz)
    missed: dict[_Line, list[str]] = defaultdict(list)
    calls = InspectedPerson.objects.filter(
        seen=False, activity__in={stored.entry.key.activity for stored in found}
    ).order_by("pk")
    for number, activity, at_ms, inspector in calls.values_list(
        "volunteer__number", "activity__id", "visit__at_ms", "visit__inspector"
    ):
        missed[number, str(activity), dates.date_of(at_ms // 1000)].append(inspector)
    return missed
