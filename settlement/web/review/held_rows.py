"""Decisions that can or could be undone, as a page prints them."""

from collections.abc import Mapping

from django.db.models import QuerySet
from msgspec import Struct

from foundation.trouble import Trouble
from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.models import HeldReview, LedgerEntry
from settlement.review.held import HeldState, trouble_of
from settlement.rules.hours import display_hours

MOST_ROWS = 50
_MOST_STAYED = 10
_MOST_NAMED = 3


class HeldRow(Struct, frozen=True):
    """One click: `stayed` says which of its entries could not be decided when it was posted, and why."""

    number: int
    activity: str
    title: str
    about: tuple[tuple[int, str], ...]
    """The first of its entries: the number of each, and whose hours of which day they are."""
    more: int
    what: str
    note: str
    by: str
    when: str
    state: str
    is_held: bool
    ended_by: str
    stayed: tuple[str, ...]


def held_rows(rows: QuerySet[HeldReview], words: Words) -> list[HeldRow]:
    """The latest of them."""
    found = [*rows.select_related("activity__site")[:MOST_ROWS]]
    named = {entry for row in found for entry in row.entries[:_MOST_NAMED]}
    entries = LedgerEntry.objects.select_related("volunteer").in_bulk(named)
    return [_row(row, entries, words) for row in found]


def _row(row: HeldReview, entries: Mapping[int, LedgerEntry], words: Words) -> HeldRow:
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
        about=tuple(_about(entries[entry]) for entry in row.entries[:_MOST_NAMED] if entry in entries),
        more=max(0, len(row.entries) - _MOST_NAMED),
        what=words.say(f"review-asked_{row.verdict}", count=len(row.entries)),
        note=" · ".join(filter(None, (row.note, row.override))),
        by=row.by,
        when=Teller(words, row.activity.site.zone).when(row.asked_ms),
        state=words.say(f"review-state_{row.state}"),
        is_held=row.state == HeldState.HELD,
        ended_by=row.ended_by,
        stayed=(*stayed, *([words.trouble(trouble)] if trouble else ())),
    )


def _about(entry: LedgerEntry) -> tuple[int, str]:
    hours = display_hours(entry.delta_s)
    return entry.pk, f"{entry.volunteer.display_name} · {entry.local_date.isoformat()} · {hours}"
