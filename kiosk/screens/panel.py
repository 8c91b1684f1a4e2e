"""The large middle of the volunteers' screen: what it says, and its lines for a given space. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len

from foundation.words import Direction, Words
from kiosk.screens.block_letters import block_letters
from kiosk.screens.display import display, lines
from kiosk.screens.qr_code import qr_rows
from kiosk.screens.results import Look

_GAP = "  "
_NARROWEST = 24
"""Cells for the texts beside a code."""


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
    """The panel's lines for a space of `width` cells and `height` rows.

    The word is drawn as large as the paragraphs leave room for; they are never cut for its sake. A code that
    finds no room is left out: what it says stands in the texts too.
    """
    if shown.code and (beside := _beside_code(shown, width, height)):
        return beside
    texts = [
        DrawnLine(line, paragraph.strong, paragraph.key)
        for paragraph in shown.paragraphs
        for line in lines(paragraph.text, width, paragraph.direction)
    ]
    word = f"{shown.look.symbol} {shown.word}".strip()
    large = block_letters(display(word, shown.direction), width)
    if large and len(large) + 1 + len(texts) > height:
        texts = [line for line in texts if line.text.strip()]  # the word is worth more than space between texts
    if not large or len(large) + 1 + len(texts) > height:
        large = lines(word, width, shown.direction) if word else []
    spaced = [DrawnLine(line, strong=True) for line in large]
    if spaced and len(large) + 1 + len(texts) <= height:
        spaced.append(DrawnLine(""))
    return spaced + texts


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
