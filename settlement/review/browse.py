"""What waits, as a page asks for it: the activities with their counts, then entries by filter, page by page.

A page costs the same few queries however much waits: nothing is read beyond it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from msgspec import Struct

from settlement.ledger.entries import StoredEntry, pending, read_named
from settlement.models import Activity, LedgerEntry, ManualRecord
from settlement.reach import Reach
from settlement.review.held import not_held
from settlement.review.wanted import Kept, Wanted, behind, blocking_flags, place_at, place_of, wanted_among

MOST_AT_ONCE = 100
"""Entries of one page."""


class WaitingActivity(Struct, frozen=True):
    """An activity of which something waits; `clean` are the entries without a flag that asks for a look."""

    id: str
    title: str
    site: str
    waiting: int
    clean: int
    oldest: dt.date


class Page(Struct, frozen=True):
    """The entries of a page, the names of whom they are about, and where the next page begins ("": none)."""

    entries: tuple[StoredEntry, ...]
    names: dict[int, str]
    following: str


def waiting_activities(reach: Reach, wanted: Wanted | None = None, now_ms: int = 0) -> list[WaitingActivity]:
    """The activities in reach of which something that is wanted waits, the longest waiting first."""
    rows = waiting_in(reach)
    if wanted is not None:
        rows = wanted_among(rows, wanted, now_ms)
    rows = rows.order_by()
    counted = rows.values("activity__id", "flags").annotate(entries=Count("pk"), oldest=Min("local_date"))
    blocking = blocking_flags()
    waiting: dict[str, int] = defaultdict(int)
    clean: dict[str, int] = defaultdict(int)
    oldest: dict[str, dt.date] = {}
    for row in counted:
        name = row["activity__id"]
        waiting[name] += row["entries"]
        clean[name] += 0 if blocking.intersection(row["flags"]) else row["entries"]
        oldest[name] = min(oldest.get(name, row["oldest"]), row["oldest"])
    known = Activity.objects.select_related("site").in_bulk(list(waiting))
    found = [
        WaitingActivity(name, row.title, row.site.name, waiting[name], clean[name], oldest[name])
        for name, row in known.items()
    ]
    return sorted(found, key=lambda one: (one.oldest, one.title, one.id))


def waiting_in(reach: Reach, activity: Activity | None = None) -> QuerySet[LedgerEntry]:
    """The entries in reach that wait, of one activity where given.

    Without those of a decision that is only to be posted.
    """
    rows = reach.waiting()
    return not_held(rows if activity is None else rows.filter(activity=activity))


def waiting_rows(activity: Activity, wanted: Wanted, now_ms: int = 0) -> QuerySet[LedgerEntry]:
    """The entries of an activity that wait and are wanted, in the order of the review."""
    rows = not_held(pending().filter(activity=activity))
    return behind(wanted_among(rows, wanted, now_ms), place_at(wanted.after))


def with_next_doubtful(rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """The same, each with `next_doubtful`, the number of the next entry of its activity to be looked at.

    After the last one the first again; None where there is no other. `correction_waits` says whether a time
    that somebody entered for the same person there waits for its second person.
    """
    follows = Q(local_date__gt=OuterRef("local_date")) | Q(
        local_date=OuterRef("local_date"), pk__gt=OuterRef("pk")
    )
    others = not_held(pending().filter(activity=OuterRef("activity"))).exclude(pk=OuterRef("pk"))
    doubtful = wanted_among(others, Wanted(Kept.DOUBTFUL), 0).order_by("local_date", "pk").values("pk")
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
