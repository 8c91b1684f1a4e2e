"""The large middle of the volunteers' screen: what it says, and its lines for a given space. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product, zip_longest
from typing import NamedTuple

from rich.cells import cell_len

from foundation.words import Direction, Words
from kiosk.screens.block_letters import block_letters, letters_of, widths
from kiosk.screens.display import display, lines
from kiosk.screens.qr_code import qr_rows
from kiosk.screens.results import Look

_GAP = "  "
_NARROWEST = 24
"""Cells for the texts beside a code."""
_LARGEST_TEXT = 3
"""Half rows to a dot of the texts; the word may be larger."""
_CELLS_A_LETTER = 4
"""For each half cell of a dot's width: a narrow letter has eight dots."""
_LOWEST_WORD = 9
"""Rows of the word in its smallest letters, and one below it."""


class Face(StrEnum):
    """What the panel is about."""

    IDLE = "idle"
    TYPING = "typing"
    CHECKING = "checking"
    RESULT = "result"
    QUESTION = "question"
    CONFIRM = "confirm"
    NOTICE = "notice"
    OUT_OF_ORDER = "out_of_order"
    NOT_ENROLLED = "not_enrolled"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text of the panel, in reading order; `strong` ones stand out, `key` is what touching it types."""

    text: str
    direction: Direction
    strong: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A look, one large word, and what there is to say about it; `code` is shown as a QR code beside it."""

    face: Face
    look: Look
    word: str
    direction: Direction
    paragraphs: tuple[Paragraph, ...]
    code: str = ""


class DrawnLine(NamedTuple):
    """One line ready for the terminal."""

    text: str
    strong: bool = False
    key: str = ""


def panel_of(face: Face, look: Look, word: str, words: Words, *texts: str) -> Panel:
    """A panel of plain texts in one language; empty ones are left out."""
    return Panel(
        face, look, word, words.direction, tuple(Paragraph(text, words.direction) for text in texts if text)
    )


def drawn(shown: Panel, width: int, height: int) -> list[DrawnLine]:
    """The panel's lines for a space of `width` cells and `height` rows, as large as there is room for.

    Three sizes: the word is drawn largest, then what stands out or all that there is to say; what finds no
    room in large letters is one row of text a line. Texts are never cut for the sake of larger ones. A code
    that finds no room is left out: what it says stands in the texts too.
    """
    if shown.code and (beside := _beside_code(shown, width, height)):
        return beside
    word = f"{shown.look.symbol} {shown.word}".strip()
    for high in range(_LARGEST_TEXT, 0, -1):
        for everything, wide in product((True, False), widths(high)):
            texts = _large_texts(shown, width, (high, wide), everything=everything)
            room = height - len(texts) - 1
            large = block_letters(display(word, shown.direction), width, room, at_least=high) if texts else []
            if large:
                return [*(DrawnLine(line, strong=True) for line in large), DrawnLine(""), *texts]
    return _small(shown, word, width, height)


def _large_texts(shown: Panel, width: int, dot: tuple[int, int], *, everything: bool) -> list[DrawnLine]:
    """The texts with dots of that height and width, all or those that stand out; nothing without room."""
    high, wide = dot
    found: list[DrawnLine] = []
    any_large = False
    for paragraph in shown.paragraphs:
        if not paragraph.text.strip():
            continue
        if not everything and not paragraph.strong:
            found += _rows(paragraph, width)
            continue
        for line in lines(paragraph.text, max(1, width // (_CELLS_A_LETTER * wide)), paragraph.direction):
            large = letters_of(line, high, wide)
            if not large or len(large[0]) > width:
                return []
            any_large = True
            found += [DrawnLine(row, paragraph.strong, paragraph.key) for row in (*large, "")]
    if not any_large:
        return []
    return found if found[-1].text else found[:-1]


def _small(shown: Panel, word: str, width: int, height: int) -> list[DrawnLine]:
    """The texts as they are, and the word as large as they leave room for."""
    texts = [line for paragraph in shown.paragraphs for line in _rows(paragraph, width)]
    if len(texts) + _LOWEST_WORD > height:
        texts = [line for line in texts if line.text.strip()]  # a large word is worth more than space
    large = block_letters(display(word, shown.direction), width, height - len(texts) - 1)
    if not large:
        large = lines(word, width, shown.direction) if word else []
    spaced = [DrawnLine(line, strong=True) for line in large]
    if spaced and len(large) + 1 + len(texts) <= height:
        spaced.append(DrawnLine(""))
    return spaced + texts


def _rows(paragraph: Paragraph, width: int) -> list[DrawnLine]:
    return [
        DrawnLine(line, paragraph.strong, paragraph.key)
        for line in lines(paragraph.text, width, paragraph.direction)
    ]


def _beside_code(shown: Panel, width: int, height: int) -> list[DrawnLine]:
    """The code with the texts at its right; nothing where there is no room for both."""
    rows = qr_rows(shown.code)
    room = width - len(rows[0]) - len(_GAP)
    if room < _NARROWEST or len(rows) > height:
        return []
    texts = [*lines(shown.word, room, shown.direction), ""]
    for paragraph in shown.paragraphs:
        texts += [*lines(paragraph.text, room, paragraph.direction), ""]
    if len(texts) > height:
        return []
    aligned = [
        " " * (room - cell_len(text)) + text
        if shown.direction is Direction.RTL
        else text + " " * (room - cell_len(text))
        for text in texts
    ]
    pairs = zip_longest(rows, aligned)
    return [DrawnLine((row or " " * len(rows[0])) + _GAP + (text or " " * room)) for row, text in pairs]
