"""What waits, as a page asks for it: the activities with their counts, then entries by filter, page by page.

A page costs the same few queries however much waits: nothing is read beyond it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from msgspec import Struct, structs

from settlement.ledger.entries import StoredEntry, pending, read_named
from settlement.look_up import storable
from settlement.models import Activity, HeldEntry, LedgerEntry, ManualRecord, WaitingEntry
from settlement.reach import Reach
from settlement.review.held import not_held
from settlement.review.wanted import (
    Kept,
    Wanted,
    behind,
    blocking_flags,
    late_among,
    place_at,
    place_of,
    wanted_among,
)

MOST_AT_ONCE = 50
"""Entries or activities of one page."""


class WaitingActivity(Struct, frozen=True):
    """An activity of which something waits; `clean` are the entries without a flag that asks for a look."""

    id: str
    title: str
    site: str
    waiting: int
    clean: int
    oldest: dt.date


class ActivitiesPage(Struct, frozen=True):
    """The activities of a page, and where the next page begins ("": none)."""

    activities: tuple[WaitingActivity, ...]
    following: str


class Page(Struct, frozen=True):
    """The entries of a page, the names of whom they are about, and where the next page begins ("": none)."""

    entries: tuple[StoredEntry, ...]
    names: dict[int, str]
    following: str


def waiting_activities(
    reach: Reach, wanted: Wanted | None = None, now_ms: int = 0, most: int = 0
) -> ActivitiesPage:
    """The activities in reach of which something that is wanted waits, the longest waiting first.

    Those that follow `wanted.after`, `most` at once; only of them what waits is counted.
    """
    wanted, most = wanted or Wanted(), most or MOST_AT_ONCE
    plain = structs.replace(wanted, late=False)
    late = late_among(wanted_among(_free(reach.what_waits()), plain, now_ms), now_ms) if wanted.late else Q()
    # Of activities in reach everything is, except to volunteers.
    rows = reach.what_waits() if reach.node is None else WaitingEntry.objects.all()
    rows = wanted_among(_free(rows), plain, now_ms).filter(late)
    first = _firsts(reach, rows, wanted.after, most + 1)
    oldest = {activity: day for day, activity in first[:most]}
    waiting, clean = _counted(rows.filter(activity__in=oldest))
    known = Activity.objects.select_related("site").in_bulk(list(oldest))
    return ActivitiesPage(
        tuple(
            WaitingActivity(name, known[name].title, known[name].site.name, waiting[name], clean[name], day)
            for name, day in oldest.items()
        ),
        place_of_activity(*first[most - 1]) if len(first) > most else "",
    )


def place_of_activity(oldest: dt.date, activity: str) -> str:
    """Where an activity stands in the order of the review: by the oldest that waits of it, then by its id."""
    return f"{oldest.isoformat()}.{activity}"


def _firsts(reach: Reach, rows: QuerySet[WaitingEntry], after: str, most: int) -> list[tuple[dt.date, str]]:
    """The activities of these by their oldest; of the whole tree read from there on, no further than asked.

    Of a branch it is looked up for each of its activities: on the way one would pass too much of others.
    """
    day, _, activity = after.partition(".")
    if reach.is_whole:
        earlier = rows.filter(activity=OuterRef("activity"), local_date__lt=OuterRef("local_date"))
        # As a case, PostgreSQL asks it of each row on the way, and joins nothing beforehand.
        is_first = Case(When(Exists(earlier), then=False), default=True, output_field=BooleanField())
        waiting = _after(rows.filter(is_first), "local_date", "activity", day, activity)
        return list(waiting.values_list("local_date", "activity_id").distinct()[:most])
    in_order = rows.order_by("local_date").values("local_date")
    dated = reach.activities().annotate(oldest=Subquery(in_order.filter(activity=OuterRef("pk"))[:1]))
    found = _after(dated.filter(oldest__isnull=False), "oldest", "pk", day, activity)
    return list(found.values_list("oldest", "pk")[:most])


def _after(rows: QuerySet[Any], day: str, activity: str, from_day: str, from_activity: str) -> QuerySet[Any]:
    """Those behind a place, in the order of such places."""
    try:
        since = dt.date.fromisoformat(from_day)
    except ValueError:
        return rows.order_by(day, activity)
    further = Q((f"{day}__gt", since)) | Q((f"{activity}__gt", storable(from_activity)))
    return rows.filter(further, (f"{day}__gte", since)).order_by(day, activity)


def _counted(rows: QuerySet[WaitingEntry]) -> tuple[dict[str, int], dict[str, int]]:
    """How much waits by activity, and how much of it is clean."""
    blocking = blocking_flags()
    waiting: dict[str, int] = defaultdict(int)
    clean: dict[str, int] = defaultdict(int)
    counted = rows.order_by().values("activity_id", "flags").annotate(entries=Count("pk"))
    for row in counted:
        waiting[row["activity_id"]] += row["entries"]
        clean[row["activity_id"]] += 0 if blocking.intersection(row["flags"]) else row["entries"]
    return waiting, clean


def waiting_in(reach: Reach, activity: Activity | None = None) -> QuerySet[LedgerEntry]:
    """The entries in reach that wait, of one activity where given.

    Without those of a decision that is only to be posted.
    """
    rows = reach.waiting()
    return not_held(rows if activity is None else rows.filter(waiting__activity=activity))


def _free(rows: QuerySet[WaitingEntry]) -> QuerySet[WaitingEntry]:
    """Those on which nobody has decided in a way that is still to be posted."""
    return rows.filter(~Exists(HeldEntry.objects.filter(entry=OuterRef("entry_id"))))


def waiting_rows(activity: Activity, wanted: Wanted, now_ms: int = 0) -> QuerySet[LedgerEntry]:
    """The entries of an activity that wait and are wanted, in the order of the review."""
    rows = not_held(pending().filter(waiting__activity=activity))
    return behind(wanted_among(rows, wanted, now_ms), place_at(wanted.after))


def with_next_doubtful(rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """The same, each with `next_doubtful`, the number of the next entry of its activity to be looked at.

    After the last one the first again; None where there is no other. `correction_waits` says whether a time
    that somebody entered for the same person there waits for its second person.
    """
    follows = Q(local_date__gt=OuterRef("local_date")) | Q(
        local_date=OuterRef("local_date"), entry__gt=OuterRef("pk")
    )
    others = WaitingEntry.objects.filter(activity=OuterRef("activity")).exclude(entry=OuterRef("pk"))
    in_order = wanted_among(_free(others), Wanted(Kept.DOUBTFUL), 0).order_by("local_date", "entry_id")
    doubtful = in_order.values("entry_id")
    following, first = Subquery(doubtful.filter(follows)[:1]), Subquery(doubtful[:1])
    corrections = ManualRecord.objects.filter(
        volunteer=OuterRef("volunteer"), activity=OuterRef("activity"), decision=None
    )
    return rows.annotate(next_doubtful=Coalesce(following, first), correction_waits=Exists(corrections))


def page_of(rows: QuerySet[LedgerEntry], wanted: Wanted, now_ms: int, most: int = 0) -> Page:
    """The page of what waits and is wanted that follows `wanted.after`; what is due first stands first."""
    most = most or MOST_AT_ONCE
    found = behind(wanted_among(rows, wanted, now_ms), place_at(wanted.after))
    read = read_named(found[: most + 1])
    shown = read[:most]
    last = shown[-1][0] if len(read) > most else None
    return Page(
        tuple(stored for stored, _ in shown),
        names_among(shown),
        place_of(last.entry.key.local_date, last.pk) if last is not None else "",
    )


def names_among(read: Sequence[tuple[StoredEntry, str]]) -> dict[int, str]:
    """The names by number."""
    return {int(stored.entry.key.volunteer): name for stored, name in read}


def sum_of(rows: QuerySet[LedgerEntry]) -> tuple[int, int, int]:
    """How many entries these are, their seconds together, and of how many people."""
    found = rows.order_by().aggregate(
        entries=Count("pk"), seconds=Sum("delta_s"), people=Count("volunteer", distinct=True)
    )
    return found["entries"], found["seconds"] or 0, found["people"]
