"""How an NFC Forum Type 4 tag is asked for its NDEF message: commands out, responses in.

ISO 7816-4 SELECT and READ BINARY, with the application of the NFC Forum's Type 4 Tag specification 2.0. The
file's id is that of NXP's NTAG 424 DNA (data sheet NT4H2421Gx, 8.2.3.1), where it can't be changed.
"""

from collections.abc import Callable

SELECT_APPLICATION = bytes.fromhex("00A4040007D276000085010100")
SELECT_NDEF_FILE = bytes.fromhex("00A4000C02E104")
READ_BINARY = bytes.fromhex("00B0")

Transmit = Callable[[bytes], bytes]
"""Gives a card a command and returns its response, status words included; raises when the card is gone."""

_DONE = b"\x90\x00"
_LENGTH_BYTES = 2
_LONGEST_FILE = 256  # of an NTAG 424
_READ_AT_ONCE = 128  # what every reader passes on in one response


def read_ndef(transmit: Transmit) -> bytes:
    """The tag's NDEF message; empty where the card has none or says anything that does not fit.

    Raises whatever `transmit` raises when the card is gone.
    """
    for command in (SELECT_APPLICATION, SELECT_NDEF_FILE):
        if transmit(command)[-2:] != _DONE:
            return b""
    length = int.from_bytes(_read(transmit, 0, _LENGTH_BYTES))
    if not 0 < length <= _LONGEST_FILE - _LENGTH_BYTES:
        return b""
    return _read(transmit, _LENGTH_BYTES, length)


def _read(transmit: Transmit, offset: int, length: int) -> bytes:
    """Exactly `length` bytes of the file from `offset` on, or none."""
    data = b""
    while len(data) < length:
        wanted = min(length - len(data), _READ_AT_ONCE)
        response = transmit(READ_BINARY + (offset + len(data)).to_bytes(2) + bytes([wanted]))
        part, status = response[:-2], response[-2:]
        if status != _DONE or not part or len(part) > wanted:
            return b""
        data += part
    return data
