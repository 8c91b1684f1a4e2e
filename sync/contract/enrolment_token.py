"""The one-time token of an enrolment: one line that a person can type and a QR code can carry.

`MUSTER1.` and base 32 (RFC 4648, no padding) of: the secret (16 bytes), the SHA-256 of the centre's authority
(32), the end of the token in UTC minutes (4), the enrolment address's port (2), then terminal name and host,
each after its length (1), and the first 4 bytes of the SHA-256 over all that, which tells a slip of the hand.
All characters are of QR's alphanumeric mode, so that the code stays small.
"""

import base64
import hashlib
import re
import struct
from dataclasses import dataclass

from sync.contract.enrolment import EnrolmentError, EnrolmentRefusal

SECRET_BYTES = 16
FINGERPRINT_BYTES = 32
_PREFIX = "MUSTER1."
_HEAD = struct.Struct(f">{SECRET_BYTES}s{FINGERPRINT_BYTES}sIH")
_CHECK_BYTES = 4
_MINUTE_MS = 60_000
_MISREAD = str.maketrans("018", "OIB")
"""Digits that base 32 does not know: whoever reads the line aloud or types it means the letter."""


@dataclass(frozen=True, slots=True)
class EnrolmentToken:
    """What the centre hands to whoever sets a terminal up; `ends_min` counts minutes since 1970 (UTC)."""

    secret: bytes
    fingerprint: bytes
    ends_min: int
    port: int
    terminal: str
    host: str

    @property
    def ends_ms(self) -> int:
        """The first UTC millisecond at which the centre does not take it any more."""
        return self.ends_min * _MINUTE_MS

    @property
    def token_id(self) -> str:
        """How the centre finds the token without keeping its secret."""
        return token_id(self.secret)

    def text(self) -> str:
        """The token as one line."""
        packed = _HEAD.pack(self.secret, self.fingerprint, self.ends_min, self.port)
        packed += _prefixed(self.terminal) + _prefixed(self.host)
        return _PREFIX + base64.b32encode(packed + _check(packed)).decode().rstrip("=")

    def __repr__(self) -> str:
        return f"EnrolmentToken({self.terminal} at {self.host}:{self.port})"


def token_id(secret: bytes) -> str:
    """The first 128 bits of the secret's SHA-256, as hex."""
    return hashlib.sha256(b"muster/1/enrolment-token\0" + secret).hexdigest()[:32]


def looks_like_token(text: str) -> bool:
    """Whether a text claims to be a token, of this kind or a later one: then it must not be kept anywhere."""
    return re.match(r"\s*MUSTER\d+\.", text, re.IGNORECASE) is not None


def read_token(text: str) -> EnrolmentToken:
    """Read a token as it was typed or scanned: capitals, blanks and hyphens don't matter.

    Raises EnrolmentError: NO_TOKEN for other text, NEWER for a later kind of token, MISTYPED.
    """
    given = re.sub(r"[\s-]+", "", text).upper()
    if not given.startswith(_PREFIX):
        newer = re.match(r"MUSTER\d+\.", given)
        raise EnrolmentError(EnrolmentRefusal.NEWER if newer else EnrolmentRefusal.NO_TOKEN)
    digits = given.removeprefix(_PREFIX).translate(_MISREAD)
    try:
        packed = base64.b32decode(digits + "=" * (-len(digits) % 8))
        inside, check = packed[:-_CHECK_BYTES], packed[-_CHECK_BYTES:]
        if _check(inside) != check:
            raise EnrolmentError(EnrolmentRefusal.MISTYPED)
        secret, fingerprint, ends_min, port = _HEAD.unpack_from(inside)
        terminal, rest = _taken(inside[_HEAD.size :])
        host, rest = _taken(rest)
    except (ValueError, struct.error, IndexError) as error:
        raise EnrolmentError(EnrolmentRefusal.MISTYPED) from error
    return EnrolmentToken(secret, fingerprint, ends_min, port, terminal, host)


def _check(packed: bytes) -> bytes:
    return hashlib.sha256(packed).digest()[:_CHECK_BYTES]


def _prefixed(text: str) -> bytes:
    encoded = text.encode("ascii")
    return bytes([len(encoded)]) + encoded


def _taken(packed: bytes) -> tuple[str, bytes]:
    end = 1 + packed[0]
    return packed[1:end].decode("ascii"), packed[end:]
