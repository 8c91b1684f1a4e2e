"""Decisions that can or could be undone, as a page prints them."""

from django.db.models import QuerySet
from msgspec import Struct

from foundation.trouble import Trouble
from foundation.words import Words
from settlement.models import HeldReview
from settlement.review.held import HeldState, trouble_of

MOST_ROWS = 50
_MOST_STAYED = 10


class HeldRow(Struct, frozen=True):
    """One click: `stayed` says which of its entries could not be decided when it was posted, and why."""

    number: int
    activity: str
    title: str
    what: str
    note: str
    by: str
    at_ms: int
    state: str
    is_held: bool
    ended_by: str
    stayed: tuple[str, ...]


def held_rows(rows: QuerySet[HeldReview], words: Words) -> list[HeldRow]:
    """The latest of them."""
    return [_row(row, words) for row in rows[:MOST_ROWS]]


def _row(row: HeldReview, words: Words) -> HeldRow:
    trouble = trouble_of(row)
    stayed = [
        words.say("command-entry_stays", entry=str(entry), why=words.trouble(Trouble.of(why)))
        for entry, why in row.stayed[:_MOST_STAYED]
    ]
    if len(row.stayed) > _MOST_STAYED:
        stayed.append(words.say("review-more_stay", count=len(row.stayed) - _MOST_STAYED))
    return HeldRow(
        number=row.pk,
        activity=row.activity_id,
        title=row.activity.title,
        what=words.say(f"review-asked_{row.verdict}", count=len(row.entries)),
        note=" · ".join(filter(None, (row.note, row.override))),
        by=row.by,
        at_ms=row.asked_ms,
        state=words.say(f"review-state_{row.state}"),
        is_held=row.state == HeldState.HELD,
        ended_by=row.ended_by,
        stayed=(*stayed, *([words.trouble(trouble)] if trouble else ())),
    )
