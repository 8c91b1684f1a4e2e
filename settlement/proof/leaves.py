"""What a leaf says, byte by byte, and how it names a person without naming anybody.

A leaf is JSON: values that everybody may read, and `sealed`, one hash over the salted hashes of all other
values in a fixed order. Who holds a proof can show one of those with its salt, and the rest stays hidden:
without the salt, nobody finds a number by trying them all. Pure.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from settlement.proof.texts import text_of

SALT_BYTES = 16
SEAL_BYTES = 32


@dataclass(frozen=True, slots=True)
class Shown:
    """A sealed value that is shown, with the salt that is its own."""

    name: str
    salt: bytes
    value: str

    @property
    def seal(self) -> bytes:
        """The hash that stands for it."""
        return sha256(self.salt + self.name.encode() + b"\x00" + self.value.encode()).digest()


def leaf_content(kind: str, plain: Mapping[str, object], seals: Sequence[bytes]) -> bytes:
    """The bytes of a leaf; `seals` are the hashes of what it doesn't say."""
    return msgspec.json.encode({"of": kind, **plain, "sealed": text_of(sealed(seals))})


def sealed(seals: Sequence[bytes]) -> bytes:
    """The one hash over those of all values."""
    return sha256(b"".join(seals)).digest()


def shown(salt: bytes, values: Mapping[str, str]) -> list[Shown]:
    """These values with their salts, by the salt of their leaf; none of theirs tells another."""
    return [
        Shown(name, hmac.digest(salt, name.encode(), "sha256")[:SALT_BYTES], value)
        for name, value in values.items()
    ]
