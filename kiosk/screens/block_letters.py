"""Words and times in large letters made of block characters, to be read from two metres.

The glyphs are GNU Unifont's, 16 dots high: wide letters have one dot to a cell and two dots to a row (half
blocks), narrow ones two dots to a cell (quadrants). Only the glyphs that our large words need are shipped, in
`block_letters.hex`; `docs/make_block_letters.py` cuts them out anew.
"""

from functools import cache
from pathlib import Path

from foundation.errors import SettingsError
from kiosk.troubles import TerminalTrouble

_HEIGHT = 16
_SPACE = 4
"""Dots between words: less than the font's, because every letter brings some space of its own."""
Glyphs = dict[str, tuple[int, tuple[int, ...]]]

_HALVES = " ▀▄█"
_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"


def block_letters(text: str, width: int) -> list[str]:
    """The text in the largest letters that fit into `width` cells: up to eight lines of equal width.

    `text` is ready for the terminal (see `display`). Empty when nothing fits or a glyph is missing: then show
    the text as it is.
    """
    glyphs = _glyphs()
    if not text or any(character not in glyphs for character in text):
        return []
    drawn = [glyphs[character] for character in text]
    dots = sum(glyph_width for glyph_width, _ in drawn)
    if dots > 2 * width:
        return []
    rows = _trimmed([_row(drawn, number) for number in range(_HEIGHT)])
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    if dots <= width:
        return [
            "".join(_half(upper, lower, dot) for dot in range(dots - 1, -1, -1)) for upper, lower in pairs
        ]
    return ["".join(_quadrant(upper, lower, dot) for dot in range(dots - 1, 0, -2)) for upper, lower in pairs]


def read_glyphs(path: Path) -> Glyphs:
    """Each character's width in dots (8 or 16) and its 16 rows as bits, the leftmost dot the highest bit.

    Raises SettingsError for a line that is no glyph of Unifont's hex format.
    """
    glyphs: Glyphs = {" ": (_SPACE, (0,) * _HEIGHT)}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        try:
            code, dots = line.split(":")
            digits = len(dots) // _HEIGHT
            rows = tuple(int(dots[at : at + digits], 16) for at in range(0, len(dots), digits))
            # Thin strokes fade at two metres; the strokes of Chinese have no room to grow.
            glyphs[chr(int(code, 16))] = (4 * digits, tuple(map(_thickened, rows)) if digits == 2 else rows)
        except (ValueError, OverflowError) as error:
            raise SettingsError(TerminalTrouble.GLYPH_WRONG, path=path, line=line[:20]) from error
    return glyphs


@cache
def _glyphs() -> Glyphs:
    return read_glyphs(Path(__file__).with_suffix(".hex"))


def _thickened(row: int) -> int:
    return row | row >> 1


def _row(drawn: list[tuple[int, tuple[int, ...]]], number: int) -> int:
    row = 0
    for glyph_width, rows in drawn:
        row = row << glyph_width | rows[number]
    return row


def _trimmed(rows: list[int]) -> list[int]:
    """Without the empty rows above and below; an even number of them."""
    inked = [number for number, row in enumerate(rows) if row]
    kept = rows[inked[0] : inked[-1] + 1] if inked else [0]
    return [0] * (len(kept) % 2) + kept


def _half(upper: int, lower: int, dot: int) -> str:
    return _HALVES[(upper >> dot & 1) | (lower >> dot & 1) << 1]


def _quadrant(upper: int, lower: int, dot: int) -> str:
    top = (upper >> dot & 1) | (upper >> dot - 1 & 1) << 1
    return _QUADRANTS[top | (lower >> dot & 1) << 2 | (lower >> dot - 1 & 1) << 3]
