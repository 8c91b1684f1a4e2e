"""Names and what people type for them, made alike: without accents, case and width. Pure.

José and jose, مُحَمَّد and محمد, Ｍｅｉ and mei are the same.
"""

import unicodedata

_JOINED = "'’ʼ`´-‐·・"
"""Within a word that people also write without them."""
_MARKS = (
    (0x0300, 0x036F),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
)
"""Accents of Latin, Greek and Cyrillic letters, points of Hebrew and Arabic ones; other marks are letters."""
_ALIKE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
     "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None, "ء": None}
)  # fmt: skip


def folded(text: str) -> str:
    """The text as it is compared: no accents, no case, one form of each letter; words between blanks."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(one for one in unicodedata.normalize("NFD", wide) if not _is_accent(one)).translate(_ALIKE)
    kept = (_sign(one) for one in unicodedata.normalize("NFC", bare))
    return " ".join("".join(kept).split())


def joined(text: str) -> str:
    """Without what people put into a word or leave out: apostrophes and hyphens."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one not in _JOINED)


def _sign(one: str) -> str:
    return one if unicodedata.category(one)[0] in "LMN" else " "


def _is_accent(one: str) -> bool:
    return any(first <= ord(one) <= last for first, last in _MARKS)
