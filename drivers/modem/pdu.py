"""Text messages as a modem hands them over and takes them, in PDU mode (3GPP TS 23.040). Pure.

Messages are read with the default alphabet even where a national language table is announced: the digits, all
that a check-in by text message consists of, are the same in most of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.modem import gsm_alphabet
from drivers.modem.sms_fields import (
    Address,
    Alphabet,
    Octets,
    PduError,
    alphabet_of,
    read_address,
    read_time,
    write_number,
)
from drivers.reading import Secret
from drivers.troubles import DeviceTrouble

MOST_PARTS_SENT = 8
"""Parts of the longest text that is sent; a longer one is a mistake."""

_LINE_ENDS = b"\r\n"
_MOST_OCTETS = 140
_VALID_FOR_AN_HOUR = 11  # (11 + 1) × 5 minutes; a later answer would only puzzle
_DELIVER, _SUBMIT = 0, 1
_HAS_HEADER = 0x40
_VALIDITY_FOLLOWS = 0x10
_UCS2_CODING = 0x08


@dataclass(frozen=True, slots=True)
class PartOf:
    """Which part of a longer text a message is; `reference` tells texts of one sender apart."""

    reference: int
    total: int
    index: int


@dataclass(frozen=True, slots=True)
class UserData:
    """What a message says; the text of a part may begin or end with half of a character beyond U+FFFF."""

    text: str = field(repr=False)
    part: PartOf | None = None


@dataclass(frozen=True, slots=True)
class ReceivedSms:
    """One received message; `sent_ms` is the service centre's time, None when it was no possible time."""

    sender: Address
    data: UserData
    sent_ms: int | None


@dataclass(frozen=True, slots=True)
class OutgoingPdu:
    """What `AT+CMGS=<octets>` and its prompt take; the service centre is the one that the SIM knows."""

    octets: int
    pdu: str = field(repr=False)


def decode_received(pdu: str) -> ReceivedSms:
    """Decode a DELIVER message with its service centre in front, in hexadecimal.

    Raises PduError for anything else, status reports and messages of binary data included.
    """
    octets = _octets(pdu)
    first = octets.octet()
    if first & 0x03 != _DELIVER:
        raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="it is no received message")
    sender = read_address(octets)
    octets.octet()  # the protocol identifier says nothing about the text
    coding = octets.octet()
    sent_ms = read_time(octets.take(7))
    return ReceivedSms(sender, read_user_data(octets, coding, has_header=bool(first & _HAS_HEADER)), sent_ms)


def decode_submitted(pdu: str) -> tuple[Address, UserData]:
    """Decode a SUBMIT message: to whom, and what. Raises PduError for anything else."""
    octets = _octets(pdu)
    first = octets.octet()
    if first & 0x03 != _SUBMIT:
        raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="it is no message to be sent")
    octets.octet()
    recipient = read_address(octets)
    octets.octet()
    coding = octets.octet()
    octets.take({0: 0, 2: 1}.get((first >> 3) & 0x03, 7))  # validity: absent, relative, enhanced or absolute
    return recipient, read_user_data(octets, coding, has_header=bool(first & _HAS_HEADER))


def encode_submitted(number: str, text: Secret, *, reference: int) -> tuple[OutgoingPdu, ...]:
    """Encode `text` to `number`, in as many messages as it needs; `reference` tells them from other texts'.

    Raises PduError when the number is none or the text needs more than eight messages.
    """
    recipient = write_number(number)
    messages = write_user_data(text.reveal(), reference=reference)
    outgoing = []
    for coding, has_header, length, content in messages:
        first = _SUBMIT | _VALIDITY_FOLLOWS | (_HAS_HEADER if has_header else 0)
        tpdu = bytes([first, 0x00]) + recipient + bytes([0x00, coding, _VALID_FOR_AN_HOUR, length]) + content
        outgoing.append(OutgoingPdu(len(tpdu), "00" + tpdu.hex().upper()))
    return tuple(outgoing)


def read_user_data(octets: Octets, coding: int, *, has_header: bool) -> UserData:
    """Read length, header and text; raises PduError for data that are no text."""
    alphabet = alphabet_of(coding)
    length = octets.octet()
    size = (length * 7 + 7) // 8 if alphabet is Alphabet.GSM_7BIT else length
    if size > _MOST_OCTETS:
        raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="it is longer than a message can be")
    content = octets.take(size)
    header_size = content[0] + 1 if has_header and content else 0
    if header_size > size:
        raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="its header is longer than its message")
    part = _part(content[1:header_size])
    if alphabet is Alphabet.OCTETS:
        octets_of_text = content[header_size:]
        if not all(0x20 <= one < 0x7F or one in _LINE_ENDS for one in octets_of_text):
            # Which alphabet is meant, nobody says; ASCII is the same in all of them.
            raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="it is data, not text")
        return UserData(octets_of_text.decode("ascii"), part)
    if alphabet is Alphabet.UCS2:
        units = content[header_size:]
        return UserData(units[: len(units) // 2 * 2].decode("utf-16-be", "surrogatepass"), part)
    header_septets = (header_size * 8 + 6) // 7
    fill_bits = header_septets * 7 - header_size * 8
    septets = gsm_alphabet.unpack(content[header_size:], max(0, length - header_septets), fill_bits=fill_bits)
    return UserData(gsm_alphabet.text_of(septets), part)


def write_user_data(text: str, *, reference: int) -> list[tuple[int, bool, int, bytes]]:
    """Cut a text into messages: data coding, whether a header is there, length field, header and text."""
    ucs2 = not gsm_alphabet.can_spell(text)
    size = _ucs2_units if ucs2 else lambda character: len(gsm_alphabet.septets_of(character))
    single, joined = (70, 67) if ucs2 else (160, 153)
    pieces = [text] if sum(map(size, text)) <= single else _cut(text, size, joined)
    if len(pieces) > MOST_PARTS_SENT:
        raise PduError(DeviceTrouble.TEXT_TOO_LONG, most=MOST_PARTS_SENT)
    messages = []
    for index, piece in enumerate(pieces, start=1):
        header = bytes([5, 0, 3, reference & 0xFF, len(pieces), index]) if len(pieces) > 1 else b""
        if ucs2:
            content = header + piece.encode("utf-16-be", "surrogatepass")
            messages.append((_UCS2_CODING, bool(header), len(content), content))
        else:
            septets = [septet for character in piece for septet in gsm_alphabet.septets_of(character)]
            content = header + gsm_alphabet.pack(septets, fill_bits=1 if header else 0)
            messages.append((0x00, bool(header), len(septets) + (7 if header else 0), content))
    return messages


def _octets(pdu: str) -> Octets:
    try:
        octets = Octets(bytes.fromhex(pdu))
    except ValueError as error:
        raise PduError(DeviceTrouble.TEXT_NOT_READABLE, why="it is not hexadecimal") from error
    octets.take(octets.octet())  # the service centre's address
    return octets


def _part(header: bytes) -> PartOf | None:
    """Find the element that says which part of a longer text this is: with an 8-bit or a 16-bit reference."""
    elements = Octets(header)
    place = 0
    while place < len(header):
        kind, value = elements.octet(), elements.take(elements.octet())
        place += 2 + len(value)
        if (kind, len(value)) in ((0x00, 3), (0x08, 4)):
            *reference, total, index = value
            if 1 <= index <= total:
                # 16-bit references are kept apart from 8-bit ones of the same value.
                return PartOf(int.from_bytes(reference, "big") + (0x10000 if kind else 0), total, index)
    return None


def _ucs2_units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _cut(text: str, size: Callable[[str], int], most: int) -> list[str]:
    pieces, room = [""], most
    for character in text:
        if size(character) > room:
            pieces.append("")
            room = most
        pieces[-1] += character
        room -= size(character)
    return pieces
