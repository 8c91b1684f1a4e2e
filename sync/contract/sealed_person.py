"""Who walked in: name and telephone, sealed at the terminal so that only the centre can open them.

An ephemeral X25519 key (RFC 7748) agrees on a secret with the centre's; HKDF-SHA256 (RFC 5869) makes a key of
it and ChaCha20-Poly1305 (RFC 8439) encrypts. The reference of the walk-in is bound to it: what was sealed for
one can't be shown as another's. Once the centre deletes the private key, nobody can open it any more.
"""

import base64
import binascii
import secrets
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Meta, Struct

from foundation.errors import MessageError
from sync.contract.events import NOT_DECODABLE
from sync.contract.troubles import ContractTrouble

LONGEST_NAME: Final = 80
LONGEST_TELEPHONE: Final = 30
_KEY_BYTES = 32
_NO_NONCE = bytes(12)  # each sealed person has a key of its own
_DOMAIN = b"muster/1/walk-in/"


class Person(Struct, frozen=True):
    """What staff were told; `telephone` as it was typed, or ""."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    telephone: Annotated[str, Meta(max_length=LONGEST_TELEPHONE)] = ""

    def __repr__(self) -> str:
        return "Person()"  # no name in a traceback or a log


def draw_reference() -> str:
    """A reference that tells nothing of whom it stands for."""
    return f"walkin:{secrets.token_hex(16)}"


def make_private_key() -> bytes:
    """A new private key of a centre."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private: bytes) -> str:
    """The public key that terminals seal to: 64 hex digits."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


def seal_person(person: Person, reference: str, public: str) -> str:
    """What the event carries, as base64; `public` are the 64 hex digits that the roster names."""
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    sender = ephemeral.public_key().public_bytes_raw()
    cipher = _cipher(shared, sender, bytes.fromhex(public))
    encrypted = cipher.encrypt(_NO_NONCE, msgspec.json.encode(person), reference.encode())
    return base64.b64encode(sender + encrypted).decode("ascii")


def open_person(sealed: str, reference: str, private: bytes) -> Person:
    """Who it is; raises MessageError where another key, or another walk-in, is meant."""
    try:
        content = base64.b64decode(sealed, validate=True)
        sender, encrypted = content[:_KEY_BYTES], content[_KEY_BYTES:]
        shared = X25519PrivateKey.from_private_bytes(private).exchange(
            X25519PublicKey.from_public_bytes(sender)
        )
        cipher = _cipher(shared, sender, bytes.fromhex(public_key_of(private)))
        return msgspec.json.decode(cipher.decrypt(_NO_NONCE, encrypted, reference.encode()), type=Person)
    except (*NOT_DECODABLE, binascii.Error, InvalidTag, ValueError) as error:
        raise MessageError("person", ContractTrouble.PERSON_NOT_OPENED) from error


def _cipher(shared: bytes, sender: bytes, receiver: bytes) -> ChaCha20Poly1305:
    key = HKDF(SHA256(), length=32, salt=None, info=_DOMAIN + sender + receiver).derive(shared)
    return ChaCha20Poly1305(key)
