"""NTAG 424 DNA tags that sign each tap (Secure Unique NFC, NXP application note AN12196). Pure.

The tag puts an encrypted UID with a tap counter and a signature into the address that it shows. Unlike a bare
UID it can't be copied; whoever verifies must keep the last counter and take only greater ones.
"""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from drivers.reading import Secret
from muster.errors import CredentialError

_BLOCK = 16
_SEVEN_BYTE_UID_AND_COUNTER = 0xC7
_SESSION_PREFIX = bytes.fromhex("3CC300010080")


@dataclass(frozen=True, slots=True)
class Tap:
    """A genuine tap: the tag's UID as upper-case hexadecimal digits, and how often it was tapped."""

    uid: Secret
    counter: int


def verify_tap(picc_data: bytes, signature: bytes, *, meta_key: bytes, file_key: bytes) -> Tap:
    """Decrypt `picc_data` (16 bytes) with the tag's meta read key and verify `signature` (8 bytes).

    Raises CredentialError: unreadable for data of another shape, forged_tag for a wrong signature. The keys
    have 16 bytes. That the counter grew is the caller's question.
    """
    if len(picc_data) != _BLOCK or len(signature) != _BLOCK // 2:
        raise _unreadable()
    decryptor = Cipher(algorithms.AES(meta_key), modes.CBC(bytes(_BLOCK))).decryptor()
    plain = decryptor.update(picc_data) + decryptor.finalize()
    if plain[0] != _SEVEN_BYTE_UID_AND_COUNTER:
        raise _unreadable()
    uid, counter = plain[1:8], plain[8:11]
    session_key = _cmac(file_key, _SESSION_PREFIX + uid + counter)
    expected = _cmac(session_key, b"")[1::2]
    if not hmac.compare_digest(expected, signature):
        raise CredentialError(
            "forged_tag",
            "A tag's signature is not of its key.",
            remedy="The person should go to the staff desk with an identity document.",
        )
    return Tap(Secret(uid.hex().upper()), int.from_bytes(counter, "little"))


def _cmac(key: bytes, data: bytes) -> bytes:
    cmac = CMAC(algorithms.AES(key))
    cmac.update(data)
    return cmac.finalize()


def _unreadable() -> CredentialError:
    return CredentialError(
        "unreadable", "A tag's data are not of its kind.", remedy="Hold it to the reader again."
    )
