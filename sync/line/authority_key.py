"""The key that signs certificates: in a file that only its owner reads, or in a security module."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from foundation.errors import SettingsError
from sync.line.token_key import SCHEME, TokenAddress, TokenKey
from sync.line.troubles import LineTrouble


def is_in_token(location: str) -> bool:
    """Whether the key is named by a PKCS#11 URI, not by a file."""
    return location.startswith(SCHEME)


def open_key(location: str) -> ec.EllipticCurvePrivateKey:
    """The key in a file or a security module; raises SettingsError where it can't be used."""
    if is_in_token(location):
        return TokenKey(TokenAddress.read(location))
    try:
        key = load_pem_private_key(Path(location).read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(LineTrouble.AUTHORITY_KEY_NOT_READABLE, path=location, why=error) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SettingsError(LineTrouble.AUTHORITY_KEY_OTHER, path=location)
    return key


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as PKCS #8 PEM, for the file that only its owner reads."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
