"""What people write of a card or a code, as a reader will present it; else why no reader can. Pure.

A cell that no reader can present would be taken today and never found at a terminal. Digits of every script,
blanks and hyphens, a spreadsheet's apostrophe and what stands for an X are read as what they are; the rest
is refused with the character and its place, and never guessed.
"""

import re
import unicodedata
from enum import StrEnum

from drivers.contactless.uid import is_random
from drivers.rfid_numbers import NumberFormat, facility_and_code, number_in
from foundation.code_text import BYTES_PREFIX, is_undeclared
from foundation.identity_number import has_right_check_digit
from foundation.telephone import e164, first_strange, is_chinese_landline, without_marks
from foundation.trouble import Trouble
from settlement.lists.row_troubles import RowFault, RowTrouble
from settlement.lists.written_forms import plain, seen
from sync.contract.pseudonym import LONGEST_CODE, SHORTEST_CODE

_LONGEST_BYTES = len(BYTES_PREFIX) + 2 * 128


class Wanted(StrEnum):
    """What a column is to hold; `wanted-…` in the catalogs."""

    ID_NUMBER = "id_number"
    CARD_UID = "card_uid"
    TAG = "tag"
    TAG_10D = "tag_10d"
    TAG_W26 = "tag_w26"
    CODE = "code"
    PHONE = "phone"


_BETWEEN = re.compile(r"[\s:.'’‘\-‐‑–]")
_APOSTROPHES = "'’‘＇"
"""In front of a cell: a spreadsheet's sign that it is text."""
_LIKE_X = str.maketrans({"×": "X", "Х": "X", "Χ": "X", "✕": "X", "✗": "X", "✘": "X"})
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]|[A-Z]{3}[0-9]{12}")
_CITIZEN_DIGITS = 18
_ROUNDED_END = "000"
_UID_DIGITS = (8, 14, 20)
_TAG_DIGITS = (8, 10)
_DECIMAL_UID_DIGITS = 8
_PREFIX = re.compile(r"(?<![0-9A-Z])0X")
_IN_PAIRS = re.compile(r"[0-9]{2}([^0-9][0-9]{2})+")
_THREE_BYTES = 0xFFFFFF
_CUT_CODE = re.compile(r".*[.,][0-9]{1,4}")
"""What a spreadsheet may have made of a pair: the number 119.2192 of 119.21920."""
_SPREADSHEET_NUMBER = re.compile(r"[0-9]+\.0+|[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
"""`4006381333931.0`, `4,006,381,333,931`: how programs write numbers, and no code is printed."""
_SAME_CHARACTER = ("<wide>", "<noBreak>")


def id_number(text: str) -> str:
    """The number of an identity card or permit, as the reader of such cards gives it; raises RowFault.

    Citizens' numbers end with a check digit (GB 11643), which tells a lost or mistyped one. Of a number a
    spreadsheet keeps fifteen digits, and one of eleven such wrecks has the right check digit: one that really
    ends with 000 is written in groups, as no spreadsheet would.
    """
    written = _bare(text).translate(_LIKE_X)
    _check_alphabet(Wanted.ID_NUMBER, text, written, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if not _ID_NUMBER.fullmatch(written):
        raise _letter_within(text) or _shape(Wanted.ID_NUMBER, written)
    if written.endswith(_ROUNDED_END) and text.strip().isdecimal():
        raise RowFault(RowTrouble.LAST_DIGITS_LOST)
    if written[0].isdigit() and not has_right_check_digit(written):
        raise RowFault(RowTrouble.CHECK_DIGIT)
    return written


def card_uid(text: str) -> str:
    """The UID of a contactless card: 4, 7 or 10 bytes (ISO 14443-3) in hexadecimal; raises RowFault.

    Eight decimal digits alone may as well be the decimal number that some readers give of a card, and are
    written with their bytes apart where they are not.
    """
    written = _hexadecimal(Wanted.CARD_UID, text)
    if len(written) not in _UID_DIGITS:
        raise _shape(Wanted.CARD_UID, written)
    is_plain = _as_text(text).isdecimal() and len(written) != _DECIMAL_UID_DIGITS
    if not (is_plain or _is_surely_hexadecimal(text)):
        raise RowFault(RowTrouble.DECIMAL_UID)
    if is_random(written):
        raise RowFault(RowTrouble.RANDOM_UID)
    return written


def tag(text: str) -> str:
    """The five bytes of an EM4100 tag, or its last four, in hexadecimal; raises RowFault.

    Decimal digits alone may as well be the number that is printed on it, which is another one and has a
    column of its own: such a tag is written with its bytes apart, as 00:11:25:93:75.
    """
    written = _hexadecimal(Wanted.TAG, text)
    if len(written) not in _TAG_DIGITS:
        raise _shape(Wanted.TAG, written)
    if not _is_surely_hexadecimal(text):
        raise RowFault(RowTrouble.PRINTED_NUMBER)
    return written


def tag_10d(text: str) -> str:
    """A tag's last four bytes in hexadecimal, from the ten decimal digits printed on it; raises RowFault.

    A spreadsheet may have lost zeros in front, and the same number may follow as a pair (W26), also below.
    """
    written = _as_text(text)
    number, *rest = written.split(maxsplit=1)
    _check_digits(Wanted.TAG_10D, text, number, "0123456789")
    found = number_in(number, NumberFormat.TAG_10D)
    pair = facility_and_code(rest[0]) if rest else None
    if found is None or (rest and pair is None):
        raise _shape(Wanted.TAG_10D, written)
    if rest and pair != int(number) & _THREE_BYTES:
        raise RowFault(RowTrouble.OTHER_PAIR)
    return found.digits


def tag_w26(text: str) -> str:
    """A tag's last four bytes in hexadecimal, from its facility and code (`119,21922`); raises RowFault.

    The first of the four is not in it and taken for 0. Fewer than five digits after a point may be a number
    whose last zeros a spreadsheet has dropped.
    """
    written = _as_text(text)
    _check_digits(Wanted.TAG_W26, text, written, "0123456789,.:/- ")
    found = number_in(written, NumberFormat.TAG_W26)
    if found is None or _CUT_CODE.fullmatch(written):
        raise _shape(Wanted.TAG_W26, written)
    return found.digits


def code(text: str) -> str:
    """The text of a code that scanners and cameras give alike; raises RowFault.

    Scanners send ASCII alone; full-width letters are those letters, but № is not what a scanner makes of it.
    Bytes that declare no text are written as cameras and `muster scan` write them, `bytes:` and hex digits.
    """
    for place, one in enumerate(text, 1):
        if not _is_sent(one) and one not in _APOSTROPHES:
            raise _strange(Wanted.CODE, one, place)
    written = _as_text(text)
    for place, one in enumerate(written, 1):
        if not " " <= one <= "~":
            raise _strange(Wanted.CODE, one, place)
    if _SPREADSHEET_NUMBER.fullmatch(written):
        raise RowFault(RowTrouble.NUMBER_FOR_CODE)
    longest = _LONGEST_BYTES if is_undeclared(written) else LONGEST_CODE
    if not SHORTEST_CODE <= len(written) <= longest:
        raise _shape(Wanted.CODE, written)
    return written


def telephone(text: str, region: str) -> str:
    """The mobile number as E.164, as a modem gives who sent a text; raises RowFault.

    A national number is read as it is dialled in `region`. A trunk zero, 00, `(0)` and a spreadsheet's `.0`
    are what they are; two numbers, an extension, a note, a lost digit and a Chinese landline are refused.
    """
    written = without_marks(_as_text(text))
    if (place := first_strange(written)) is not None:
        raise _strange(Wanted.PHONE, written[place], place + 1)
    number = e164(written, region)
    if number is None or is_chinese_landline(number):
        digits = sum(one.isdecimal() for one in written)
        told = Trouble.term("wanted", Wanted.PHONE)
        raise RowFault(RowTrouble.NO_TELEPHONE, digits=digits, region=region, wanted=told)
    return number


def _hexadecimal(wanted: Wanted, text: str) -> str:
    written = _BETWEEN.sub("", _PREFIX.sub("", plain(text).upper()))
    _check_alphabet(wanted, text, written, "0123456789ABCDEF")
    return written


def _is_surely_hexadecimal(text: str) -> bool:
    """Whether it holds a letter or `0x`, or else has its bytes apart."""
    written = plain(text).strip()
    return any(one.isalpha() for one in written) or _IN_PAIRS.fullmatch(written) is not None


def _check_digits(wanted: Wanted, text: str, written: str, allowed: str) -> None:
    begun = len(text) - len(text.strip().lstrip(_APOSTROPHES))
    for place, one in enumerate(written, 1):
        if one not in allowed:
            raise _strange(wanted, one, begun + place)


def _as_text(text: str) -> str:
    """Without blanks around it and without the apostrophe in front by which a spreadsheet keeps text."""
    return plain(text).strip().lstrip(_APOSTROPHES).strip()


def _is_sent(one: str) -> bool:
    """Whether a scanner can have sent what a person wrote so."""
    is_same = unicodedata.decomposition(one).startswith(_SAME_CHARACTER)
    return one.isascii() or one.isdecimal() or is_same or plain(one) == ""


def _letter_within(text: str) -> RowFault | None:
    """The letter that stands where a citizen's number has a digit, as O for 0, with its place."""
    if len(_bare(text)) != _CITIZEN_DIGITS:
        return None
    at = 0
    for place, one in enumerate(text, 1):
        read = _bare(one).translate(_LIKE_X)
        at += len(read)
        if read and not (read.isdigit() or (read == "X" and at == _CITIZEN_DIGITS)):
            return _strange(Wanted.ID_NUMBER, one, place)
    return None


def _check_alphabet(wanted: Wanted, text: str, written: str, allowed: str) -> None:
    """Raise RowFault for the first character that is none of these, with its place in the cell."""
    if all(one in allowed for one in written):
        return
    for place, one in enumerate(text, 1):
        read = _bare(one).translate(_LIKE_X) if wanted is Wanted.ID_NUMBER else _bare(one)
        is_prefix = read == "X" and _PREFIX.search(_bare(text[max(place - 3, 0) : place]))
        if not is_prefix and not all(part in allowed for part in read):
            raise _strange(wanted, one, place)
    raise _shape(wanted, written)


def _bare(text: str) -> str:
    """Upper case, with compatibility forms as what they are, and without what people put in between."""
    return _BETWEEN.sub("", plain(text).upper())


def _strange(wanted: Wanted, one: str, place: int) -> RowFault:
    told = Trouble.term("wanted", wanted)
    return RowFault(RowTrouble.CARD_CHARACTER, column=wanted, character=seen(one), place=place, wanted=told)


def _shape(wanted: Wanted, written: str) -> RowFault:
    told = Trouble.term("wanted", wanted)
    return RowFault(RowTrouble.CARD_SHAPE, column=wanted, length=len(written), wanted=told)
