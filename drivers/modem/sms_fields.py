"""The fields of which text message PDUs are made: addresses, times, alphabets (3GPP TS 23.040 and 23.038)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from drivers.modem import gsm_alphabet
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789*#abc"
_LONGEST_ADDRESS = 20  # half-octets


class PduError(DeviceError):
    """A message that can't be decoded or encoded; what it says is not repeated."""


class AddressKind(StrEnum):
    """What the type-of-address octet says of a sender."""

    INTERNATIONAL = "international"
    NATIONAL = "national"  # or unknown, which networks use for the same numbers
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Address:
    """A sender or recipient: digits without "+", or a name such as a bank's."""

    kind: AddressKind
    written: str = field(repr=False)

    def dialled(self) -> str:
        """The address as a person writes it: international numbers begin with "+"."""
        return f"+{self.written}" if self.kind is AddressKind.INTERNATIONAL else self.written


class Alphabet(StrEnum):
    """How the octets of a message spell its text."""

    GSM_7BIT = "7bit"
    OCTETS = "8bit"
    UCS2 = "ucs2"


class Octets:
    """Reads a PDU from the front; raises PduError when it ends too early."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._place = 0

    def take(self, count: int) -> bytes:
        """The next `count` octets."""
        taken = self._octets[self._place : self._place + count]
        if len(taken) < count:
            raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="it ends too early")
        self._place += count
        return taken

    def octet(self) -> int:
        """The next octet."""
        return self.take(1)[0]


def half_octets(octets: bytes) -> str:
    """Digits in half-octets, low half first; the fill value F ends them."""
    halves = [half for octet in octets for half in (octet & 0x0F, octet >> 4)]
    return "".join(_DIGITS[half] for half in halves if half != 0x0F)


def read_address(octets: Octets) -> Address:
    """Read length, type and digits (or a name in packed septets) of a sender or recipient."""
    length = octets.octet()
    if length > _LONGEST_ADDRESS:
        raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="an address is too long")
    kind = (octets.octet() >> 4) & 0x07
    value = octets.take((length + 1) // 2)
    if kind == 5:
        return Address(AddressKind.NAME, gsm_alphabet.text_of(gsm_alphabet.unpack(value, length * 4 // 7)))
    digits = half_octets(value)[:length]
    return Address(AddressKind.INTERNATIONAL if kind == 1 else AddressKind.NATIONAL, digits)


def write_number(dialled: str) -> bytes:
    """Length, type and digits of a recipient, international when it begins with "+"."""
    digits = dialled.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ADDRESS):
        raise PduError(DeviceTrouble.RECIPIENT_NO_NUMBER)
    kind = 0x91 if dialled.startswith("+") else 0x81
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[place + 1] + padded[place] for place in range(0, len(padded), 2))
    return bytes([len(digits), kind]) + bytes.fromhex(swapped)


def read_time(octets: bytes) -> int | None:
    """The service centre's seven-octet time as UTC in milliseconds; None when it names no possible moment."""
    values = [(octet & 0x0F) * 10 + (octet >> 4) for octet in octets[:6]]
    zone = octets[6]
    quarters = (zone & 0x07) * 10 + (zone >> 4)
    if any((octet & 0x0F) > 9 or (octet >> 4) > 9 for octet in octets[:6]):
        return None
    offset = timedelta(minutes=15 * quarters) * (-1 if zone & 0x08 else 1)
    try:
        year, month, day, hour, minute, second = values
        moment = datetime(2000 + year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def write_time(sent_ms: int, *, quarters: int = 32) -> bytes:
    """Write the same field for a zone so many quarters of an hour east of UTC; 32 is China's."""
    moment = _EPOCH + timedelta(milliseconds=sent_ms, minutes=15 * quarters)
    values = (
        moment.year % 100,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        quarters,
    )
    return bytes((value % 10) << 4 | value // 10 for value in values)


def alphabet_of(data_coding: int) -> Alphabet:
    """Which alphabet a data coding octet means (TS 23.038, 4); raises PduError for compressed text."""
    group = data_coding >> 4
    if group < 0x8:
        if data_coding & 0x20:
            raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="it is compressed")
        return {1: Alphabet.OCTETS, 2: Alphabet.UCS2}.get((data_coding >> 2) & 0x03, Alphabet.GSM_7BIT)
    if group == 0xE:
        return Alphabet.UCS2
    return Alphabet.OCTETS if group == 0xF and data_coding & 0x04 else Alphabet.GSM_7BIT
