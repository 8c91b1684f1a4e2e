"""The signed token in a badge's QR code: verified offline with nothing but the issuer's public key.

`MB1:` + base45 (RFC 9285) of 11 bytes and an Ed25519 signature: 117 characters of QR's alphanumeric mode.

    byte 0      what it is: 1 printed badge, 2 short-lived code of a phone; +128 for a demo
    bytes 1-6   volunteer number, big-endian
    bytes 7-10  printed: serial (2), last valid day as days since 2020-01-01 (2; 0 = no end)
                phone: valid until, as seconds since 1970 (4)
"""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import base45

from foundation.errors import CredentialError, SettingsError
from foundation.refusal import Refusal
from sync.contract.signing import SIGNATURE_BYTES, SigningKey, VerifyKey
from sync.contract.troubles import ContractTrouble
from sync.contract.volunteer_number import MAX_VOLUNTEER

PREFIX: Final = "MB1:"
MAX_CHARACTERS: Final = 120

CHARACTERS: Final = 117
"""Of every badge."""

_BODY_BYTES = 11
_TAG = b"muster/1/badge\0"
_DEMO = 128
_FIRST_DAY = dt.date(2020, 1, 1)
_LAST_DAY = _FIRST_DAY + dt.timedelta(days=2**16 - 1)
_DAY_MS = 86_400_000


class Form(IntEnum):
    """What shows the token."""

    PRINTED = 1
    PHONE = 2


@dataclass(frozen=True, slots=True)
class Badge:
    """A volunteer's token: who, which print of the badge, until when.

    `last_day` ends a printed badge (the whole day counts, until it is over in the last zone, UTC-12),
    `until_s` a phone's code.
    """

    volunteer: int
    form: Form = Form.PRINTED
    serial: int = 1
    last_day: dt.date | None = None
    until_s: int = 0
    demo: bool = False

    @property
    def reference(self) -> str:
        """How events name it; a re-printed badge has another serial and so another reference."""
        return (
            f"badge:{self.volunteer}.{self.serial}"
            if self.form is Form.PRINTED
            else f"phone:{self.volunteer}"
        )

    @property
    def ends_ms(self) -> int | None:
        """From when on it admits nobody (UTC, milliseconds); None = it doesn't end."""
        if self.form is Form.PHONE:
            return self.until_s * 1000 + 1
        if self.last_day is None:
            return None
        return (self.last_day - dt.date(1970, 1, 1)).days * _DAY_MS + _DAY_MS + 12 * 3_600_000

    def expired(self, wall_ms: int) -> bool:
        """Whether it ended before `wall_ms` (UTC, milliseconds)."""
        ends_ms = self.ends_ms
        return ends_ms is not None and wall_ms >= ends_ms


def require_issuable(badge: Badge) -> None:
    """Raises SettingsError when a number or the day doesn't fit into a token."""
    if not (
        0 < badge.volunteer <= MAX_VOLUNTEER and 0 <= badge.serial < 2**16 and 0 <= badge.until_s < 2**32
    ):
        raise SettingsError(
            ContractTrouble.BADGE_NUMBER, volunteer=badge.volunteer, serial=badge.serial, most=MAX_VOLUNTEER
        )
    if badge.last_day is not None and not _FIRST_DAY < badge.last_day <= _LAST_DAY:
        raise SettingsError(ContractTrouble.BADGE_DAY, day=badge.last_day, first=_FIRST_DAY, last=_LAST_DAY)


def issue(badge: Badge, key: SigningKey) -> str:
    """The token's text, as it is printed; raises SettingsError when a number or the day doesn't fit."""
    require_issuable(badge)
    body = bytes([badge.form | (_DEMO if badge.demo else 0)]) + badge.volunteer.to_bytes(6)
    if badge.form is Form.PRINTED:
        day = (badge.last_day - _FIRST_DAY).days if badge.last_day else 0
        body += badge.serial.to_bytes(2) + day.to_bytes(2)
    else:
        body += badge.until_s.to_bytes(4)
    encoded: bytes = base45.b45encode(body + key.sign(_TAG + body))
    return PREFIX + encoded.decode()


def looks_like_badge(text: str) -> bool:
    """Whether the text claims to be a Muster token; other printed codes are looked up in the roster."""
    return text.startswith(PREFIX)


def has_shape(text: str) -> bool:
    """Whether the text is as long as a token, in its alphabet and with its beginning; whoever signed it."""
    if len(text) != CHARACTERS or not looks_like_badge(text):
        return False
    try:
        return len(base45.b45decode(text.removeprefix(PREFIX))) == _BODY_BYTES + SIGNATURE_BYTES
    except ValueError:
        return False


def verify(text: str, keys: list[VerifyKey]) -> Badge:
    """The badge that one of `keys` signed.

    Raises CredentialError: unreadable for text that is no token (a decoder's misread ends here), forged_badge
    for a signature that none of the keys made. Expiry is the caller's question.
    """
    try:
        raw = base45.b45decode(text.removeprefix(PREFIX))
    except ValueError as error:
        raise CredentialError(Refusal.UNREADABLE) from error
    if not looks_like_badge(text) or len(raw) != _BODY_BYTES + SIGNATURE_BYTES:
        raise CredentialError(Refusal.UNREADABLE)
    body, signature = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    if not any(key.verifies(signature, _TAG + body) for key in keys):
        raise CredentialError(Refusal.FORGED_BADGE)
    return _parse(body)


def _parse(body: bytes) -> Badge:
    try:
        form = Form(body[0] & ~_DEMO)
    except ValueError as error:
        raise CredentialError(Refusal.UNREADABLE) from error
    volunteer, demo = int.from_bytes(body[1:7]), bool(body[0] & _DEMO)
    if form is Form.PHONE:
        return Badge(volunteer, form, 0, None, int.from_bytes(body[7:11]), demo)
    day = int.from_bytes(body[9:11])
    last_day = _FIRST_DAY + dt.timedelta(days=day) if day else None
    return Badge(volunteer, form, int.from_bytes(body[7:9]), last_day, 0, demo)
