"""The dots of letters: GNU Unifont's, 16 dots high, of the scripts in which names and our words are written.

They are shipped in `glyphs.hex.gz`, one glyph a line: code point, then 16 rows of dots. `docs/make_glyphs.py`
cuts them out of the font anew.
"""

import gzip
from functools import cache
from pathlib import Path

from foundation.errors import SettingsError
from kiosk.troubles import TerminalTrouble

HEIGHT = 16
"""Dots of every glyph."""
_SPACE = 4
"""Dots between words: less than the font's, because every letter brings some space of its own."""
_NARROW = 8
_WIDTHS = {HEIGHT: _NARROW, 2 * HEIGHT: 16}
"""In dots, by how many bytes a glyph has."""

Glyph = tuple[int, tuple[int, ...]]
"""Its width in dots, and its rows as bits, the leftmost dot the highest bit."""


@cache
def glyph(character: str) -> Glyph | None:
    """The glyph of a character; None where the font that is shipped has none."""
    return read_glyph(_font(), character)


def read_glyph(font: Path, character: str) -> Glyph | None:
    """The glyph of a character in a file of glyphs.

    Raises SettingsError for a line that is no glyph of Unifont's hex format.
    """
    if character == " ":
        return _SPACE, (0,) * HEIGHT
    wanted, text = f"{ord(character):04X}:", _text(font)
    at = text.find(f"\n{wanted}".encode())
    if at < 0:
        return None
    line = text[at + 1 : text.find(b"\n", at + 1)].decode("ascii")
    try:
        dots = bytes.fromhex(line.removeprefix(wanted))
        width = _WIDTHS[len(dots)]
    except (ValueError, KeyError) as error:
        raise SettingsError(TerminalTrouble.GLYPH_WRONG, path=font, line=line[:20]) from error
    rows = tuple(int.from_bytes(dots[at : at + width // 8]) for at in range(0, len(dots), width // 8))
    # Thin strokes fade at two metres; the strokes of Chinese have no room to grow.
    return width, tuple(row | row >> 1 for row in rows) if width == _NARROW else rows


@cache
def _text(font: Path) -> bytes:
    """The whole file as it is, a line break before and after each line: 36,000 lines one by one are 7 MB."""
    return b"\n" + gzip.decompress(font.read_bytes()) + b"\n"


def _font() -> Path:
    return Path(__file__).with_suffix(".hex.gz")
