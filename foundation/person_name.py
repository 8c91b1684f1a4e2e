"""Names of people, in the one form in which they are kept and compared.

Whatever Unicode calls a letter, a mark, a space or a joiner is taken: a Persian name has a ZERO WIDTH
NON-JOINER within, and a rare Chinese character may be newer than Python's own table. What a paste leaves
behind (marks of direction, zero-width spaces, soft hyphens) is dropped. Pure.
"""

import unicodedata
from typing import NamedTuple

_JOINERS = "\u200c\u200d"
_DROPPED = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_LOST = "\ufffc\ufffd"
"""What programs put where they could not read a character, or had a picture."""
_REFUSED = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


class Stranger(NamedTuple):
    """A character that stands in no name: its code point as `U+E863`, and its place, counted from 1."""

    code: str
    place: int


def tidied(text: str) -> str:
    """The name without what a paste left behind: composed (NFC), with single spaces of one kind."""
    kept = "".join(one for one in text if one not in _DROPPED)
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in kept)
    composed = unicodedata.normalize("NFC", spaced)
    return " ".join(part for part in composed.strip(" ").split(" ") if part.strip(_JOINERS))


def stranger_in(text: str) -> Stranger | None:
    """The first character of a text that no name has: control, private use, half a pair, no character."""
    for place, one in enumerate(text, 1):
        if one not in _DROPPED and _is_strange(one):
            return Stranger(f"U+{ord(one):04X}", place)
    return None


def _is_strange(one: str) -> bool:
    if one in _JOINERS:
        return False
    is_none = ord(one) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(one) <= 0xFDEF
    return is_none or one in _LOST or unicodedata.category(one) in _REFUSED
