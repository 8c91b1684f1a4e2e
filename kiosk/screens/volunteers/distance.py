"""From how far a display can be read, and how large letters must be for that. Pure.

EN 301 549, 5.1.4: where people can't come as near as they like, a capital H spans at least 0.7° of what they
see. Here word, time and direction do; name, reasons and what to do at least half of that.
"""

import math
from dataclasses import dataclass

from foundation.refusal import Refusal
from foundation.words import Words
from kiosk.local_api.messages import Decided, Display, Outcome, ScreenSize, Snapshot
from kiosk.local_api.receipts import Receipt, ReceiptStep
from kiosk.screens.panel import ANYWHERE, Enlarged, Layout, Needed, layout
from kiosk.screens.volunteers.answer import answer_panel

WORD_DEGREES, TEXT_DEGREES = 0.7, 0.35
_CAPITAL_DOTS = 10
"""Dots of a capital H, of which a row of the terminal has two for each half row of a dot."""
_CAPITAL_OF_A_CELL = 0.6
"""How high a capital of the terminal's own font is, as a part of its cell."""
ROUND_THE_PANEL = (4, 6)
"""Columns and rows that its frame takes, and the lines above and below it."""

_USUAL_NAME, _USUAL_STAY_MS = "Anna Schmidt", 4 * 3_600_000
_USUAL_RECEIPT = Receipt(
    "XXXXX-XXXXX", 4 * 3600, [ReceiptStep("break", 1800)], approved_s=100 * 3600, stars=3
)


@dataclass(frozen=True, slots=True)
class Read:
    """How high letters are (millimetres), and from how far they are read (millimetres)."""

    word_mm: float
    text_mm: float

    @property
    def word_from_mm(self) -> float:
        """From here word, time and direction can be read."""
        return self.word_mm / _span(WORD_DEGREES)

    @property
    def text_from_mm(self) -> float:
        """From here the rest can be read, too."""
        return self.text_mm / _span(TEXT_DEGREES)


def cell_mm(display: Display, screen: ScreenSize) -> float:
    """The height of a character cell, which is taken to be twice as high as wide; 0 where nobody knows it."""
    if not display.diagonal_mm or not screen.columns or not screen.rows:
        return 0.0
    return 2 * display.diagonal_mm / math.hypot(screen.columns, 2 * screen.rows)


def needed(display: Display, screen: ScreenSize) -> Needed:
    """How large letters must be to be read from the distance that the settings say."""
    cell = cell_mm(display, screen)
    if not cell:
        return ANYWHERE
    word, text = (
        math.ceil(display.read_from_mm * _span(degrees) / _letter_mm(cell, 1))
        for degrees in (WORD_DEGREES, TEXT_DEGREES)
    )
    return Needed(word, text)


def read(display: Display, screen: ScreenSize, drawn: Layout) -> Read:
    """How high the letters of a layout are on this display."""
    cell = cell_mm(display, screen)
    small = cell * _CAPITAL_OF_A_CELL
    text = _letter_mm(cell, drawn.text) if drawn.enlarged >= Enlarged.NOT_QUIET else small
    return Read(_letter_mm(cell, drawn.word) or small, text)


def read_at_worst(snapshot: Snapshot, screen: ScreenSize) -> Read:
    """How high the letters are of what is said most, in the site's language; the smallest of each."""
    across, down = ROUND_THE_PANEL
    least, words = needed(snapshot.display, screen), Words(snapshot.language)
    found = [
        read(snapshot.display, screen, layout(shown, screen.columns - across, screen.rows - down, least))
        for shown in (answer_panel(snapshot, decided, words) for decided in _usual(snapshot.status.wall_ms))
    ]
    return Read(min(one.word_mm for one in found), min(one.text_mm for one in found))


def _usual(now_ms: int) -> list[Decided]:
    return [
        Decided(now_ms, "", "", Outcome.ACCEPTED_IN, name=_USUAL_NAME),
        Decided(
            now_ms,
            "",
            "",
            Outcome.ACCEPTED_OUT,
            name=_USUAL_NAME,
            since_ms=now_ms - _USUAL_STAY_MS,
            receipt=_USUAL_RECEIPT,
        ),
        Decided(now_ms, "", "", Outcome.REFUSED, Refusal.NOT_ON_ROSTER),
    ]


def _letter_mm(cell: float, half_rows: int) -> float:
    return cell / 2 * _CAPITAL_DOTS * half_rows


def _span(degrees: float) -> float:
    return math.tan(math.radians(degrees))
