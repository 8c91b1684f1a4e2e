"""Telling what would be: hours before a time is entered or confirmed, people before a list is imported."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from muster.commands.group import words_of

if TYPE_CHECKING:
    from foundation.words import Words
    from settlement.master_data.people_preview import Counts, PeoplePreview
    from settlement.settling.preview import Preview

_MOST_SPANS = 50
"""Of numbers that are told in one line."""


def tell_preview(found: "Preview", zone: str) -> None:
    """Print the lines that would change, what would not count, and what is there already."""
    from settlement.settling.preview_text import tell_preview as told

    for sentence in told(found, words_of(click.get_current_context()), zone):
        click.echo(sentence)


def tell_people(found: "PeoplePreview", *, skip_broken: bool) -> None:
    """Print what an import of a list would refuse, read otherwise, enter and change; no card or telephone."""
    from settlement.lists.number_spans import spans

    words = words_of(click.get_current_context())
    _tell_refused(found, words)
    _tell_converted(found, words)
    kinds = ("volunteers", found.volunteers), ("memberships", found.memberships)
    for name, counts in (*kinds, ("assignments", found.assignments), ("cards", found.cards)):
        click.echo(words.say(f"preview-{name}", **_said(counts)))
    if found.new_volunteers:
        click.echo(words.say("preview-new_volunteers", numbers=spans(found.new_volunteers, _MOST_SPANS)))
    for method, numbers in found.new_cards.items():
        card = words.code("card", method)
        click.echo(words.say("preview-new_cards", card=card, numbers=spans(numbers, _MOST_SPANS)))
    for activity in sorted({activity for activity, _ in found.changed_assignments}):
        changed = [number for of, number in found.changed_assignments if of == activity]
        click.echo(words.say("preview-changed_post", activity=activity, numbers=spans(changed, _MOST_SPANS)))
    if found.broken and not skip_broken:
        click.echo(words.say("preview-all_stopped"))
    click.echo(words.say("preview-stored_nothing"))


def _said(counts: "Counts") -> dict[str, str]:
    return {"new": str(counts.new), "changed": str(counts.changed), "unchanged": str(counts.unchanged)}


def _tell_refused(found: "PeoplePreview", words: "Words") -> None:
    if not found.broken:
        return
    from settlement.lists.row_fixes import fix_of
    from settlement.lists.row_troubles import column_of

    headings = tuple(words.say(f"preview-{name}") for name in ("row", "column", "why", "fix"))
    rows = [
        (str(each.row), column_of(why), words.what(why), words.code("row_fix", fix_of(why.code)))
        for each in found.broken
        for why in each.faults
    ]
    click.echo(words.say("preview-refused", number=str(len(found.broken))))
    _echo_table([headings, *rows])


def _tell_converted(found: "PeoplePreview", words: "Words") -> None:
    if not found.converted:
        return
    headings = tuple(words.say(f"preview-{name}") for name in ("column", "cells", "change", "example"))
    rows = [
        (
            each.column,
            str(each.cells),
            words.code("conversion", each.kind),
            f"{each.example.before} → {each.example.after}",
        )
        for each in found.converted
    ]
    click.echo(words.say("preview-converted"))
    _echo_table([headings, *rows])


def _echo_table(rows: Sequence[tuple[str, ...]]) -> None:
    from settlement.reports.rendering import aligned

    click.echo("\n".join(aligned(rows)))
    click.echo()
