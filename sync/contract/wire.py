"""The contract between terminal and centre: topics, messages, seals. Both ends read the same golden vectors.

Every signed message travels as one `Sealed` envelope. The signature covers kind, header and body exactly as
sent, and is verified before anything inside is parsed or inflated.
"""

import zlib
from collections.abc import Sequence as Several
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from foundation.errors import MessageError
from sync.contract import chain
from sync.contract.events import (
    MOST,
    NOT_DECODABLE,
    Boot,
    ClockTrust,
    Epoch,
    HashHex,
    Milliseconds,
    Sequence,
    TerminalId,
)
from sync.contract.signing import SIGNATURE_BYTES, SigningKey, VerifyKey
from sync.contract.troubles import ContractTrouble

VERSION = 1
MAX_MESSAGE_BYTES = 128 * 1024
MAX_INFLATED_BYTES = 1024 * 1024
MAX_BATCH_EVENTS = 200
MAX_BATCH_EVENT_BYTES = 64 * 1024
MAX_HELLO_EPOCHS = 500
BUCKETS = 64
"""So many fixed parts all terminals lie in, by which several listeners share them."""
"""The newest epochs that a hello names: a terminal that restarts all day must still be able to greet."""

Bucket = Annotated[int, Meta(ge=0, le=BUCKETS - 1)]
Count = Annotated[int, Meta(ge=0, le=MOST)]
KeyId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$", description="first digits of a public key's SHA-256")]


class Realm(StrEnum):
    """Whether evidence is real; a live centre refuses a demo's."""

    LIVE = "live"
    DEMO = "demo"


class MessageKind(StrEnum):
    """What a sealed message is; part of what is signed, so that one can't pass for another."""

    HELLO = "hello"
    BATCH = "batch"
    ACK = "ack"
    ROSTER = "roster"
    ROSTER_CHUNK = "roster_chunk"
    SETTINGS = "settings"
    COMMAND = "command"
    RENEWAL = "renewal"
    CERTIFICATE = "certificate"
    HANDOVER = "handover"


class RejectCode(StrEnum):
    """Why the centre did not take a message."""

    AUTH = "auth"
    CHAIN = "chain"
    SIZE = "size"
    VERSION = "version"
    REALM = "realm"
    MALFORMED = "malformed"


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """The envelope: `header` is JSON text, `body` bytes (base64 in JSON), `sig` Ed25519 over all of it."""

    v: int
    kind: str
    key: str
    header: str
    body: bytes
    sig: bytes


class BatchHeader(Struct, frozen=True):
    """Events `first`..`last` of one epoch; `prev` is the hash before the first, `head` that of the last.

    `boot` and `mono_ms` date the sending, for the acknowledgement to echo.
    """

    realm: Realm
    terminal: TerminalId
    epoch: Epoch
    first: Sequence
    last: Sequence
    prev: HashHex
    head: HashHex
    count: Annotated[int, Meta(ge=1, le=MAX_BATCH_EVENTS)]
    encoding: Annotated[str, Meta(pattern="^deflate$")]
    boot: Boot
    mono_ms: Milliseconds


class EpochHead(Struct, frozen=True):
    """What a terminal's log holds of one epoch: the oldest seq kept, and the newest with its hash."""

    epoch: Epoch
    oldest: Sequence
    head: Sequence
    hash: HashHex


class Hello(Struct, frozen=True):
    """Sent at each connect, every 15 minutes and at a change: what the terminal holds, how it sees the time.

    No epoch is named twice. `revoked` stands in it only where the terminal knows of its revocation: it has
    forgotten roster, settings and keys, and accepts nobody; `taken_over` in some while another device has a
    copy of its certificate and takes its place at the broker again and again. `believes` names the centre's
    key whose word it takes.
    """

    realm: Realm
    terminal: TerminalId
    epochs: Annotated[list[EpochHead], Meta(max_length=MAX_HELLO_EPOCHS)]
    boot: Boot
    mono_ms: Milliseconds
    wall_ms: Milliseconds
    clock: ClockTrust
    roster: Count
    config: Count
    unsent: Count
    software: Annotated[str, Meta(max_length=40)]
    revoked: bool | UnsetType = UNSET
    taken_over: bool | UnsetType = UNSET
    believes: KeyId | UnsetType = UNSET


class Reject(Struct, frozen=True):
    """A negative acknowledgement of events `first`..`last` (both 0 when the message named none)."""

    code: RejectCode
    first: Count
    last: Count
    detail: Annotated[str, Meta(max_length=200)]
    versions: list[int] = []


class Ack(Struct, frozen=True):
    """The centre holds `contiguous` events of the epoch durably, and `hash` is the chain there.

    `held` are ranges stored above a gap. `pause_ms` asks for silence. `doubted` stands in it only while two
    logs speak in this terminal's name and nobody at the centre has settled it. The terminal believes an
    acknowledgement only where its own log has that hash.
    """

    store: Annotated[str, Meta(max_length=40)]
    generation: Count
    terminal: TerminalId
    epoch: Epoch
    contiguous: Count
    hash: HashHex
    archived: Count
    server_ms: Milliseconds
    held: list[tuple[Sequence, Sequence]] = []
    rejects: list[Reject] = []
    echo_boot: str = ""
    echo_mono_ms: Milliseconds = 0
    pause_ms: Count = 0
    doubted: bool | UnsetType = UNSET


class LinkState(StrEnum):
    """What a retained state message says of a terminal."""

    ONLINE = "online"
    OFFLINE = "offline"


class DeviceReport(Struct, frozen=True):
    """One device of a terminal; `state` is ready, opening, closed or fault.

    `readings` and `unreadable` count since the engine's start, `…_last_minute` those of the last 60 s.
    """

    kind: str
    state: str
    readings: Count
    unreadable: Count
    readings_last_minute: Count = 0
    unreadable_last_minute: Count = 0
    last_reading_wall_ms: Milliseconds | None = None


class Health(Struct, frozen=True):
    """How a terminal is doing; None stands for what it can't know.

    `devices` counts the devices' states, `each_device` tells of every one by its name in the settings (empty
    from a terminal that is older than this field); `temperature_mc` is thousandths of a degree Celsius;
    `throttled_bits` are a Raspberry Pi's: 0 undervoltage, 1 capped frequency, 2 throttled, 3 soft temperature
    limit, and 16 higher the same since its boot; times are UTC milliseconds by the terminal's clock.
    """

    clock: str
    devices: dict[str, int]
    readings: Count
    here: Count
    disk_free_bytes: Count
    clock_error_ms: Count | None = None
    temperature_mc: int | None = None
    undervoltage: bool | None = None
    oldest_unsent_wall_ms: Milliseconds | None = None
    last_ack_wall_ms: Milliseconds | None = None
    log_trouble: bool = False
    each_device: dict[str, DeviceReport] = {}
    throttled_bits: Count | None = None


class State(Struct, frozen=True):
    """Retained on `state/<terminal>`, and the terminal's will; advisory and unsigned. Renewed each minute.

    `certificate_days` are left until the terminal's certificate ends, null where it has none.
    """

    v: int
    state: LinkState
    terminal: TerminalId
    session: str
    unsent: Count = 0
    wall_ms: Milliseconds = 0
    health: Health | None = None
    certificate_days: Count | None = None


class Host(Struct, frozen=True):
    """Retained on `host`, and the centre's will; advisory and unsigned."""

    v: int
    state: LinkState
    store: str
    generation: Count


Header = TypeVar("Header", bound=Struct)


def topic(*levels: str) -> str:
    """A topic of this version of the contract."""
    return "/".join(("muster", str(VERSION), *levels))


def bucket_of(number: int) -> str:
    """The name of one of the fixed partitions of terminals."""
    return f"{number % BUCKETS:02d}"


def _signing_input(kind: str, header: str, body: bytes) -> bytes:
    return b"\0".join((f"muster/{VERSION}/{kind}".encode(), header.encode(), body))


def seal(kind: MessageKind, header: Struct, body: bytes, key: SigningKey) -> bytes:
    """The message as it goes on the wire."""
    text = msgspec.json.encode(header).decode()
    signature = key.sign(_signing_input(kind, text, body))
    return msgspec.json.encode(Sealed(VERSION, kind, key.public.key_id, text, body, signature))


def read_envelope(payload: bytes) -> Sealed:
    """The envelope of a message, not yet believed; raises MessageError (malformed, size, version)."""
    if len(payload) > MAX_MESSAGE_BYTES:
        raise MessageError(
            RejectCode.SIZE, ContractTrouble.MESSAGE_TOO_LARGE, bytes=len(payload), most=MAX_MESSAGE_BYTES
        )
    try:
        envelope = msgspec.json.decode(payload, type=Sealed)
    except NOT_DECODABLE as error:
        raise MessageError(RejectCode.MALFORMED, ContractTrouble.NO_ENVELOPE, why=error) from error
    if envelope.v != VERSION:
        raise MessageError(RejectCode.VERSION, ContractTrouble.OTHER_VERSION, version=envelope.v, own=VERSION)
    return envelope


def unseal(envelope: Sealed, kind: MessageKind, into: type[Header], key: VerifyKey) -> Header:
    """The header, once `key` is seen to have signed it as a message of `kind`.

    Raises MessageError: auth for another key, kind or signature, malformed for a header not understood.
    """
    genuine = (
        envelope.kind == kind
        and envelope.key == key.key_id
        and len(envelope.sig) == SIGNATURE_BYTES
        and key.verifies(envelope.sig, _signing_input(kind, envelope.header, envelope.body))
    )
    if not genuine:
        raise MessageError(RejectCode.AUTH, ContractTrouble.NOT_SIGNED, kind=kind, key=key.key_id)
    return read_header(envelope, into)


def read_header(envelope: Sealed, into: type[Header]) -> Header:
    """What the header says, believed or not; raises MessageError (malformed) for one not understood."""
    try:
        return msgspec.json.decode(envelope.header, type=into)
    except NOT_DECODABLE as error:
        raise MessageError(
            RejectCode.MALFORMED, ContractTrouble.HEADER_NOT_UNDERSTOOD, kind=envelope.kind, why=error
        ) from error


def seal_batch(
    *,
    realm: Realm,
    terminal: str,
    epoch: str,
    first: int,
    previous: bytes,
    events: Several[bytes],
    boot: str,
    mono_ms: int,
    key: SigningKey,
) -> bytes:
    """A sealed batch of consecutive events, `previous` being the chain's hash before the first."""
    header = BatchHeader(
        realm=realm,
        terminal=terminal,
        epoch=epoch,
        first=first,
        last=first + len(events) - 1,
        prev=previous.hex(),
        head=chain.links(previous, events)[-1].hex(),
        count=len(events),
        encoding="deflate",
        boot=boot,
        mono_ms=mono_ms,
    )
    return seal(MessageKind.BATCH, header, zlib.compress(b"\n".join(events)), key)


def batch_events(header: BatchHeader, body: bytes) -> tuple[list[bytes], list[bytes]]:
    """The events of a verified batch and the hash of each.

    Raises MessageError: size when the body inflates beyond MAX_INFLATED_BYTES, malformed when it doesn't
    inflate or count and range disagree, chain when its events don't lead from `prev` to `head`.
    """
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(body, MAX_INFLATED_BYTES)
    except zlib.error as error:
        raise MessageError(RejectCode.MALFORMED, ContractTrouble.BATCH_NOT_INFLATED, why=error) from error
    if inflater.unconsumed_tail:
        raise MessageError(RejectCode.SIZE, ContractTrouble.BATCH_TOO_LARGE, most=MAX_INFLATED_BYTES)
    events = inflated.split(b"\n")
    if not inflater.eof or len(events) != header.count or header.last - header.first + 1 != header.count:
        raise MessageError(
            RejectCode.MALFORMED,
            ContractTrouble.BATCH_MISCOUNTED,
            events=len(events),
            claimed=header.count,
            first=header.first,
            last=header.last,
        )
    hashes = chain.links(bytes.fromhex(header.prev), events)
    if hashes[-1].hex() != header.head:
        raise MessageError(
            RejectCode.CHAIN, ContractTrouble.BATCH_NOT_CHAINED, first=header.first, last=header.last
        )
    return events, hashes
