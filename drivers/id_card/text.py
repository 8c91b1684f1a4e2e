"""The text of a resident identity card: of all that is in it, only the number comes out.

The reply to a read begins with the lengths of the text and the photo, 16 bits each, big-endian. The text is
256 bytes of UTF-16LE with fields at fixed places, padded with spaces (GA/T 490). A flag at byte 248 says
which layout it has: a space for citizens, I and Y for the foreigners' permits of 2017 and 2023, J for the
permits of Hong Kong, Macao and Taiwan residents (the last is not confirmed by a second source).
"""

import re
from dataclasses import dataclass

from drivers.reading import Secret
from foundation.errors import CredentialError
from foundation.identity_number import has_right_check_digit
from foundation.refusal import Refusal

TEXT_BYTES = 256
FLAG_AT = 248
_LENGTHS = 4

_CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_PERMIT_2017_NUMBER = re.compile(r"[A-Z]{3}[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a kind of card has its number, in bytes, and the number's shape."""

    number_at: int
    number_bytes: int
    shape: re.Pattern[str]
    has_check_digit: bool


CITIZEN = Layout(122, 36, _CITIZEN_NUMBER, has_check_digit=True)
PERMIT_2017 = Layout(122, 30, _PERMIT_2017_NUMBER, has_check_digit=False)

LAYOUTS = {" ": CITIZEN, "I": PERMIT_2017, "Y": CITIZEN, "J": CITIZEN}
"""The layout by the card's flag; the permits of 2023 and J have their number where citizens have it."""


def number_from(read_reply: bytearray) -> Secret:
    """Return the number in the data of a reply to READ_CARD; name, address and photo are never decoded.

    Raises CredentialError when the reply is no card's record, its layout is unknown or the number is wrong.
    """
    record = memoryview(read_reply)
    text_bytes = int.from_bytes(record[:2], "big")
    photo_bytes = int.from_bytes(record[2:_LENGTHS], "big")
    if text_bytes != TEXT_BYTES or len(record) != _LENGTHS + text_bytes + photo_bytes:
        raise _unreadable("The reader's record of the card is not whole.")
    text = record[_LENGTHS : _LENGTHS + TEXT_BYTES]
    layout = LAYOUTS.get(_decode(text[FLAG_AT : FLAG_AT + 2]))
    if layout is None:
        raise _unreadable("The card has a layout that is not known here.")
    number = _decode(text[layout.number_at : layout.number_at + layout.number_bytes]).rstrip(" ")
    if not layout.shape.fullmatch(number):
        raise _unreadable("The card's number has not the shape of its kind.")
    if layout.has_check_digit and not has_right_check_digit(number):
        raise _unreadable("The card's number has a wrong check digit.")
    return Secret(number)


def _decode(field: memoryview) -> str:
    return bytes(field).decode("utf-16-le", errors="replace")


def _unreadable(what: str) -> CredentialError:
    return CredentialError(Refusal.UNREADABLE, what)
