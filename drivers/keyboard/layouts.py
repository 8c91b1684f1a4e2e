"""What the keys of a keyboard mean in each country: scanners that type imitate one of these layouts. Pure.

Names and characters are those of xkeyboard-config (rules evdev, model pc105); characters beyond ASCII are
left out, for no badge holds them.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

NOTHING = "·"
"""Stands in the tables for a key that gives no character of ASCII."""
SHIFT, ALT_GR = 1, 2
"""The levels of a key above its plain one."""


class Layout(StrEnum):
    """A keyboard's layout, by its name in xkb."""

    US = "us"
    GB = "gb"
    DE = "de"
    FR = "fr"
    BE = "be"
    ES = "es"
    IT = "it"
    PT = "pt"
    CH = "ch"
    SE = "se"
    DK = "dk"
    NO = "no"
    TR = "tr"
    JP = "jp"
    BR = "br"


_ROWS: Final = (range(2, 14), range(16, 28), range(30, 42), range(43, 54), (86, 89))
"""The keys whose meaning differs, as linux/input-event-codes.h numbers them, from the row of digits down."""
_EXTRA_KEYS: Final = frozenset({86, 89})
"""Beside the two Shifts; keyboards of the US have none there."""
# Each layout: plain, with Shift, with AltGr; the rows follow each other.
_TABLES: Final[dict[Layout, tuple[str, str, str]]] = {
    Layout.US: (
        "1234567890-= qwertyuiop[] asdfghjkl;'` \\zxcvbnm,./ <·",
        '!@#$%^&*()_+ QWERTYUIOP{} ASDFGHJKL:"~ |ZXCVBNM<>? >·',
        "············ ············ ············ ··········· |·",
    ),
    Layout.GB: (
        "1234567890-= qwertyuiop[] asdfghjkl;'` #zxcvbnm,./ \\·",
        '!"·$%^&*()_+ QWERTYUIOP{} ASDFGHJKL:@· ~ZXCVBNM<>? |·',
        "······{[]}\\· @·e········· ···········| ··········· |·",
    ),
    Layout.DE: (
        "1234567890·· qwertzuiop·+ asdfghjkl··· #yxcvbnm,.- <·",
        "!\"·$%&/()=?· QWERTZUIOP·* ASDFGHJKL··· 'YXCVBNM;:_ >·",
        "······{[]}\\· @··········~ ············ ··········· |·",
    ),
    Layout.FR: (
        "&·\"'(-·_··)= azertyuiop·$ qsdfghjklm·· *wxcvbn,;:! <·",
        "1234567890·+ AZERTYUIOP·· QSDFGHJKLM%~ ·WXCVBN?./· >·",
        "·~#{[|`\\^@]} ············ @··········· ··········· |·",
    ),
    Layout.BE: (
        "&·\"'(··!··)- azertyuiop·$ qsdfghjklm·· ·wxcvbn,;:= <·",
        "1234567890·_ AZERTYUIOP·* QSDFGHJKLM%· ·WXCVBN?./+ >·",
        "|@#··^{[{}\\· @·········[] ············ ··········· \\·",
    ),
    Layout.ES: (
        "1234567890'· qwertyuiop·+ asdfghjkl··· ·zxcvbnm,.- <·",
        '!"·$%&/()=?· QWERTYUIOP·* ASDFGHJKL··· ·ZXCVBNM;:_ >·',
        "|@#~··{[]}\\· @·········[] ··········{\\ }·········· |·",
    ),
    Layout.IT: (
        "1234567890'· qwertyuiop·+ asdfghjkl··\\ ·zxcvbnm,.- <·",
        '!"·$%&/()=?^ QWERTYUIOP·* ASDFGHJKL··| ·ZXCVBNM;:_ >·',
        "······{[]}`~ @·········[] ·········@#· ··········· ··",
    ),
    Layout.PT: (
        "1234567890'· qwertyuiop+· asdfghjkl··\\ ·zxcvbnm,.- <·",
        '!"#$%&/()=?· QWERTYUIOP*· ASDFGHJKL··| ·ZXCVBNM;:_ >·',
        "·@····{[]}\\· @··········· ············ ··········· \\·",
    ),
    Layout.CH: (
        "1234567890'· qwertzuiop·· asdfghjkl··· $yxcvbnm,.- <·",
        '+"*·%&/()=?· QWERTZUIOP·! ASDFGHJKL··· ·YXCVBNM;:_ >·',
        "|@#···|·]}·· @·········[] ··········{· }·········· \\·",
    ),
    Layout.SE: (
        "1234567890+· qwertyuiop·· asdfghjkl··· 'zxcvbnm,.- <·",
        '!"#·%&/()=?· QWERTYUIOP·· ASDFGHJKL··· *ZXCVBNM;:_ >·',
        "·@·$··{[]}\\· @··········· ············ ··········· |·",
    ),
    Layout.DK: (
        "1234567890+· qwertyuiop·· asdfghjkl··· 'zxcvbnm,.- <·",
        '!"#·%&/()=?· QWERTYUIOP·· ASDFGHJKL··· *ZXCVBNM;:_ >·',
        "·@·$··{[]}·| @··········· ············ ··········· \\·",
    ),
    Layout.NO: (
        "1234567890+\\ qwertyuiop·· asdfghjkl··| 'zxcvbnm,.- <·",
        '!"#·%&/()=?· QWERTYUIOP·· ASDFGHJKL··· *ZXCVBNM;:_ >·',
        "·@·$··{[]}·· @··········· ············ ··········· ··",
    ),
    Layout.TR: (
        '1234567890*- qwertyu·op·· asdfghjkl·i" ,zxcvbnm··. <·',
        "!'^+%&/()=?_ QWERTYUIOP·· ASDFGHJKL··· ;ZXCVBNM··: >·",
        ">·#$··{[]}\\| @··········~ ··········'< `·········· |·",
    ),
    Layout.JP: (
        "1234567890-^ qwertyuiop@[ asdfghjkl;:· ]zxcvbnm,./ <\\",
        "!\"#$%&'()~=~ QWERTYUIOP`{ ASDFGHJKL+*· }ZXCVBNM<>? >_",
        "············ ············ ············ ··········· |·",
    ),
    Layout.BR: (
        "1234567890-= qwertyuiop·[ asdfghjkl··' ]zxcvbnm,.; \\/",
        '!@#$%·&*()_+ QWERTYUIOP·{ ASDFGHJKL··" }ZXCVBNM<>: |?',
        "······{[]}\\· /?·········· ··········~· ··········· ··",
    ),
}


def character(layout: Layout, code: int, level: int) -> str:
    """The character of a key at a level; empty where it gives none of ASCII."""
    return _CHARACTERS[layout].get((code, level), "")


def retyped(text: str) -> Iterator[tuple[Layout, str]]:
    """What a text that was read as typed in the US means where the scanner types by another layout.

    Keys that give no character of ASCII there stand as NOTHING.
    """
    us = _CHARACTERS[Layout.US]
    # By what was most likely pressed: a key of every keyboard, and its lowest level.
    likely_last = sorted(us.items(), key=lambda one: (one[0][0] in _EXTRA_KEYS, one[0][1]), reverse=True)
    for layout in Layout:
        if layout is not Layout.US:
            meant = _CHARACTERS[layout]
            yield layout, text.translate({ord(one): meant.get(key, NOTHING) for key, one in likely_last})


def _characters(layout: Layout) -> dict[tuple[int, int], str]:
    codes = [code for row in _ROWS for code in row]
    return {
        (code, level): one
        for level, rows in enumerate(_TABLES[layout])
        for code, one in zip(codes, rows.replace(" ", ""), strict=True)
        if one != NOTHING
    }


_CHARACTERS: Final = {layout: _characters(layout) for layout in Layout}
