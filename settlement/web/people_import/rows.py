"""Turning what an import would do into what its pages print."""

from typing import Any

from msgspec import Struct

from foundation.words import Words
from settlement.lists.number_spans import spans
from settlement.lists.row_fixes import fix_of
from settlement.lists.row_troubles import BrokenRow, column_of
from settlement.master_data.people_import import Imported
from settlement.master_data.people_preview import PeoplePreview

MOST_SHOWN = 200
"""Of the refused rows; all of them are in the download."""
_MOST_SPANS = 30
_COUNTED = ("volunteers", "memberships", "assignments", "cards")


class Refused(Struct, frozen=True):
    """One thing for which a row would not be entered: where it is wrong, why, and what helps."""

    row: int
    column: str
    why: str
    fix: str


def told_preview(found: PeoplePreview, words: Words) -> dict[str, Any]:
    """What the page of a list prints."""
    return {
        "counts": [
            (words.say(f"import-{name}"), counts.new, counts.changed, counts.unchanged)
            for name in _COUNTED
            for counts in [getattr(found, name)]
        ],
        "refused": len(found.broken),
        "shown": [one for each in found.broken[:MOST_SHOWN] for one in _refused(each, words)],
        "more": max(0, len(found.broken) - MOST_SHOWN),
        "converted": [
            (each.column, each.cells, words.code("conversion", each.kind), each.example)
            for each in found.converted
        ],
        "new_numbers": spans(found.new_volunteers, _MOST_SPANS),
        "new_cards": [
            (words.code("card", method), spans(numbers, _MOST_SPANS))
            for method, numbers in found.new_cards.items()
        ],
        "changed_posts": [
            (activity, spans(_changed_in(activity, found), _MOST_SPANS))
            for activity in sorted({activity for activity, _ in found.changed_assignments})
        ],
        "good": found.volunteers.new + found.volunteers.unchanged,
    }


def told_import(done: Imported, words: Words) -> list[str]:
    """What became of a list."""
    said = {name: str(getattr(done, name)) for name in _COUNTED}
    return [words.say("import-done", **said), words.say("import-left_out", count=len(done.broken))]


def _changed_in(activity: str, found: PeoplePreview) -> list[int]:
    return [number for of, number in found.changed_assignments if of == activity]


def _refused(broken: BrokenRow, words: Words) -> list[Refused]:
    return [
        Refused(broken.row, column_of(each), words.what(each), words.code("row_fix", fix_of(each.code)))
        for each in broken.faults
    ]
