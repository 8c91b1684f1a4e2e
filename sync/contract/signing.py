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


class VerifyKey:
    """A public key; `key_id` is the first 16 hex digits of its SHA-256."""

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self.raw = raw
        self.key_id = hashlib.sha256(raw).hexdigest()[:16]

    @classmethod
    def from_hex(cls, text: str) -> "VerifyKey":
        """Read a key of 64 hex digits; raises SettingsError for anything else."""
        try:
            return cls(bytes.fromhex(text))
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
            path.write_bytes(self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        except OSError as error:
            raise SettingsError(ContractTrouble.KEY_NOT_WRITTEN, path=path, why=error.strerror) from error

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.public.key_id})"
