"""How each outcome looks: symbol, colour and kind of border, so that no meaning hangs on colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from textual.css.types import EdgeType

from kiosk.local_api.messages import Outcome

BLUE = "#0072B2"
VERMILLION = "#D55E00"
SKY_BLUE = "#56B4E9"
"""Three colours of the Okabe-Ito palette, told apart with every kind of colour blindness.

White on blue has a contrast of 5.2 : 1, black on vermillion 5.5 : 1 (WCAG 2.2 asks for 4.5 : 1).
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look: `border` is a border of Textual, `paper` the background, `ink` what is written on it."""

    symbol: str
    border: EdgeType
    paper: str
    ink: str


LOOKS = {
    Outcome.ACCEPTED_IN: Look("✔", "heavy", BLUE, "#FFFFFF"),
    Outcome.ACCEPTED_OUT: Look("✔", "double", BLUE, "#FFFFFF"),
    Outcome.ALREADY_IN: Look("=", "round", "#000000", SKY_BLUE),
    Outcome.ALREADY_OUT: Look("=", "round", "#000000", SKY_BLUE),
    Outcome.CODE_SENT: Look("→", "round", "#000000", SKY_BLUE),
    Outcome.REFUSED: Look("✖", "thick", VERMILLION, "#000000"),
    Outcome.UNREADABLE: Look("?", "dashed", VERMILLION, "#000000"),
    Outcome.NOT_RECORDED: Look("!", "ascii", VERMILLION, "#000000"),
}
OUT_OF_ORDER = Look("⊘", "outer", "#000000", VERMILLION)
QUIET = Look("", "blank", "#000000", "#FFFFFF")
"""Nothing has happened yet: no symbol, and a border that does not show."""

_WHITE, _BLACK = "#FFFFFF", "#000000"
IN_SIXTEEN: Mapping[tuple[str, str], tuple[str, str]] = {
    (BLUE, _WHITE): ("#0000AA", _WHITE),
    (VERMILLION, _BLACK): ("#AA0000", _WHITE),
    (_BLACK, SKY_BLUE): (_BLACK, "#55FFFF"),
    (_BLACK, VERMILLION): (_BLACK, "#FF5555"),
    (_BLACK, "#808080"): (_BLACK, "#AAAAAA"),
    (_BLACK, _WHITE): (_BLACK, _WHITE),
}
"""Paper and ink by those of 16 colours (VGA) that can be read where a console knows no others.

A console takes only the darker eight as paper, and makes bold ink the brighter one: so ink is bright already.
"""


def in_sixteen(look: Look) -> Look:
    """The look for a console of 16 colours; symbol and border say the same as ever."""
    paper, ink = IN_SIXTEEN[look.paper, look.ink]
    return replace(look, paper=paper, ink=ink)


DIM = Look("", "blank", "#000000", "#808080")
"""Nobody has been there for long."""
