"""What the importer makes of cells that are not written as they are kept, for people to be told. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from foundation.telephone import country_of
from settlement.lists.written_forms import plain, shape


class Conversion(StrEnum):
    """A way in which a cell differs from what is kept; `conversion-…` in the catalogs."""

    BETWEEN = "between"
    """Blanks, hyphens, colons, dots and apostrophes in and around numbers are left out."""
    CASE = "case"
    """Small letters become capitals."""
    COMPOSED = "composed"
    """A letter and its mark become one character (NFC)."""
    COUNTRY = "country"
    """A telephone as it is dialled in the country becomes one with + and the country."""
    FLOAT = "float"
    """A spreadsheet's `.0` is dropped."""
    LEADING_ZEROS = "leading_zeros"
    LOOK_ALIKE = "look_alike"
    """What looks like an X becomes one."""
    OTHER_FORM = "other_form"
    """Full-width signs and digits of other scripts become those of ASCII."""
    PREFIX = "prefix"
    """`0x` is dropped."""
    SPACES = "spaces"
    """Spaces of other kinds, and several, become one."""
    UNSEEN = "unseen"
    """Marks that nobody sees are dropped."""


class Example(Struct, frozen=True):
    """How such a cell is written, and what becomes of it: shapes, which tell nobody's data."""

    before: str
    after: str


class Converted(Struct, frozen=True):
    """A kind of conversion in a column, and in how many cells of rows that would be entered."""

    column: str
    kind: Conversion
    cells: int
    example: Example


_FLOAT = re.compile(r"\.0+$")
_LIKE_X = re.compile("[×ХΧхχ✕✗✘]")
_BETWEEN = re.compile(r"[\s:.'’‘\-‐‑–()/]")


def conversions_of(column: str, text: str, read: str) -> Iterator[Conversion]:
    """What was done to the text of a cell so that it became `read`; nothing where they are the same."""
    if text == read:
        return
    if any(unicodedata.category(one) == "Cf" and one not in read for one in text):
        yield Conversion.UNSEEN
    if column == "name":
        yield from _of_name(text)
        return
    if any(not one.isascii() and plain(one) not in {one, ""} for one in text if not one.isspace()):
        yield Conversion.OTHER_FORM
    if column == "number":
        if plain(text).startswith("0"):
            yield Conversion.LEADING_ZEROS
    elif column == "phone":
        yield from _of_telephone(plain(text).strip().lstrip("'’‘"))
    elif column != "code":
        yield from _of_card(column, plain(text))
    elif plain(text).strip() != read:
        yield Conversion.BETWEEN


def example_of(column: str, text: str, read: str) -> Example:
    """The shapes of both; of a telephone the country is told, which is what was added."""
    if column != "phone":
        return Example(shape(text), shape(read))
    country = country_of(read)
    return Example(shape(text), f"{country}{shape(read[len(country) :])}")


def _of_name(text: str) -> Iterator[Conversion]:
    if any(one != " " and unicodedata.category(one) == "Zs" for one in text) or "  " in text:
        yield Conversion.SPACES
    if unicodedata.normalize("NFC", text) != text:
        yield Conversion.COMPOSED


def _of_telephone(written: str) -> Iterator[Conversion]:
    bare = _FLOAT.sub("", written)
    if bare != written:
        yield Conversion.FLOAT
    if not bare.startswith("+"):
        yield Conversion.COUNTRY
    elif _BETWEEN.search(bare):
        yield Conversion.BETWEEN


def _of_card(column: str, written: str) -> Iterator[Conversion]:
    if _BETWEEN.search(written):
        yield Conversion.BETWEEN
    if written.lower().startswith("0x"):
        yield Conversion.PREFIX
    if column == "id_number" and _LIKE_X.search(written):
        yield Conversion.LOOK_ALIKE
    if any("a" <= one <= "z" for one in written.removeprefix("0x")):
        yield Conversion.CASE
