"""By which beginnings a name is found: without accents, in full pinyin, by the initials of the pinyin. Pure.

A name is folded as whatever people type for it is: José and jose, مُحَمَّد and محمد, Ｍｅｉ and mei are the
same. Keys are bytes of UTF-8, which both databases order alike, so that a beginning is a range of an index.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from foundation.name_folding import folded, joined

LONGEST_KEY = 60
"""Bytes; what is longer is found by its beginning."""
MOST_WORDS = 4
"""Of a name or of what is looked for; further ones add nothing."""
_ARTICLE = "ال"
_SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "长孙": "zhang sun", "单于": "chan yu", "澹台": "tan tai",
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "盖": "ge", "区": "ou", "朴": "piao",
    "翟": "zhai", "覃": "qin", "缪": "miao", "乐": "yue", "冼": "xian", "员": "yun", "秘": "bi", "折": "she",
    "黑": "he", "洗": "xian", "种": "chong", "繁": "po", "召": "shao",
}  # fmt: skip
"""Signs that are read otherwise where they are a surname."""


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


def read_in_latin(name: str) -> str:
    """How a Chinese name is read, syllables apart: `li ming`; "" for any other name."""
    units = _units(name)
    return " ".join(_readings(units)) if any(_is_han(unit) for unit in units) else ""


def wanted_keys(text: str) -> list[bytes]:
    """The beginnings that a text looks for; a name fits that has a key for each of them."""
    return sorted({_cut(word) for word in folded(joined(text)).split()[:MOST_WORDS]})


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
    read = [_reading(unit) if _is_han(unit) else unit for unit in units]
    for length in (2, 1):
        surname = _SURNAMES.get("".join(units[:length]))
        if surname is not None and len(units) > length:
            return [*surname.split(), *read[length:]]
    return read


@cache
def _reading(sign: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its tables are large, and few processes need them

    return str(lazy_pinyin(sign)[0])


def _is_han(unit: str) -> bool:
    return len(unit) == 1 and ("\u3400" <= unit <= "\u9fff" or "\U00020000" <= unit <= "\U000323af")


def _cut(text: str) -> bytes:
    return text.encode()[:LONGEST_KEY]
