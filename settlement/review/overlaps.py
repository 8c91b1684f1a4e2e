"""Which other stays of the same person a stay overlaps: named where they are in reach, else only counted."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from msgspec import Struct

from foundation.words import Words
from settlement.local_times import local_text
from settlement.merged_numbers import merged_numbers
from settlement.models import Activity, LedgerEntry, Session
from settlement.reach import Reach

_DATE = len("2026-03-07")


class Span(Struct, frozen=True):
    """When somebody is said to have been at an activity (UTC seconds); a moment where both are the same."""

    volunteer: int
    activity: str
    low_s: int
    high_s: int


class Overlapped(Struct, frozen=True):
    """A stay that holds some of the same time.

    Beyond reach nothing is told of it: then the activity is empty. `entry` is its latest one in the ledger.
    """

    activity: str = ""
    site: str = ""
    zone: str = ""
    in_s: int | None = None
    out_s: int | None = None
    entry: int | None = None


def overlapped(spans: Collection[Span], reach: Reach) -> dict[Span, list[Overlapped]]:
    """The stays in other activities that these spans overlap, each span's in the order of coming."""
    if not spans:
        return {}
    merged = merged_numbers()
    kept = {span: merged.kept(span.volunteer) for span in spans}
    rows = Session.objects.filter(
        volunteer__in=set(kept.values()),
        in_s__lte=max(span.high_s for span in spans),
        out_s__gte=min(span.low_s for span in spans),
    ).order_by("in_s", "pk")
    stays = [
        _Stay(volunteer, activity, in_s or 0, out_s or 0, day)
        for volunteer, activity, in_s, out_s, day in rows.values_list(
            "volunteer", "activity", "in_s", "out_s", "line_date"
        )
    ]
    found = {span: [one for one in stays if _overlaps(one, span, kept[span])] for span in spans}
    return _told([*found.items()], reach)


def told_overlap(one: Overlapped, words: Words) -> str:
    """The sentence about it."""
    if not one.activity or one.in_s is None or one.out_s is None:
        return words.say("overlap-beyond")
    came, left = (local_text(at_s * 1000, one.zone)[:-3] for at_s in (one.in_s, one.out_s))
    if came[:_DATE] == left[:_DATE]:
        left = left[_DATE:].strip()
    return words.say("overlap-told", activity=one.activity, site=one.site, came=came, left=left)


class _Stay(NamedTuple):
    volunteer: int
    activity: str
    in_s: int
    out_s: int
    line_date: dt.date


def _overlaps(stay: _Stay, span: Span, kept: int) -> bool:
    if stay.volunteer != kept or stay.activity == span.activity:
        return False
    if span.low_s == span.high_s:
        return stay.in_s <= span.low_s < stay.out_s
    return stay.in_s < span.high_s and stay.out_s > span.low_s


def _told(found: Sequence[tuple[Span, list[_Stay]]], reach: Reach) -> dict[Span, list[Overlapped]]:
    stays = [one for _, some in found for one in some]
    if not stays:
        return {}
    activities = reach.activities().filter(pk__in={one.activity for one in stays}).select_related("site")
    known: dict[str, Activity] = {row.pk: row for row in activities}
    entries = LedgerEntry.objects.filter(
        activity__in=known,
        volunteer__in={one.volunteer for one in stays},
        local_date__in={one.line_date for one in stays},
    ).order_by("pk")
    latest = {
        (volunteer, activity, day): pk
        for volunteer, activity, day, pk in entries.values_list("volunteer", "activity", "local_date", "pk")
    }

    def told(one: _Stay) -> Overlapped:
        row = known.get(one.activity)
        if row is None:
            return Overlapped()
        entry = latest.get((one.volunteer, one.activity, one.line_date))
        return Overlapped(row.title, row.site.name, row.site.zone, one.in_s, one.out_s, entry)

    return {span: [told(one) for one in some] for span, some in found if some}
