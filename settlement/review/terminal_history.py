"""How a terminal was over time, as it told itself: stretches between two changes."""

from itertools import pairwise

from msgspec import Struct

from settlement.models import TerminalTold
from settlement.review.told_facts import Told, read_told

MOST_AT_ONCE = 50
"""Stretches of one page."""
_MOST_DRAWN = 400


class Stretch(Struct, frozen=True):
    """From `from_ms` to `until_ms` (None: still) a terminal was so, and `before` otherwise (None: not known).

    `times` changes are told by this one; with more than one it was other ways in between. `place` is where a
    page goes on behind it.
    """

    place: int
    from_ms: int
    until_ms: int | None
    told: Told
    before: Told | None
    times: int


def history_of(terminal: str, before: int = 0) -> tuple[list[Stretch], bool]:
    """A page of stretches, the newest first, and whether older ones follow; who asks reaches the terminal."""
    rows = TerminalTold.objects.filter(terminal=terminal).order_by("-pk")
    found = list((rows.filter(pk__lte=before) if before else rows)[: MOST_AT_ONCE + 2])
    # A page that goes on begins with the row that the one before ended with: its beginning is this one's end.
    shown = stretches(found)[1 if before else 0 :]
    return shown[:MOST_AT_ONCE], len(shown) > MOST_AT_ONCE


def lately(terminal: str, from_ms: int) -> list[Stretch]:
    """The stretches since a moment, the newest first; who asks reaches the terminal."""
    rows = list(TerminalTold.objects.filter(terminal=terminal).order_by("-pk")[:_MOST_DRAWN])
    return [one for one in stretches(rows) if one.until_ms is None or one.until_ms > from_ms]


def stretches(rows: list[TerminalTold]) -> list[Stretch]:
    """The stretches of these rows, the newest first; each row's end is the beginning of the one above it."""
    if not rows:
        return []
    ends = [None, *(row.at_ms for row in rows[:-1])]
    befores = [*(read_told(older.told) for _, older in pairwise(rows)), None]
    return [
        Stretch(row.pk, row.at_ms, end, read_told(row.told), before, row.times)
        for row, end, before in zip(rows, ends, befores, strict=True)
    ]


def last_told(terminal: str) -> Told:
    """How a terminal was when it told last; who asks reaches the terminal."""
    row = TerminalTold.objects.filter(terminal=terminal).order_by("-pk").first()
    return read_told(row.told) if row else Told()
