"""What waits for a reviewer, and what a reviewer must know before deciding."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db.models import QuerySet
from msgspec import Struct

from settlement.accounts.authority import Deed
from settlement.inspections import missed_among
from settlement.ledger.entries import StoredEntry, read_entries
from settlement.models import Activity, LedgerEntry
from settlement.reach import Reach
from settlement.review.long_stays import LongStay, long_stays_of
from settlement.review.readiness import Closing, Readiness, closing_of
from settlement.review.rejected_before import RejectedBefore, rejected_before
from settlement.rule_book import rules_now
from settlement.rules.flags import ALWAYS_BLOCKING, Flag
from settlement.rules.settle import LineKey

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
    return looked_at(read_entries(rows))


class Near(Struct, frozen=True):
    """The activities of what waits, with their sites, and when their lines close."""

    activities: Mapping[str, Activity]
    closing: Closing
    known: Sequence[StoredEntry] | None = None
    """All entries of the lines that are looked at, and what may be one stay in them, where read before."""
    stays: Mapping[LineKey, LongStay] | None = None

    @property
    def sites(self) -> dict[str, str]:
        """The activities' sites."""
        return {name: row.site_id for name, row in self.activities.items()}

    @property
    def terminals(self) -> list[str]:
        """The terminals of those sites."""
        return [row.terminal for logs in self.closing.logs.values() for _, row in logs.terminals]

    def deed_on(self, activity: Activity, now_ms: int) -> Deed:
        """What it takes to decide on the hours of one of them."""
        is_archived = self.closing.schedules[activity.pk].is_archived(now_ms)
        return Deed.REVIEW_ARCHIVED if is_archived else Deed.REVIEW


def near_to(
    activity: Activity,
    known: Sequence[StoredEntry] | None = None,
    stays: Mapping[LineKey, LongStay] | None = None,
) -> Near:
    """The same of one activity that was read with its site."""
    return Near({activity.pk: activity}, closing_of([activity]), known, stays)


def near_of(activities: Collection[str]) -> Near:
    """The same of these activities."""
    found = Activity.objects.select_related("site").in_bulk(activities)
    return Near(found, closing_of(found.values()))


def looked_at(found: Sequence[StoredEntry], near: Near | None = None) -> list[Waiting]:
    """The same of entries that were read already; `near` is what was read of their activities."""
    near = near or near_of({stored.entry.key.activity for stored in found})
    readiness = _readiness(found, near)
    missed = missed_among({stored.entry.key for stored in found}, near.sites, near.closing.calls)
    rejected = rejected_before(found, near.known)
    apart = [stored.entry.key for stored in found if _APART.intersection(stored.entry.flags)]
    long = long_stays_of(apart) if near.stays is None else near.stays
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


def _readiness(found: Sequence[StoredEntry], near: Near) -> Mapping[str, Mapping[dt.date, Readiness]]:
    days: dict[str, set[dt.date]] = defaultdict(set)
    for stored in found:
        days[stored.entry.key.activity].add(stored.entry.key.local_date)
    return {
        activity: near.closing.readiness_of(near.activities[activity], of_activity)
        for activity, of_activity in days.items()
    }
