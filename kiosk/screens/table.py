"""Tables and lines laid out by terminal cells, from left to right or from right to left.

Everything is laid out here, because a terminal's table must know the width of Chinese characters and put its
first column at the right for Arabic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from foundation.words import Direction
from kiosk.screens.display import display, fit, lines

_GAP = 2
_LEAST_SHARED = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in reading order, and how it is set off (a style of Textual, or nothing)."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title and width: `share` 0 is as wide as its widest text but at most `most` cells.

    Columns with a share divide what the others leave.
    """

    title: str
    share: int = 0
    most: int = 16


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int, direction: Direction
) -> list[Content]:
    """A heading line and one line a row, each exactly `width` cells wide unless `width` is absurdly small."""
    title_style = "bold"
    all_rows = [[Cell(column.title, title_style) for column in columns], *rows]
    widths = _widths(columns, all_rows, width)
    return [_line(row, widths, direction) for row in all_rows]


def flow(items: Sequence[Sequence[Cell]], width: int, direction: Direction) -> list[Content]:
    """Items one after the other, in as few lines of `width` cells as hold them; an item is never torn."""
    packed: list[list[Cell]] = []
    used = 0
    for item in items:
        size = sum(cell_len(cell.text) + 1 for cell in item) - 1
        if packed and used + _GAP + 1 + size <= width:
            packed[-1] += [Cell(" " * (_GAP - 1)), *item]
            used += _GAP + 1 + size
        else:
            packed.append(list(item))
            used = size
    return [_aligned(line, width, direction) for line in packed]


def paragraph(text: str, width: int, direction: Direction, style: str = "") -> list[Content]:
    """A text in lines of `width` cells, at the side where reading starts."""
    return [
        Content.styled(line.rjust(width) if direction is Direction.RTL else line, style)
        for line in lines(text, width, direction)
    ]


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> list[int]:
    widest = [max(cell_len(row[place].text) for row in rows) for place in range(len(columns))]
    fixed = [
        0 if column.share else min(column.most, wide) for column, wide in zip(columns, widest, strict=True)
    ]
    rest = width - sum(fixed) - _GAP * (len(columns) - 1)
    shares = sum(column.share for column in columns)
    widths = [
        max(_LEAST_SHARED, rest * column.share // shares) if column.share else size
        for column, size in zip(columns, fixed, strict=True)
    ]
    if shares:
        last = max(place for place, column in enumerate(columns) if column.share)
        widths[last] += max(0, rest - sum(widths) + sum(fixed))
    return widths


def _line(row: Sequence[Cell], widths: Sequence[int], direction: Direction) -> Content:
    parts = [
        Content.styled(fit(cell.text, size, direction), cell.style)
        for cell, size in zip(row, widths, strict=True)
    ]
    return Content(" " * _GAP).join(parts[::-1] if direction is Direction.RTL else parts)


def _aligned(cells: Sequence[Cell], width: int, direction: Direction) -> Content:
    parts = [Content.styled(display(cell.text, direction), cell.style) for cell in cells]
    if direction is Direction.LTR:
        return Content(" ").join(parts)
    line = Content(" ").join(parts[::-1])
    return line.pad_left(max(0, width - line.cell_length))
