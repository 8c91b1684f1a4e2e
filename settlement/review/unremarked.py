"""Entries that a machine wrote without a remark: approved in bulk without reading what they are made of.

Nine of ten entries that wait are such. Of them only the line can stand against an approval: that something
of it was rejected, that an inspector missed the person, or that it is the reviewer's own.
"""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet
from msgspec import Struct

from settlement.inspections import missed_among
from settlement.models import Activity, LedgerEntry
from settlement.review.queue import Near
from settlement.rules.ledger import EntryState
from settlement.rules.settle import LineKey

_UNREMARKED = Q(flags=[], hands=[])


class Unremarked(Struct, frozen=True):
    """The numbers of those that nothing stands against, their local dates, and all the others."""

    approved: tuple[int, ...]
    days: tuple[dt.date, ...]
    others: QuerySet[LedgerEntry]


def unremarked_among(
    rows: QuerySet[LedgerEntry], activity: Activity, near: Near, marks: Collection[str]
) -> Unremarked:
    """Tell those of an activity's waiting entries apart; `marks` are the reviewer's own names and numbers."""
    lines = rows.filter(_UNREMARKED).order_by("pk").values_list("pk", "volunteer_id", "local_date")
    rejected = set(
        LedgerEntry.objects.filter(activity=activity, review__state=EntryState.REJECTED).values_list(
            "volunteer_id", "local_date"
        )
    )
    found = list(lines)
    missed = _missed({(volunteer, day) for _, volunteer, day in found}, activity, near)
    against = rejected | missed
    doubtful = {pk for pk, volunteer, day in found if (volunteer, day) in against or str(volunteer) in marks}
    approved = [(pk, day) for pk, _, day in found if pk not in doubtful]
    return Unremarked(
        tuple(pk for pk, _ in approved),
        tuple(sorted({day for _, day in approved})),
        rows.filter(~_UNREMARKED | Q(pk__in=doubtful)),
    )


def _missed(
    lines: Collection[tuple[int, dt.date]], activity: Activity, near: Near
) -> set[tuple[int, dt.date]]:
    if all(call.seen for call in near.closing.calls):
        return set()
    keys = {LineKey(str(volunteer), activity.pk, day) for volunteer, day in lines}
    missed = missed_among(keys, near.sites, near.closing.calls)
    return {(int(key.volunteer), key.local_date) for key in missed}
