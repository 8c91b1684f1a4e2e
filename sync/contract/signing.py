"""Ed25519 keys (RFC 8032): who signs, who may be believed, and how keys are kept in files."""

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from foundation.errors import SettingsError
from sync.contract.troubles import ContractTrouble

SIGNATURE_BYTES = 64
_SIGN_BIT = 0x80
_SMALL_ORDER = frozenset(
    bytes.fromhex(y)
    for y in (
        "0100000000000000000000000000000000000000000000000000000000000000",  # order 1
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 2
        "0000000000000000000000000000000000000000000000000000000000000000",  # order 4
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  # order 8
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  # order 8
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 4, as p
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 1, as p + 1
    )
)
"""The points of edwards25519 (RFC 8032, 5.1) whose order divides its cofactor 8, each with either sign bit.

Eight points and six other spellings of them, as https://github.com/C2SP/CCTV (ed25519) lists them. Such a
"key" has no owner: signatures that hold under it can be written down without any secret.
"""


def has_small_order(raw: bytes) -> bool:
    """Whether these bytes spell a point of small order: no key."""
    return raw[:-1] + bytes(byte & ~_SIGN_BIT for byte in raw[-1:]) in _SMALL_ORDER


class VerifyKey:
    """A public key; `key_id` is the first 16 hex digits of its SHA-256."""

    def __init__(self, raw: bytes) -> None:
        """Raises ValueError for bytes that are no key, or one under which anybody could sign."""
        if has_small_order(raw):
            raise ValueError("under this key anybody could sign")
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self.raw = raw
        self.key_id = hashlib.sha256(raw).hexdigest()[:16]

    @classmethod
    def from_hex(cls, text: str) -> "VerifyKey":
        """Read a key of 64 hex digits; raises SettingsError for anything else."""
        try:
            raw = bytes.fromhex(text)
            if has_small_order(raw):
                raise SettingsError(ContractTrouble.PUBLIC_KEY_WEAK, key=text)
            return cls(raw)
        except ValueError as error:
            raise SettingsError(ContractTrouble.PUBLIC_KEY_WRONG) from error

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the owner of this key signed exactly these bytes."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __repr__(self) -> str:
        return f"VerifyKey({self.key_id})"


class SigningKey:
    """A private key; its bytes never leave it but into its own file."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = VerifyKey(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def generate(cls) -> "SigningKey":
        """Draw a new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """The key of a 32-byte seed: for golden vectors and rendered demo badges only."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """Read a PKCS #8 PEM file; raises SettingsError naming it."""
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SettingsError(ContractTrouble.KEY_NOT_READ, path=path, why=error) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError(ContractTrouble.KEY_OTHER, path=path)
        return cls(key)

    def save(self, path: Path) -> None:
        """Write the key as PKCS #8 PEM that only its owner may read; an existing file is never replaced.

        Raises SettingsError when the file exists or can't be written.
        """
        try:
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(self.pem())
        except OSError as error:
            raise SettingsError(ContractTrouble.KEY_NOT_WRITTEN, path=path, why=error.strerror) from error

    def pem(self) -> bytes:
        """The private key as PKCS #8 PEM, for a file that nobody else reads."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.public.key_id})"
