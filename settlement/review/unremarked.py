"""Entries that a machine wrote without a remark: approved in bulk without reading what they are made of.

Nine of ten entries that wait are such. Of them only the line can stand against an approval: that something
of it was rejected, that an inspector missed the person, or that it is the reviewer's own.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from msgspec import Struct

from settlement.inspections import missed_among
from settlement.merged_numbers import merged_numbers
from settlement.models import Activity, LedgerEntry
from settlement.review.queue import Near
from settlement.rules.ledger import EntryKind, EntryState
from settlement.rules.settle import LineKey

_UNREMARKED = Q(flags=[], hands=[])


class Unremarked(Struct, frozen=True):
    """The numbers of those that nothing stands against, their local dates, and all the others."""

    approved: tuple[int, ...]
    days: tuple[dt.date, ...]
    adjusted: frozenset[int]
    """The volunteers among them whose time was settled before and is another now."""
    others: QuerySet[LedgerEntry]
    rejected: frozenset[LineKey]
    """The lines of the activity of which something was rejected."""


class _Line(Struct, frozen=True, array_like=True):
    pk: int
    volunteer: int
    day: dt.date
    kind: str
    is_unremarked: bool


def unremarked_among(
    rows: QuerySet[LedgerEntry], activity: Activity, near: Near, marks: Collection[str]
) -> Unremarked:
    """Tell those of an activity's waiting entries apart; `marks` are the reviewer's own names and numbers."""
    asked = rows.annotate(plain=ExpressionWrapper(_UNREMARKED, BooleanField())).order_by("pk")
    found = [_Line(*row) for row in asked.values_list("pk", "volunteer_id", "local_date", "kind", "plain")]
    plain = [line for line in found if line.is_unremarked]
    # Not asked of each row: PostgreSQL then looks through the whole day for each of thousands.
    refused = LedgerEntry.objects.filter(activity=activity, review__state=EntryState.REJECTED)
    rejected = set(refused.values_list("volunteer_id", "local_date"))
    against = rejected | _missed(plain, activity, near)
    own = {int(mark) for mark in marks if mark.isdecimal()}
    approved = [
        line for line in plain if (line.volunteer, line.day) not in against and line.volunteer not in own
    ]
    others = rows.none()
    if len(approved) < len(found):
        doubtful = {line.pk for line in plain}.difference(line.pk for line in approved)
        others = rows.filter(~_UNREMARKED | Q(pk__in=doubtful))
    return Unremarked(
        tuple(line.pk for line in approved),
        tuple(sorted({line.day for line in approved})),
        frozenset(line.volunteer for line in approved if line.kind == EntryKind.ADJUSTMENT),
        others,
        frozenset(LineKey(str(volunteer), activity.pk, day) for volunteer, day in rejected),
    )


def _missed(lines: Sequence[_Line], activity: Activity, near: Near) -> set[tuple[int, dt.date]]:
    if all(call.seen for call in near.closing.calls):
        return set()
    merged = merged_numbers()
    called = {merged.kept(call.volunteer) for call in near.closing.calls if not call.seen}
    keys = {LineKey(str(line.volunteer), activity.pk, line.day) for line in lines if line.volunteer in called}
    missed = missed_among(keys, near.sites, near.closing.calls)
    return {(int(key.volunteer), key.local_date) for key in missed}
