"""NTAG 424 DNA tags that sign each tap (Secure Unique NFC, NXP application note AN12196). Pure.

The tag puts its UID, a tap counter and a signature into the address that it shows: encrypted (`PICC data`,
32 hexadecimal digits, and 16 of signature) or plain (14 of UID, 6 of counter, 16 of signature). Unlike a bare
UID that can't be copied; whoever verifies must keep the last counter and take only greater ones.

The signature covers UID and counter alone, as with a SDM MAC input that begins where the signature does.
"""

import hmac
import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from drivers.reading import Secret
from foundation.errors import CredentialError
from foundation.refusal import Refusal

KEY_BYTES = 16
SEVEN_BYTE_UID_AND_COUNTER = 0xC7
"""The first byte of PICC data that hold what is expected of them."""

_BLOCK, _UID, _COUNTER = 16, 7, 3
_SESSION_PREFIX = bytes.fromhex("3CC300010080")
_HEX_VALUE = re.compile(r"[?&][^=&#]*=([0-9A-Fa-f]+)(?=[&#]|$)")
_ENCRYPTED, _PLAIN = (32, 16), (14, 6, 16)


@dataclass(frozen=True, slots=True)
class TagKeys:
    """The keys of 16 bytes that the organiser wrote into its tags: for the PICC data, for the signature."""

    meta: bytes = field(repr=False)
    file: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tap:
    """A genuine tap: the tag's UID as upper-case hexadecimal digits, and how often it was tapped."""

    uid: Secret
    counter: int


def tap_message(address: str) -> Secret | None:
    """What a tag put into its web address, its parts joined by dots; None where it signs nothing.

    The parts are known by their lengths, so that the parameters may have any names and any order.
    """
    values = [value.upper() for value in _HEX_VALUE.findall(address)]
    for lengths in (_ENCRYPTED, _PLAIN):
        parts = [[value for value in values if len(value) == length] for length in lengths]
        if all(len(found) == 1 for found in parts):
            return Secret(".".join(found[0] for found in parts))
    return None


def verify_message(message: str, keys: TagKeys) -> Tap:
    """The tap that a message of `tap_message` proves; raises CredentialError as verify_tap does."""
    try:
        parts = [bytes.fromhex(part) for part in message.split(".")]
    except ValueError as error:
        raise _unreadable() from error
    match parts:
        case [picc_data, signature]:
            return verify_tap(picc_data, signature, keys)
        case [uid, counter, signature]:
            return _verify(uid, counter[::-1], signature, keys)
        case _:
            raise _unreadable()


def verify_tap(picc_data: bytes, signature: bytes, keys: TagKeys) -> Tap:
    """Decrypt `picc_data` (16 bytes) and verify `signature` (8 bytes).

    Raises CredentialError: unreadable for data of another length, forged_tag for those of other keys. That
    the counter grew is the caller's question.
    """
    if len(picc_data) != _BLOCK:
        raise _unreadable()
    decryptor = Cipher(algorithms.AES(keys.meta), modes.CBC(bytes(_BLOCK))).decryptor()
    plain = decryptor.update(picc_data) + decryptor.finalize()
    if plain[0] != SEVEN_BYTE_UID_AND_COUNTER:
        raise _forged()
    return _verify(plain[1 : 1 + _UID], plain[1 + _UID : 1 + _UID + _COUNTER], signature, keys)


def signature_of(uid: bytes, counter: bytes, keys: TagKeys) -> bytes:
    """The 8 bytes with which a tag signs its UID (7 bytes) and its counter (3, the lowest first)."""
    session_key = _cmac(keys.file, _SESSION_PREFIX + uid + counter)
    return _cmac(session_key, b"")[1::2]


def _verify(uid: bytes, counter: bytes, signature: bytes, keys: TagKeys) -> Tap:
    if (len(uid), len(counter), len(signature)) != (_UID, _COUNTER, _BLOCK // 2):
        raise _unreadable()
    if not hmac.compare_digest(signature_of(uid, counter, keys), signature):
        raise _forged()
    return Tap(Secret(uid.hex().upper()), int.from_bytes(counter, "little"))


def _cmac(key: bytes, data: bytes) -> bytes:
    cmac = CMAC(algorithms.AES(key))
    cmac.update(data)
    return cmac.finalize()


def _forged() -> CredentialError:
    return CredentialError(Refusal.FORGED_TAG)


def _unreadable() -> CredentialError:
    return CredentialError(Refusal.UNREADABLE, "A tag's data are not of its kind.")
