"""Turning what waits into what the pages of the review print: names, words, symbols, links."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.urls import reverse
from msgspec import Struct

from foundation.words import Words
from settlement.review.queue import Near, Waiting
from settlement.review.rejection_text import told_rejection
from settlement.rules.hours import display_hours
from settlement.rules.ledger import EntryKind


class Remark(Struct, frozen=True):
    """A flag in words; a blocking one asks for a decision of its own."""

    text: str
    sentence: str
    blocking: bool


class Row(Struct, frozen=True):
    """One entry that waits. `lacks` are the sentences that say which evidence is missing."""

    entry: int
    url: str
    number: str
    name: str
    date: str
    is_adjustment: bool
    hours: str
    due: str
    is_late: bool
    lacks: tuple[str, ...]
    remarks: tuple[Remark, ...]
    more: tuple[str, ...]
    """What else a reviewer must know: rejected before, not seen by an inspector, perhaps one stay."""
    activity: str
    title: str


def rows_of(
    waiting: Sequence[Waiting], words: Words, today: dt.date, names: Mapping[int, str], near: Near
) -> list[Row]:
    """The rows of a page, in the order given."""
    return [_row(one, names, words, today, near) for one in waiting]


def _row(waiting: Waiting, names: Mapping[int, str], words: Words, today: dt.date, near: Near) -> Row:
    entry, due = waiting.stored.entry, waiting.readiness.due
    number = entry.key.volunteer
    unready = sorted(waiting.readiness.unready.items())
    lacks = [words.code("not_ready", why, terminal=name) for name, why in unready]
    return Row(
        entry=waiting.stored.pk,
        url=reverse("review-line", args=(waiting.stored.pk,)),
        number=number,
        name=names[int(number)],
        date=entry.key.local_date.isoformat(),
        is_adjustment=entry.kind is EntryKind.ADJUSTMENT,
        hours=display_hours(entry.delta_s),
        due=due.isoformat(),
        is_late=due < today,
        lacks=tuple(lacks),
        remarks=tuple(
            Remark(words.code("flag", flag, "short"), words.code("flag", flag), flag in waiting.blocking)
            for flag in entry.flags
        ),
        more=tuple(_more(waiting, words)),
        activity=entry.key.activity,
        title=near.activities[entry.key.activity].title,
    )


def _more(waiting: Waiting, words: Words) -> list[str]:
    found = [words.say("review-not_seen", inspector=inspector) for inspector in waiting.missed_by]
    if waiting.rejected is not None:
        found.append(told_rejection(waiting.rejected, words))
    if waiting.long_stay is not None:
        found.append(words.say("review-long_stay", duration=words.duration(waiting.long_stay.seconds)))
    return found
