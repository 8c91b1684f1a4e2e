"""The web address in an NDEF message, as tags store it (NFC Forum NDEF 1.0 and URI record 1.0). Pure.

    byte 0     flags: 0x10 short record (payload length in one byte), 0x08 has an id; low 3 bits: kind of type
    byte 1     length of the type
    then       length of the payload (1 byte, or 4), length of the id if it has one, type, id, payload

A URI record is of the well-known type "U"; its payload is one byte for the beginning and the rest as UTF-8.
"""

from collections.abc import Iterator

_SHORT, _HAS_ID, _LAST = 0x10, 0x08, 0x40
_KIND, _WELL_KNOWN = 0x07, 0x01
_BEGINNINGS = {0: "", 1: "http://www.", 2: "https://www.", 3: "http://", 4: "https://"}


def web_address(message: bytes) -> str:
    """The address in the first URI record; empty where there is none, whatever the bytes are."""
    for kind, payload in _records(message):
        if kind == b"U" and payload and payload[0] in _BEGINNINGS:
            return _BEGINNINGS[payload[0]] + payload[1:].decode("utf-8", "replace")
    return ""


def _records(message: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and payload of each well-known record; ends where a record says more than there is."""
    place = 0
    while place + 2 <= len(message):
        flags, type_length = message[place], message[place + 1]
        size = 1 if flags & _SHORT else 4
        has_id = bool(flags & _HAS_ID)
        start = place + 2 + size + has_id
        if start > len(message):
            return
        payload_length = int.from_bytes(message[place + 2 : place + 2 + size])
        payload_start = start + type_length + (message[start - 1] if has_id else 0)
        place = payload_start + payload_length
        if place > len(message):
            return
        if flags & _KIND == _WELL_KNOWN:
            yield message[start : start + type_length], message[payload_start:place]
        if flags & _LAST:
            return
