"""Words and times in large letters made of block characters, to be read from two metres.

A cell of a terminal is about twice as high as wide. So a dot of a glyph is square where it is two half cells
wide for each half row that it is high; letters are condensed to half of that where there is less room, but
Chinese never: its strokes have none to give.
"""

from collections.abc import Iterator
from functools import lru_cache
from unicodedata import east_asian_width

from kiosk.screens.glyphs import HEIGHT, glyph

LARGEST = 6
"""Half rows to a dot: a letter of 48 rows, more than any screen has use for."""
_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_CELLS = {f"{bits:04b}"[::-1]: quadrant for bits, quadrant in enumerate(_QUADRANTS)}
"""By which of its quarters are inked, as in `0110`: above left and right, below left and right."""


def block_letters(
    text: str, width: int, height: int = HEIGHT // 2, at_least: int = 1, *, at_most: int = LARGEST
) -> list[str]:
    """The text in the largest letters that fit into `width` cells and `height` rows: lines of equal width.

    `text` is ready for the terminal (see `display`); a dot is `at_least` to `at_most` half rows high.
    Empty when nothing fits or a glyph is missing: then show the text as it is.
    """
    for high in range(at_most, at_least - 1, -1):
        for wide in widths(high):
            rows, cells = size_of(text, high, wide)
            if cells and rows <= height and cells <= width:
                return letters_of(text, high, wide)
    return []


def widths(high: int) -> Iterator[int]:
    """How many half cells wide a dot of so many half rows may be: square first, condensed last."""
    return iter(range(2 * high, high - 1, -1))


@lru_cache(maxsize=1024)
def size_of(text: str, high: int, wide: int) -> tuple[int, int]:
    """The rows and cells that the text takes with such dots, none where a glyph is missing: soon told."""
    across, inked = 0, [0] * HEIGHT
    for character in text:
        found = glyph(character)
        if found is None:
            return 0, 0
        dots, lines = found
        across += dots * _stretch(character, high, wide)
        inked = [row | line for row, line in zip(inked, lines, strict=True)]
    return (len(_trimmed(inked)) * high // 2, (across + 1) // 2) if text else (0, 0)


@lru_cache(maxsize=256)
def letters_of(text: str, high: int, wide: int) -> list[str]:
    """The text with dots of `high` half rows and `wide` half cells; empty when a glyph is missing."""
    rows, across = [0] * HEIGHT, 0
    for character in text:
        found = glyph(character)
        if found is None:
            return []
        dots, lines = found
        stretch = _stretch(character, high, wide)
        across += dots * stretch
        rows = [
            row << dots * stretch | _stretched(line, dots, stretch)
            for row, line in zip(rows, lines, strict=True)
        ]
    return _packed([row for row in _trimmed(rows) for _ in range(high)], across) if text else []


def _stretch(character: str, high: int, wide: int) -> int:
    """How many half cells a dot of it is wide."""
    return 2 * high if east_asian_width(character) in "WF" else wide


def _stretched(line: int, dots: int, stretch: int) -> int:
    row, full = 0, (1 << stretch) - 1
    for dot in range(dots - 1, -1, -1):
        row = row << stretch | (full if line >> dot & 1 else 0)
    return row


def _trimmed(rows: list[int]) -> list[int]:
    """Without the empty rows above and below; an even number of them."""
    inked = [number for number, row in enumerate(rows) if row]
    kept = rows[inked[0] : inked[-1] + 1] if inked else [0]
    return [0] * (len(kept) % 2) + kept


def _packed(rows: list[int], across: int) -> list[str]:
    """Half rows of half cells, an even number of either, as cells."""
    if across % 2:
        rows, across = [row << 1 for row in rows], across + 1
    halves = [f"{row:0{across}b}" for row in rows]
    return ["".join(map(_cell, *_halves(upper), *_halves(lower))) for upper, lower in _pairs(halves)]


def _pairs(halves: list[str]) -> Iterator[tuple[str, str]]:
    return zip(halves[::2], halves[1::2], strict=True)


def _halves(row: str) -> tuple[str, str]:
    return row[::2], row[1::2]


def _cell(*quarters: str) -> str:
    return _CELLS["".join(quarters)]
