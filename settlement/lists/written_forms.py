"""Characters as people and input methods write them: as what they are, and as shapes without data. Pure.

In a shape 9 stands for a digit (of its script), A and a for letters, and what is not seen is named.
"""

import re
import unicodedata

_MOST_DIGITS_TOLD = 8
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?")
_OTHER_LETTER = "▢"
_MARK = "◌"


def plain(text: str) -> str:
    """Digits of every script as ASCII, compatibility forms as what they are, without marks nobody sees."""
    if text.isascii():
        return text
    seen = (one for one in text if unicodedata.category(one) != "Cf")
    digits = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen)
    return unicodedata.normalize("NFKC", digits)


def told(text: str) -> str:
    """What a message may repeat of a cell: of a telephone or identity number in a wrong column the shape."""
    digits = sum(one.isdecimal() for one in text)
    return text[:20] if digits <= _MOST_DIGITS_TOLD or _DAY.fullmatch(text) else shape(text)[:40]


def seen(one: str) -> str:
    """A character as a message can show it: with its code point where it isn't ASCII's, or that alone."""
    code = f"U+{ord(one):04X}"
    if not (one.isprintable() and one.strip()):
        return code
    return one if one.isascii() else f"{one} ({code})"


def shape(text: str) -> str:
    """How something is written, without what it says."""
    return "".join(map(_shape_of, text))


def _shape_of(one: str) -> str:
    if one.isdecimal():
        return chr(ord(one) - unicodedata.decimal(one) + 9)
    category = unicodedata.category(one)
    if category in {"Cf", "Cc"} or (category == "Zs" and one != " "):
        return f"<U+{ord(one):04X}>"
    if category.startswith("M"):
        return _MARK
    if not category.startswith("L"):
        return one
    wide = unicodedata.normalize("NFKC", one)
    if not (len(wide) == 1 and wide.isascii()):
        return _OTHER_LETTER
    return chr(ord(one) - ord(wide) + ord("A" if wide.isupper() else "a"))
