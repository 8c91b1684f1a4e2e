"""What a terminal and its centre say to each other so that the terminal belongs to the centre.

The terminal makes its keys and sends their public halves; the centre answers with a grant, or says why not.
Both travel over HTTPS or on a stick, and are believed for what they hold: a request is signed with the
terminal's own key (RFC 8032), a grant with the centre's, and whoever has a token proves it over every byte
(HMAC-SHA-256, RFC 2104). Secrets are sealed to a key that never leaves the terminal (HPKE, RFC 9180).
"""

import base64
import hashlib
import hmac
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from msgspec import Meta, Struct

from foundation.errors import MusterError, SettingsError
from foundation.trouble import Trouble
from sync.contract.events import HashHex, TerminalId
from sync.contract.signing import SIGNATURE_BYTES, SigningKey, VerifyKey
from sync.contract.wire import Bucket, Realm

VERSION = 1
MAX_BYTES = 16 * 1024
"""Neither a request nor an answer is longer."""
REQUEST_PATH = "/enrolment/1/request"
AUTHORITY_PATH = "/enrolment/1/authority"
_SEAL = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_SEALED_FOR = b"muster/1/enrolment-secrets\0"
_CODE_LETTERS = 8

Pem = Annotated[str, Meta(max_length=4096)]
Host = Annotated[str, Meta(min_length=1, max_length=253)]
Port = Annotated[int, Meta(ge=1, le=65535)]
TokenId = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")]
ProposedName = Annotated[str, Meta(pattern="^([a-z0-9][a-z0-9-]{1,31})?$")]
Inner = TypeVar("Inner", bound=Struct)


class EnrolmentRefusal(StrEnum):
    """Why a terminal was not enrolled; each has its sentence in the catalogs, as `enrol-…`."""

    # said by the centre
    EXPIRED = "expired"
    USED = "used"
    FOREIGN = "foreign"
    NAME_TAKEN = "name_taken"
    SAME_KEYS = "same_keys"
    DECLINED = "declined"
    BUSY = "busy"
    MALFORMED = "malformed"
    NOT_NOW = "not_now"
    # seen at the terminal
    NO_TOKEN = "no_token"  # noqa: S105 - the name of a refusal
    NEWER = "newer"
    MISTYPED = "mistyped"
    OTHER_CENTRE = "other_centre"
    CLOCK_BEHIND = "clock_behind"
    CLOCK_AHEAD = "clock_ahead"
    OTHER_REQUEST = "other_request"
    UNREACHABLE = "unreachable"
    KEYS_IN_USE = "keys_in_use"
    OTHER_LOG = "other_log"
    NOT_WRITTEN = "not_written"
    NO_REPLY = "no_reply"
    NOT_BEGUN = "not_begun"
    NO_ADDRESS = "no_address"
    NO_CENTRE = "no_centre"


class EnrolmentError(MusterError):
    """Why a terminal was not enrolled; its sentence is that of its code, of a newer centre's too."""

    def __init__(self, code: str, **arguments: str) -> None:
        super().__init__(code, **arguments)
        self.trouble = Trouble.term("enrol", code, **arguments)
        self.code = code
        self.arguments = arguments

    @classmethod
    def not_written(cls, path: Path, error: OSError) -> "EnrolmentError":
        """A file at the terminal could not be written or deleted."""
        return cls(EnrolmentRefusal.NOT_WRITTEN, file=str(path), why=error.strerror or str(error))


class EnrolmentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A terminal asks. `tls_request` is a PKCS #10 request (DER) for a P-256 key; keys are hex.

    `token` is the token's id, and `terminal` the name that it gives; both "" where a person at the centre
    approves by the code on the terminal's screen. `unique` makes every request another one.
    """

    terminal: ProposedName
    token: TokenId
    signing_key: HashHex
    sealing_key: HashHex
    tls_request: Annotated[bytes, Meta(max_length=2048)]
    unique: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class EnrolmentGrant(Struct, frozen=True, forbid_unknown_fields=True):
    """The centre agrees: who the terminal is from now on, and all that it needs on the line.

    `request` is the SHA-256 of the request; `secrets` are sealed to the request's key.
    """

    request: HashHex
    terminal: TerminalId
    realm: Realm
    bucket: Bucket
    centre: Annotated[str, Meta(max_length=40)]
    site: Annotated[str, Meta(max_length=120)]
    zone: Annotated[str, Meta(max_length=40)]
    centre_key: HashHex
    authority: Pem
    certificate: Pem
    broker_host: Host
    broker_port: Port
    secrets: Annotated[bytes, Meta(max_length=1024)]


class TerminalSecrets(Struct, frozen=True, forbid_unknown_fields=True):
    """What a terminal may hold and nobody else may read; hex."""

    pseudonym_key: HashHex


class Signed(Struct, frozen=True, forbid_unknown_fields=True):
    """A request or a grant as it travels: JSON text, its maker's signature, and the proof of a token."""

    v: int
    body: Annotated[str, Meta(max_length=MAX_BYTES)]
    sig: Annotated[bytes, Meta(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)]
    proof: Annotated[bytes, Meta(max_length=32)] = b""

    @property
    def digest(self) -> str:
        """The SHA-256 of what it says, as hex."""
        return hashlib.sha256(self.body.encode()).hexdigest()


class AnswerState(StrEnum):
    """How far the centre is with a request."""

    GRANTED = "granted"
    WAITING = "waiting"
    REFUSED = "refused"


class EnrolmentAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """What the centre answers each time it is asked; `arguments` are those of the refusal's sentence."""

    state: AnswerState
    grant: Signed | None = None
    refusal: str = ""
    arguments: dict[str, str] = {}


def ask(request: EnrolmentRequest, key: SigningKey, secret: bytes) -> bytes:
    """The request as it travels; `secret` is the token's, or nothing."""
    return msgspec.json.encode(_sign(b"request", request, key, secret))


def grant(granted: EnrolmentGrant, key: SigningKey, secret: bytes) -> Signed:
    """The grant as it travels, signed with the centre's key."""
    return _sign(b"grant", granted, key, secret)


def read_request(payload: bytes) -> tuple[Signed, EnrolmentRequest]:
    """A request whose signature holds; its token's proof is `proves`'s to check. Raises EnrolmentError."""
    if len(payload) > MAX_BYTES:
        raise EnrolmentError(EnrolmentRefusal.MALFORMED)
    try:
        signed = msgspec.json.decode(payload, type=Signed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnrolmentError(EnrolmentRefusal.MALFORMED) from error
    request = _open(signed, EnrolmentRequest)
    _check(b"request", signed, request.signing_key)
    return signed, request


def read_grant(signed: Signed, request: Signed, secret: bytes) -> EnrolmentGrant:
    """A grant that answers this request, made by whoever knows the token's secret (if there is one).

    Raises EnrolmentError.
    """
    granted = _open(signed, EnrolmentGrant)
    _check(b"grant", signed, granted.centre_key)
    if granted.request != request.digest:
        raise EnrolmentError(EnrolmentRefusal.OTHER_REQUEST)
    if secret and not proves(b"grant", signed, secret):
        raise EnrolmentError(EnrolmentRefusal.OTHER_CENTRE)
    return granted


def proves(kind: bytes, signed: Signed, secret: bytes) -> bool:
    """Whether who made this `request` or `grant` knew the token's secret."""
    return hmac.compare_digest(signed.proof, _proof(kind, signed.body, signed.sig, secret))


def seal_secrets(secrets: TerminalSecrets, sealing_key: str, request_digest: str) -> bytes:
    """Secrets that only the asking terminal can open, and only as the answer to this request."""
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(sealing_key))
    info = _SEALED_FOR + request_digest.encode()
    return _SEAL.encrypt(msgspec.json.encode(secrets), public, info)


def open_secrets(granted: EnrolmentGrant, key: X25519PrivateKey) -> TerminalSecrets:
    """The secrets of a grant; raises EnrolmentError where they are sealed to another key."""
    try:
        opened = _SEAL.decrypt(granted.secrets, key, _SEALED_FOR + granted.request.encode())
        return msgspec.json.decode(opened, type=TerminalSecrets)
    except (InvalidTag, ValueError, msgspec.DecodeError) as error:
        raise EnrolmentError(EnrolmentRefusal.OTHER_REQUEST) from error


def approval_code(request_digest: str) -> str:
    """The short code under which a person at the centre finds a waiting request; the words then prove it."""
    letters = base64.b32encode(bytes.fromhex(request_digest)).decode()[:_CODE_LETTERS]
    return f"{letters[:4]}-{letters[4:]}"


def approval_command(code: str, *, is_named: bool = True) -> str:
    """What somebody types at the centre; name and place too, where no token has named them."""
    return f"muster terminal approve {code}" + ("" if is_named else " --name NAME --site SITE")


def _sign(kind: bytes, what: Struct, key: SigningKey, secret: bytes) -> Signed:
    body = msgspec.json.encode(what).decode()
    sig = key.sign(_signed(kind, body))
    return Signed(VERSION, body, sig, _proof(kind, body, sig, secret) if secret else b"")


def _signed(kind: bytes, body: str) -> bytes:
    return b"muster/1/enrolment-" + kind + b"\0" + body.encode()


def _proof(kind: bytes, body: str, sig: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"proof\0" + sig + _signed(kind, body), hashlib.sha256).digest()


def _open(signed: Signed, into: type[Inner]) -> Inner:
    if signed.v != VERSION:
        raise EnrolmentError(EnrolmentRefusal.NEWER)
    try:
        return msgspec.json.decode(signed.body.encode(), type=into)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise EnrolmentError(EnrolmentRefusal.MALFORMED) from error


def _check(kind: bytes, signed: Signed, public_key: str) -> None:
    try:
        genuine = VerifyKey.from_hex(public_key).verifies(signed.sig, _signed(kind, signed.body))
    except SettingsError:  # no key, or one that anybody could sign for
        genuine = False
    if not genuine:
        raise EnrolmentError(EnrolmentRefusal.MALFORMED)
