"""The large middle of the volunteers' screen: what it says, and its lines for a given space. Pure."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import product, zip_longest
from typing import NamedTuple

from rich.cells import cell_len

from foundation.words import Direction, Words
from kiosk.screens.block_letters import LARGEST, block_letters, letters_of, size_of, widths
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


class Enlarged(IntEnum):
    """Which of a panel's texts are drawn in large letters."""

    NONE = 0
    STRONG = 1
    NOT_QUIET = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text of the panel, in reading order; `strong` ones stand out, `key` is what touching it types.

    `quiet` ones are read by whoever stands close, and stay small before anything else does.
    """

    text: str
    direction: Direction
    strong: bool = False
    key: str = ""
    quiet: bool = False

    def is_large(self, enlarged: Enlarged) -> bool:
        """Whether it is among those that are drawn large."""
        wanted = Enlarged.STRONG if self.strong else Enlarged.ALL if self.quiet else Enlarged.NOT_QUIET
        return enlarged >= wanted


@dataclass(frozen=True, slots=True)
class Panel:
    """A look, one large word, and what there is to say about it; `code` is shown as a QR code beside it.

    `aside` stands behind the word where there is room for it in letters as high.
    """

    face: Face
    look: Look
    word: str
    direction: Direction
    paragraphs: tuple[Paragraph, ...]
    code: str = ""
    aside: str = ""


class Needed(NamedTuple):
    """Half rows that a dot must have for the word, and for the texts, to be read from where people stand."""

    word: int = 1
    text: int = 1


ANYWHERE = Needed()
"""Where nobody knows how large the display is."""


class Layout(NamedTuple):
    """A panel's lines, and the half rows of a dot in its letters: 0 where they are the terminal's own."""

    lines: "list[DrawnLine]"
    word: int
    text: int
    enlarged: Enlarged = Enlarged.NONE


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


def drawn(shown: Panel, width: int, height: int, needed: Needed = ANYWHERE) -> list[DrawnLine]:
    """The panel's lines for a space of `width` cells and `height` rows, as `layout` draws them."""
    return layout(shown, width, height, needed).lines


@lru_cache(maxsize=32)
def layout(shown: Panel, width: int, height: int, needed: Needed) -> Layout:
    """The panel as large as there is room for; first of all, what is `needed` to read all of it from afar.

    The word is drawn largest, then what there is to say or what stands out; what finds no room in large
    letters is one row of text a line. Texts are never cut for the sake of larger ones. A code that finds no
    room is left out: what it says stands in the texts too.
    """
    if shown.code and (beside := _beside_code(shown, width, height)):
        return Layout(beside, 0, 0)
    word = f"{shown.look.symbol} {shown.word}".strip()
    wishes = [((Enlarged.ALL, Enlarged.NOT_QUIET), needed), ((Enlarged.STRONG,), needed)]
    if needed != ANYWHERE:
        wishes.append(((Enlarged.ALL, Enlarged.NOT_QUIET, Enlarged.STRONG), ANYWHERE))
    for enlarged, least in wishes:
        for high in range(max(_LARGEST_TEXT, least.text), least.text - 1, -1):
            for which, wide in product(enlarged, widths(high)):
                texts = _large_texts(shown, width, height - _LOWEST_WORD // 2 * high, (high, wide), which)
                room = height - len(texts) - 1
                at_least = max(high, least.word)
                large, dot = _word(shown, word, width, room, at_least) if texts else ([], 0)
                if large:
                    spaced = [*(DrawnLine(line, strong=True) for line in large), DrawnLine("")]
                    return Layout([*spaced, *texts], dot, high, which)
    return _small(shown, word, width, height)


def _word(shown: Panel, word: str, width: int, height: int, at_least: int) -> tuple[list[str], int]:
    """The word in the largest letters, with what stands beside it where there is room, and their size."""
    for high in range(LARGEST, at_least - 1, -1):
        for text in filter(None, (f"{word} {shown.aside}" if shown.aside else "", word)):
            large = block_letters(display(text, shown.direction), width, height, high, at_most=high)
            if large:
                return large, high
    return [], 0


def _large_texts(
    shown: Panel, width: int, height: int, dot: tuple[int, int], enlarged: Enlarged
) -> list[DrawnLine]:
    """The texts, those with dots of that height and width that are to be large; nothing without room."""
    high, wide = dot
    found: list[DrawnLine] = []
    any_large = False
    for paragraph in shown.paragraphs:
        if not paragraph.text.strip():
            continue
        if not paragraph.is_large(enlarged):
            found += _rows(paragraph, width)
            continue
        for line in lines(paragraph.text, max(1, width // (_CELLS_A_LETTER * wide)), paragraph.direction):
            if len(found) > height:
                return []
            _, cells = size_of(line, high, wide)
            if not cells or cells > width:
                return []
            large = letters_of(line, high, wide)
            any_large = True
            found += [DrawnLine(row, paragraph.strong, paragraph.key) for row in (*large, "")]
    if not any_large:
        return []
    return found if found[-1].text else found[:-1]


def _small(shown: Panel, word: str, width: int, height: int) -> Layout:
    """The texts as they are, and the word as large as they leave room for."""
    texts = [line for paragraph in shown.paragraphs for line in _rows(paragraph, width)]
    if len(texts) + _LOWEST_WORD > height:
        texts = [line for line in texts if line.text.strip()]  # a large word is worth more than space
    large, dot = _word(shown, word, width, height - len(texts) - 1, 1)
    if not large:
        large = lines(word, width, shown.direction) if word else []
    spaced = [DrawnLine(line, strong=True) for line in large]
    if spaced and len(large) + 1 + len(texts) <= height:
        spaced.append(DrawnLine(""))
    return Layout(spaced + texts, dot, 0)


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
