"""By which beginnings a name is found: without accents, in full pinyin, by the initials of the pinyin. Pure.

A name is folded as whatever people type for it is: José and jose, مُحَمَّد and محمد, Ｍｅｉ and mei are the
same. Keys are bytes of UTF-8, which both databases order alike, so that a beginning is a range of an index.
"""

import unicodedata
from collections.abc import Iterable, Sequence

LONGEST_KEY = 60
"""Bytes; what is longer is found by its beginning."""
MOST_WORDS = 4
"""Of a name or of what is looked for; further ones add nothing."""
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
_ARTICLE = "ال"
_SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "长孙": "zhang sun", "单于": "chan yu", "澹台": "tan tai",
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "盖": "ge", "区": "ou", "朴": "piao",
    "翟": "zhai", "覃": "qin", "缪": "miao", "乐": "yue", "冼": "xian", "员": "yun", "秘": "bi", "折": "she",
    "黑": "he", "洗": "xian", "种": "chong", "繁": "po", "召": "shao",
}  # fmt: skip
"""Signs that are read otherwise where they are a surname."""


def folded(text: str) -> str:
    """The text as it is compared: no accents, no case, one form of each letter; words between blanks."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(one for one in unicodedata.normalize("NFD", wide) if not _is_accent(one)).translate(_ALIKE)
    kept = (_sign(one) for one in unicodedata.normalize("NFC", bare))
    return " ".join("".join(kept).split())


def keys_of(name: str) -> frozenset[bytes]:
    """The keys of a name: from the beginning and from each further word on, of each way to write it."""
    units = _units(name)
    written = {_cut("".join(units[at:])) for at in _beginnings(units)}
    written |= {_cut(unit.removeprefix(_ARTICLE)) for unit in units if unit.startswith(_ARTICLE)}
    if any(_is_han(unit) for unit in units):
        read = _readings(units)
        written |= {_cut("".join(read[at:])) for at in _beginnings(units)}
        written.add(_cut("".join(one[:1] for one in read)))
        written |= {key.replace(b"v", b"u") for key in written if b"lv" in key or b"nv" in key}
    return frozenset(written - {b""})


def wanted_keys(text: str) -> list[bytes]:
    """The beginnings that a text looks for; a name fits that has a key for each of them."""
    return sorted({_cut(word) for word in folded(_joined(text)).split()[:MOST_WORDS]})


def _units(name: str) -> list[str]:
    """Words, and of Chinese each sign."""
    units: list[str] = []
    for word in folded(name).split()[: MOST_WORDS * 2]:
        rest = ""
        for one in word:
            if _is_han(one):
                units += [rest, one] if rest else [one]
                rest = ""
            else:
                rest += one
        units += [rest] if rest else []
    return units


def _beginnings(units: Sequence[str]) -> Iterable[int]:
    """Where a key begins; a last single Chinese sign of a longer name would find too many."""
    return [at for at, unit in enumerate(units) if at < 2 or at < len(units) - 1 or not _is_han(unit)]


def _readings(units: Sequence[str]) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its tables are large, and few processes need them

    read: list[str] = [lazy_pinyin(unit)[0] if _is_han(unit) else unit for unit in units]
    for length in (2, 1):
        surname = _SURNAMES.get("".join(units[:length]))
        if surname is not None and len(units) > length:
            return [*surname.split(), *read[length:]]
    return read


def _joined(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one not in _JOINED)


def _sign(one: str) -> str:
    return one if unicodedata.category(one)[0] in "LMN" else " "


def _is_accent(one: str) -> bool:
    return any(first <= ord(one) <= last for first, last in _MARKS)


def _is_han(unit: str) -> bool:
    return len(unit) == 1 and ("\u3400" <= unit <= "\u9fff" or "\U00020000" <= unit <= "\U000323af")


def _cut(text: str) -> bytes:
    return text.encode()[:LONGEST_KEY]
