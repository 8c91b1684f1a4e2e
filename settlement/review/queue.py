"""What waits for a reviewer, and what a reviewer must know before deciding."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from django.db.models import QuerySet
from msgspec import Struct

from settlement.inspections import missed_lines
from settlement.ledger.entries import StoredEntry, read_entries
from settlement.models import Activity, LedgerEntry
from settlement.reach import Reach
from settlement.review.long_stays import LongStay, long_stays_of
from settlement.review.readiness import Readiness, readiness_of
from settlement.review.rejected_before import RejectedBefore, rejected_before
from settlement.rule_book import rules_now
from settlement.rules.flags import ALWAYS_BLOCKING, Flag

_APART = frozenset({Flag.MISSING_IN, Flag.MISSING_OUT})


class Waiting(Struct, frozen=True):
    """An entry that waits: `blocking` are the flags that keep it out of an approval in bulk.

    `missed_by` are the inspectors who called the name that day and did not see the person. `rejected` is what
    stands against the entry since an earlier result of its line was rejected.
    """

    stored: StoredEntry
    readiness: Readiness
    blocking: tuple[Flag, ...]
    missed_by: tuple[str, ...]
    rejected: RejectedBefore | None
    long_stay: LongStay | None
    """The two scans of what may be one stay, too long by the rules; one decision credits it."""


def waiting_entries(
    reach: Reach, activity: Activity | None = None, day: dt.date | None = None
) -> list[Waiting]:
    """The entries that wait, of one activity or one local date where given, oldest first."""
    rows = reach.waiting()
    if activity is not None:
        rows = rows.filter(activity=activity)
    if day is not None:
        rows = rows.filter(local_date=day)
    return waiting_among(rows)


def waiting_among(rows: QuerySet[LedgerEntry]) -> list[Waiting]:
    """What a reviewer must know of these entries, all of which wait, oldest first."""
    found = read_entries(rows)
    readiness = _readiness(found)
    missed = missed_lines({stored.entry.key for stored in found})
    rejected = rejected_before(found)
    apart = [stored.entry.key for stored in found if _APART.intersection(stored.entry.flags)]
    long = long_stays_of(apart)
    blocking = ALWAYS_BLOCKING.union(rules_now().blocking_flags)
    return [
        Waiting(
            stored,
            readiness[stored.entry.key.activity][stored.entry.key.local_date],
            tuple(flag for flag in stored.entry.flags if flag in blocking),
            missed.get(stored.entry.key, ()),
            rejected.get(stored.entry.key),
            long.get(stored.entry.key),
        )
        for stored in found
    ]


def _readiness(found: list[StoredEntry]) -> Mapping[str, Mapping[dt.date, Readiness]]:
    days: dict[str, set[dt.date]] = defaultdict(set)
    for stored in found:
        days[stored.entry.key.activity].add(stored.entry.key.local_date)
    activities = Activity.objects.select_related("site").prefetch_related("phases", "shifts").in_bulk(days)
    return {
        activity: readiness_of(activities[activity], of_activity) for activity, of_activity in days.items()
    }
