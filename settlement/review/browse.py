"""What waits, as a page asks for it: the activities with their counts, then entries by filter, page by page.

A page costs the same few queries however much waits: nothing is read beyond it.
"""

import datetime as dt
from collections import defaultdict
from enum import StrEnum
from typing import Annotated

from django.db.models import Count, Min, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from msgspec import Meta, Struct

from settlement.ledger.entries import pending
from settlement.look_up import row_number, storable
from settlement.models import Activity, LedgerEntry
from settlement.reach import Reach
from settlement.review.held import not_held
from settlement.rule_book import rules_now
from settlement.rules.flags import ALWAYS_BLOCKING, Flag

MOST_AT_ONCE = 100
"""Entries of one page."""


class Kept(StrEnum):
    """Which of the entries are wanted: all, those that an approval in bulk takes, or the others."""

    ALL = "all"
    CLEAN = "clean"
    DOUBTFUL = "doubtful"


class Wanted(Struct, frozen=True):
    """A filter over what waits; empty values leave everything in. `after` is the last entry before the page.

    `person` is a number, or a part of a name.
    """

    kept: Kept = Kept.ALL
    flag: Flag | None = None
    day: dt.date | None = None
    person: Annotated[str, Meta(max_length=80)] = ""
    after: int = 0


class WaitingActivity(Struct, frozen=True):
    """An activity of which something waits; `clean` are the entries without a flag that asks for a look."""

    id: str
    title: str
    site: str
    waiting: int
    clean: int
    oldest: dt.date


def waiting_activities(reach: Reach) -> list[WaitingActivity]:
    """The activities in reach that wait for a reviewer, the longest waiting first."""
    rows = not_held(reach.waiting()).order_by()
    counted = rows.values("activity__id", "flags").annotate(entries=Count("pk"), oldest=Min("local_date"))
    blocking = _blocking()
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


def waiting_rows(activity: Activity, wanted: Wanted) -> QuerySet[LedgerEntry]:
    """The entries of an activity that wait and are wanted, in the order in which they were entered.

    Without those of a decision that is only to be posted.
    """
    rows = not_held(pending().filter(activity=activity, pk__gt=wanted.after))
    if wanted.day is not None:
        rows = rows.filter(local_date=wanted.day)
    if wanted.person:
        rows = rows.filter(of_person(wanted.person))
    if wanted.kept is not Kept.ALL or wanted.flag is not None:
        # Both databases can look into a list of words as text; the words hold no quotes.
        rows = rows.annotate(remarks=Cast("flags", TextField()))
    if wanted.flag is not None:
        rows = rows.filter(_has(wanted.flag))
    if wanted.kept is not Kept.ALL:
        doubtful = Q()
        for flag in _blocking():
            doubtful |= _has(flag)
        rows = rows.filter(doubtful if wanted.kept is Kept.DOUBTFUL else ~doubtful)
    return rows.order_by("pk")


def page_of(rows: QuerySet[LedgerEntry]) -> tuple[list[int], bool]:
    """The numbers of the first page's entries, and whether others follow."""
    found = list(rows.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    return found[:MOST_AT_ONCE], len(found) > MOST_AT_ONCE


def sum_of(rows: QuerySet[LedgerEntry]) -> tuple[int, int, int]:
    """How many entries these are, their seconds together, and of how many people."""
    found = rows.order_by().aggregate(
        entries=Count("pk"), seconds=Sum("delta_s"), people=Count("volunteer", distinct=True)
    )
    return found["entries"], found["seconds"] or 0, found["people"]


def _blocking() -> frozenset[Flag]:
    return ALWAYS_BLOCKING.union(rules_now().blocking_flags)


def _has(flag: Flag) -> Q:
    return Q(remarks__contains=f'"{flag}"')


def of_person(text: str) -> Q:
    """That a row is about the volunteer of that number, or about one whose name holds the text."""
    text = storable(text.strip())
    if number := row_number(text):
        return Q(volunteer=number)
    return Q(volunteer__display_name__icontains=text)
