"""Whether a message from a terminal may be believed, before anything is stored. Pure: no database.

Topic, signed header and key must name the same terminal; nothing inside a message is inflated before its
signature holds.
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from foundation.errors import MessageError
from settlement.troubles import CentreTrouble
from sync.contract import wire
from sync.contract.events import TerminalId
from sync.contract.renewal import RenewalRequest
from sync.contract.signing import VerifyKey
from sync.contract.wire import BatchHeader, Hello, MessageKind, Realm, RejectCode

NO_EPOCH = "0" * 32
"""What an answer names when the message named no epoch, or none that can be believed."""


class UpKind(StrEnum):
    """The last level of a topic on which terminals publish."""

    HELLO = "hello"
    BATCH = "batch"
    RENEWAL = "renewal"


class UpTopic(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Who claims to speak: `muster/1/up/<bucket>/<terminal>/<kind>`."""

    bucket: str
    terminal: TerminalId
    kind: UpKind


@dataclass(frozen=True, slots=True)
class KnownTerminal:
    """What the centre knows of an enrolled terminal."""

    terminal: str
    bucket: str
    key: VerifyKey
    revoked: bool


@dataclass(frozen=True, slots=True)
class VerifiedBatch:
    """Events that the terminal signed, linked from `header.prev` to `header.head`, with the hash of each."""

    header: BatchHeader
    events: list[bytes]
    hashes: list[bytes]


def read_topic(topic: str) -> UpTopic:
    """The parts of a topic; raises MessageError (malformed) for any other."""
    prefix = wire.topic("up") + "/"
    levels = topic.removeprefix(prefix).split("/") if topic.startswith(prefix) else []
    try:
        return msgspec.convert(levels, UpTopic)
    except msgspec.ValidationError as error:
        raise MessageError(
            RejectCode.MALFORMED, CentreTrouble.TOPIC_UNKNOWN, topic=topic[:120], why=error
        ) from error


def verify_hello(topic: UpTopic, payload: bytes, terminal: KnownTerminal | None, realm: Realm) -> Hello:
    """The greeting, once it is seen to come from `terminal`; raises MessageError with the reject's code."""
    _, hello = _verify(topic, payload, terminal, realm, MessageKind.HELLO, Hello)
    if len({head.epoch for head in hello.epochs}) < len(hello.epochs):
        raise MessageError(RejectCode.MALFORMED, CentreTrouble.EPOCH_NAMED_TWICE, terminal=hello.terminal)
    return hello


def last_word(payload: bytes, terminal: KnownTerminal) -> Hello | None:
    """The greeting of a revoked terminal, if it sent it itself: only then is it worth an order."""
    if not terminal.revoked:
        return None
    try:
        return wire.unseal(wire.read_envelope(payload), MessageKind.HELLO, Hello, terminal.key)
    except (MessageError, RecursionError):
        return None


def verify_batch(
    topic: UpTopic, payload: bytes, terminal: KnownTerminal | None, realm: Realm
) -> tuple[BatchHeader, bytes]:
    """Header and body of a batch that `terminal` signed; the body is not inflated yet (see `open_batch`).

    Raises MessageError with the reject's code: malformed, size, version, auth or realm.
    """
    envelope, header = _verify(topic, payload, terminal, realm, MessageKind.BATCH, BatchHeader)
    return header, envelope.body


def verify_renewal(topic: UpTopic, payload: bytes, terminal: KnownTerminal | None, realm: Realm) -> bytes:
    """The request for a certificate that `terminal` signed; raises MessageError with the reject's code."""
    envelope, _ = _verify(topic, payload, terminal, realm, MessageKind.RENEWAL, RenewalRequest)
    return envelope.body


def open_batch(header: BatchHeader, body: bytes) -> VerifiedBatch:
    """The events of a batch that `verify_batch` let pass; raises MessageError: size, malformed or chain."""
    events, hashes = wire.batch_events(header, body)
    return VerifiedBatch(header, events, hashes)


def _verify(
    topic: UpTopic,
    payload: bytes,
    terminal: KnownTerminal | None,
    realm: Realm,
    kind: MessageKind,
    into: type[wire.Header],
) -> tuple[wire.Sealed, wire.Header]:
    envelope = wire.read_envelope(payload)
    if terminal is None or terminal.revoked:
        _refuse_other_realm(_claim(envelope), realm)
        code = CentreTrouble.SENDER_UNKNOWN if terminal is None else CentreTrouble.SENDER_REVOKED
        raise MessageError(RejectCode.AUTH, code, terminal=topic.terminal)
    try:
        header = wire.unseal(envelope, kind, into, terminal.key)
    except MessageError as error:
        if error.code == RejectCode.AUTH:
            _refuse_other_realm(_claim(envelope), realm)
        raise
    claim = _claim(envelope)
    _refuse_other_realm(claim, realm)
    if claim.terminal != topic.terminal or topic.bucket != terminal.bucket:
        raise MessageError(
            RejectCode.AUTH,
            CentreTrouble.TOPIC_OTHER,
            terminal=claim.terminal,
            kind=kind,
            claimed=topic.terminal,
            bucket=topic.bucket,
        )
    return envelope, header


class _Claim(msgspec.Struct, frozen=True):
    realm: str = ""
    terminal: str = ""


def _claim(envelope: wire.Sealed) -> _Claim:
    """What the header says of its sender; believed only after the signature held."""
    try:
        return msgspec.json.decode(envelope.header, type=_Claim)
    except (msgspec.DecodeError, RecursionError):
        return _Claim()


def _refuse_other_realm(claim: _Claim, realm: Realm) -> None:
    """Refuse the other realm even unproven: a stranger from a demo should read that, not `not enrolled`."""
    if claim.realm in set(Realm) and claim.realm != realm:
        raise MessageError(RejectCode.REALM, CentreTrouble.REALM_OTHER, realm=realm, claimed=claim.realm)
