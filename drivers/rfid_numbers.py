"""The forms in which readers type, and people write, the number of an RFID tag or card. Pure.

An EM4100 tag holds five bytes. Printed on it, and given by most readers that type, is a part of them: the
last four in decimal (10D, also called 8H10D), or the last three as a facility of one byte and a code of two
(W26, after the 26 bits of a Wiegand line: `119,21922`). Everything comes to the hexadecimal digits of the
bytes in the order of the tag; what was left out can't be known, so three bytes are taken for a four-byte
number that begins with 0, as it is on tags that are sold for such readers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from drivers.reading import Presented


class NumberFormat(StrEnum):
    """What a reader that types or sends text gives."""

    CODE = "code"  # the text of QR codes and barcodes, as it is
    TAG_10H = "10H"  # five bytes of a tag, hexadecimal
    TAG_8H = "8H"  # its last four
    TAG_13D = "13D"  # five bytes, decimal
    TAG_10D = "10D"  # its last four, as printed on most tags
    TAG_8H10D = "8H10D"  # the same by another name
    TAG_8D = "8D"  # its last three
    TAG_W26 = "W26"  # its last three: facility and code
    UID = "uid"  # a contactless card, hexadecimal
    UID_10D = "uid-10D"  # one of four bytes, decimal


@dataclass(frozen=True, slots=True)
class Number:
    """A tag's or card's own number: upper-case hexadecimal digits, two a byte."""

    presented: Presented
    digits: str


@dataclass(frozen=True, slots=True)
class _Form:
    """`sizes` are the bytes that a number may have; `base` is 10 or 16."""

    presented: Presented
    sizes: tuple[int, ...]
    base: int


_FORMS = {
    NumberFormat.TAG_10H: _Form(Presented.TAG, (5,), 16),
    NumberFormat.TAG_8H: _Form(Presented.TAG, (4,), 16),
    NumberFormat.TAG_13D: _Form(Presented.TAG, (5,), 10),
    NumberFormat.TAG_10D: _Form(Presented.TAG, (4,), 10),
    NumberFormat.TAG_8H10D: _Form(Presented.TAG, (4,), 10),
    NumberFormat.TAG_8D: _Form(Presented.TAG, (3,), 10),
    NumberFormat.UID: _Form(Presented.CARD_UID, (4, 7, 10), 16),
    NumberFormat.UID_10D: _Form(Presented.CARD_UID, (4,), 10),
}
_SHORTEST_TAG = 4  # bytes
_SHORTEST_DECIMAL = 4  # digits
_FACILITY_AND_CODE = re.compile(r"([0-9]{1,3})[,.:/ -]([0-9]{1,5})|([0-9]{3})([0-9]{5})")
_TELLING = (
    NumberFormat.TAG_W26,
    NumberFormat.TAG_10D,
    NumberFormat.TAG_10H,
    NumberFormat.TAG_8D,
    NumberFormat.TAG_8H,
    NumberFormat.TAG_13D,
    NumberFormat.UID_10D,
    NumberFormat.UID,
)
"""In the order in which one is told where several fit."""


def number_in(text: str, form: NumberFormat, *, turned: bool = False) -> Number | None:
    """The number that a text of this form gives, its bytes `turned` round if the reader does that.

    Zeros in front of a decimal number may be left out. None for a text that is not of the form, and for CODE,
    which is no number.
    """
    written = text.strip().upper()
    if form is NumberFormat.TAG_W26:
        pair = facility_and_code(written)
        return None if pair is None else _number(Presented.TAG, pair.to_bytes(3, "big"), turned=turned)
    known = _FORMS.get(form)
    if known is None:
        return None
    for size in known.sizes:
        if (octets := _octets(written, known.base, size)) is not None:
            return _number(known.presented, octets, turned=turned)
    return None


def presented_in(form: NumberFormat) -> Presented:
    """What a reader of this form is shown: a code, a tag or a card."""
    match form:
        case NumberFormat.CODE:
            return Presented.CODE
        case NumberFormat.TAG_W26:
            return Presented.TAG
        case _:
            return _FORMS[form].presented


def facility_and_code(text: str) -> int | None:
    """The three bytes of a pair as W26 has it, with something between or as eight digits; else None."""
    found = _FACILITY_AND_CODE.fullmatch(text)
    if found is None:
        return None
    facility, code = (int(one) for one in found.groups() if one is not None)
    return facility << 16 | code if facility < 1 << 8 and code < 1 << 16 else None


def forms_of(text: str, *, shortened: bool = False) -> Iterator[tuple[NumberFormat, bool, Number]]:
    """The forms that a text may have, with its bytes as they are and turned round.

    It has its whole length, unless readers that leave out zeros in front are meant as well (`shortened`).
    """
    for turned in (False, True):
        for form in _TELLING:
            number = number_in(text, form, turned=turned)
            if number is not None and (shortened or _is_whole(text.strip(), form)):
                yield form, turned, number


def _octets(written: str, base: int, size: int) -> bytes | None:
    shortest = _digits(base, size) if base == 16 else _SHORTEST_DECIMAL
    allowed = "0123456789ABCDEF"[:base]
    if not shortest <= len(written) <= _digits(base, size) or not all(one in allowed for one in written):
        return None
    value = int(written, base)
    return value.to_bytes(size, "big") if value < 256**size else None


def _digits(base: int, size: int) -> int:
    """How many digits a number of so many bytes has at most."""
    return 2 * size if base == 16 else len(str(256**size - 1))


def _is_whole(text: str, form: NumberFormat) -> bool:
    known = _FORMS.get(form)
    return known is None or len(text) in {_digits(known.base, size) for size in known.sizes}


def _number(presented: Presented, octets: bytes, *, turned: bool) -> Number:
    in_order = octets[::-1] if turned else octets
    if presented is Presented.TAG:
        in_order = in_order.rjust(_SHORTEST_TAG, b"\0")
    return Number(presented, in_order.hex().upper())
