"""From stored text to what a terminal must be sent: joined Arabic letters, visual order, whole lines.

Terminals draw characters from left to right as they come, and Textual does not reorder them. The result is
for drawing only: never store it, compare it or send it anywhere else.
"""

import re
from functools import lru_cache
from unicodedata import bidirectional, category

import arabic_reshaper
from bidi import get_display  # type: ignore[import-untyped]  # python-bidi ships no type marker
from rich.cells import cell_len

from foundation.words import Direction

TERMINAL_KEEPS_OUR_ORDER = "\x1b[8l"
"""ECMA-48 BDSM, explicit mode: a terminal that reorders text itself (VTE does) must leave ours as it is."""

TERMINAL_ORDERS_ITSELF = "\x1b[8h"
"""ECMA-48 BDSM, implicit mode: what such a terminal had before."""

_OVERRIDES = dict.fromkeys(range(0x202A, 0x202F))
"""Embeddings and overrides: text from elsewhere must not turn the line around."""

_FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
_MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
_MIRRORING = re.compile("[" + re.escape("".join(_MIRRORED)) + "]")
_MARK = "\N{WORD JOINER}"
_MARKED = re.compile(f"{_MARK}({_MIRRORING.pattern})")
"""python-bidi does not mirror: a mark set behind a bracket comes out before it where it was turned round."""

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"

_NOT_AT_LINE_START = frozenset("。，、；：？！）》」』”’…—·%,.;:?!)]}،؛؟»")
_NOT_AT_LINE_END = frozenset("（《「『“‘([{«")


@lru_cache(maxsize=4096)
def display(text: str, direction: Direction = Direction.LTR) -> str:
    """One line of text as a terminal must be sent it, where `direction` is that of the whole line."""
    clean = "".join(
        " " if character == _NO_BREAK_SPACE or category(character) == "Cc" else character
        for character in text.translate(_OVERRIDES)
    )
    if direction is Direction.RTL or _has_rtl(clean):
        marked = _MIRRORING.sub(rf"\g<0>{_MARK}", arabic_reshaper.reshape(clean.replace(_MARK, "")))
        ordered = str(get_display(marked, base_dir="R" if direction is Direction.RTL else "L"))
        clean = _MARKED.sub(lambda match: _MIRRORED[match[1]], ordered)
    return "".join(character for character in clean if category(character) != "Cf")


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, still in the order in which it is read.

    Lines break at spaces (not at no-break spaces) and beside Chinese characters; closing punctuation never
    starts one.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if cell_len(line + piece.rstrip()) <= width:
            line += piece
            continue
        if line:
            lines.append(line.rstrip())
        line = piece
        while cell_len(line.rstrip()) > width:
            fitting = _fitting(line, width)
            lines.append(line[:fitting])
            line = line[fitting:]
    return [*lines, line.rstrip()] if line.rstrip() or not lines else lines


def lines(text: str, width: int, direction: Direction) -> list[str]:
    """The text wrapped to `width` cells and ready for the terminal."""
    return [display(line, direction) for line in wrap(text, width)]


def fit(text: str, width: int, direction: Direction) -> str:
    """The text exactly `width` cells wide, cut with … where it is too long, ready for the terminal."""
    if cell_len(text) > width:
        # Isolated, so that the dots stand where the cut text would have gone on.
        text = f"{_FIRST_STRONG_ISOLATE}{text[: _fitting(text, width - 1)]}…{_POP_ISOLATE}"
    shown = display(text, direction)
    space = " " * (width - cell_len(shown))
    return space + shown if direction is Direction.RTL else shown + space


def _has_rtl(text: str) -> bool:
    return any(bidirectional(character) in ("R", "AL") for character in text)


def _pieces(text: str) -> list[str]:
    """What a line may be made of: words with the spaces after them, and single wide characters."""
    pieces: list[str] = []
    for character in text:
        last = pieces[-1][-1] if pieces else " "
        may_break = last == " " or 2 in (cell_len(character), cell_len(last))
        must_not = character == " " or character in _NOT_AT_LINE_START or last in _NOT_AT_LINE_END
        if pieces and (must_not or not may_break):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _fitting(text: str, width: int) -> int:
    """How many characters of the text fit into `width` cells; at least one, so that something is shown."""
    count = 1
    while count < len(text) and cell_len(text[: count + 1]) <= width:
        count += 1
    return count
