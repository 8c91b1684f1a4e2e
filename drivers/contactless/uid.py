"""Contactless cards: how a PC/SC reader is asked for a card's UID, and what UID may identify a person.

A UID identifies, it proves nothing: MIFARE UIDs are copied to blank cards. The pseudo-APDU is that of PC/SC
part 3; the UID lengths are those of ISO 14443-3.
"""

from enum import StrEnum

from drivers.reading import Secret
from foundation.errors import CredentialError
from foundation.refusal import Refusal

GET_UID = bytes.fromhex("FFCA000000")

_DONE = b"\x90\x00"
_UID_BYTES = frozenset({4, 7, 10})
_RANDOM_FIRST_BYTE = "08"


class UidOrder(StrEnum):
    """In which order a reader gives the bytes of a UID; records hold the order of ISO 14443-3."""

    AS_READ = "as_read"
    REVERSED = "reversed"


def uid_from(response: bytes, order: UidOrder = UidOrder.AS_READ) -> Secret:
    """Return the UID in the response to GET_UID as upper-case hexadecimal digits.

    Raises CredentialError (unreadable) for a card without a UID.
    """
    uid, status = response[:-2], response[-2:]
    if status != _DONE or len(uid) not in _UID_BYTES:
        raise unreadable_card("The card on the reader gave no number.")
    in_order = uid[::-1] if order is UidOrder.REVERSED else uid
    return Secret(in_order.hex().upper())


def is_random(uid: str) -> bool:
    """Whether a card shows another UID each time (four bytes, the first 08), as phones and passports do."""
    return len(uid) == 8 and uid.startswith(_RANDOM_FIRST_BYTE)


def unreadable_card(what: str) -> CredentialError:
    """The error for a card that was there but could not be read."""
    return CredentialError(Refusal.UNREADABLE, what)
