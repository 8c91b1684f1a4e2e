"""The demo's table: what the script foresees beside what the centre settled, and the rules that made it."""

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from muster.demo.day import ACTIVITY, Day


class Line(Struct, frozen=True):
    """One volunteer's line, as the page's JSON tells it; `steps` are the rules in words."""

    volunteer: int
    seconds: int
    hours: str
    is_open: bool
    steps: list[str]
    activity: str = ACTIVITY
    title: str = ""


class TerminalRow(Struct, frozen=True):
    """How complete the centre's evidence of a terminal is."""

    state: str


class Board(Struct, frozen=True):
    """The part of `/api/board.json` that the demo compares."""

    lines: list[Line] = []
    terminals: list[TerminalRow] = []
    waiting: int = 0


Boards = Mapping[dt.date, Board]
"""The boards of all dates of which the script foresees lines."""


class Key(NamedTuple):
    """Which line: what one volunteer earned in one activity on one date."""

    on: dt.date
    activity: str
    volunteer: int


class Worth(NamedTuple):
    """What a line must come to, and whether its volunteer is still there."""

    seconds: int
    here: bool


def dates(day: Day) -> list[dt.date]:
    """The dates of which the script foresees lines, the earliest first; the day's own is among them."""
    return sorted({day.date, *map(day.date_of, day.expected)})


def is_finished(boards: Boards) -> bool:
    """Whether the centre misses nothing and has settled everything that it has."""
    return all(
        not board.waiting and all(terminal.state == "complete" for terminal in board.terminals)
        for board in boards.values()
    )


def equal(day: Day, boards: Boards) -> bool:
    """Whether every line has exactly the seconds that the script foresees, and there is no other line."""
    settled = {key: Worth(line.seconds, line.is_open) for key, line in _lines(boards).items()}
    return settled == {
        Key(day.date_of(one), one.activity, one.who): Worth(one.seconds, one.here) for one in day.expected
    }


def render(day: Day, boards: Boards) -> str:
    """The table, for a terminal; its last line is `expected = settled`, or has `≠` in its place."""
    lines = _lines(boards)
    titles = {one.id: one.title for one in day.other_activity} | {ACTIVITY: day.activity}
    rows = [f"{'volunteer':>9} {'expected':>9} {'settled':>8} {'hours':>6}  the rules that made it"]
    for (on, activity), group in itertools.groupby(
        day.expected, lambda one: (day.date_of(one), one.activity)
    ):
        rows += ["", f"{on} {titles[activity]}"]
        for expected in group:
            line = lines.get(Key(on, activity, expected.who)) or Line(
                expected.who, -1, "-", is_open=False, steps=["nothing settled"]
            )
            first, *more = line.steps or ["as presented"]
            rows.append(
                f"{expected.who:>9} {expected.seconds:>8}s {line.seconds:>7}s {line.hours:>6}  {first}"
            )
            rows += [f"{'':36} {step}" for step in more]
    return "\n".join((*rows, "", f"expected {'=' if equal(day, boards) else '≠'} settled"))


def _lines(boards: Boards) -> dict[Key, Line]:
    return {
        Key(on, line.activity, line.volunteer): line for on, board in boards.items() for line in board.lines
    }
