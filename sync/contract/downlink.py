"""What the centre tells a terminal besides acknowledgements: its roster in chunks, settings, commands.

Each message is sealed by the centre and names its terminal and realm; a terminal believes nothing else. A
roster is larger than a message may be: each chunk carries a slice of it as the centre sealed it, and says
which roster it belongs to by version and SHA-256.
"""

import hashlib
from collections.abc import Iterator
from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from foundation.errors import MessageError
from sync.contract import wire
from sync.contract.events import MOST, ActivityId, Epoch, HashHex, Milliseconds, Sequence, TerminalId
from sync.contract.one_time_code import OneTimeCode
from sync.contract.orders import DoTask, OrderId, ScreenMessages
from sync.contract.roster import Volunteer
from sync.contract.signing import SigningKey, VerifyKey
from sync.contract.troubles import ContractTrouble
from sync.contract.wire import KeyId, MessageKind, Realm, RejectCode

CHUNK_BYTES = 64 * 1024
"""A slice of a sealed roster; as base64 in its envelope it stays well below the largest message."""
MAX_CHUNKS = 1024
"""A roster of 64 MiB as it travels."""

MAX_CODES = 200
"""Codes in one order: some 30 KiB."""
MAX_SEEN = 200
"""People in one order: at most some 50 KiB."""
MAX_HEARD = 50

Version = Annotated[int, Meta(ge=1, le=MOST)]
SettingValue = str | int | bool


class RosterChunk(Struct, frozen=True, kw_only=True):
    """The body is slice `index` of `count` of the sealed roster `version`, whose SHA-256 is `digest`."""

    realm: Realm
    terminal: TerminalId
    version: Version
    index: Annotated[int, Meta(ge=0, lt=MAX_CHUNKS)]
    count: Annotated[int, Meta(ge=1, le=MAX_CHUNKS)]
    digest: HashHex


class SettingsGiven(Struct, frozen=True, kw_only=True):
    """The settings that the centre gives a terminal: whole, the newest version retained on its topic.

    `values` holds what differs from the terminal's own file, by key; `RemoteSettings` says which keys a
    terminal takes. A key that it does not take is refused by itself, the others are in force.
    """

    realm: Realm
    terminal: TerminalId
    version: Version
    values: dict[str, SettingValue]


class Wipe(Struct, frozen=True, tag_field="order", tag="wipe"):
    """The terminal was revoked: forget roster, settings and keys, keep the log, and accept nobody.

    `key` is the key that was revoked: enrolled anew with another, the terminal ignores an old wipe.
    """

    key: KeyId


class Codes(Struct, frozen=True, tag_field="order", tag="codes"):
    """One-time codes that the terminals of a site take from now on, beside those they know.

    Each lives for the rest of its life at `given_ms` (the centre's UTC), by the terminal's monotonic clock:
    a wrong wall clock ends none early. They are given again after each hello while they live.
    """

    given_ms: Milliseconds
    codes: Annotated[list[OneTimeCode], Meta(min_length=1, max_length=MAX_CODES)]


class SeenElsewhere(Struct, frozen=True):
    """Somebody whose newest accepted event at the site came from another terminal than the one told.

    `at_ms` is that event's time, `since_ms` the check-in that is open, null for who left; both are UTC as the
    centre corrected it.
    """

    volunteer: Volunteer
    activity: ActivityId
    at_ms: Milliseconds
    since_ms: Milliseconds | None


class Heard(Struct, frozen=True):
    """Up to which place of an epoch the centre had taken this terminal's own events into account."""

    epoch: Epoch
    seq: Sequence


class SitePresenceUpdate(Struct, frozen=True, tag_field="order", tag="elsewhere"):
    """Who was seen last at another terminal of this site, within the longest session, as the centre knows.

    Said in steps: number `number` says what changed since `follows`, and 0 stands for nothing: everything
    before is forgotten. With `more` it takes effect only together with the next. A terminal that missed a
    step passes over the others until it is told anew, as after each hello. An empty step says that nothing
    changed. `told_ms` is the centre's UTC.
    """

    number: Version
    follows: Annotated[int, Meta(ge=0, le=MOST)]
    told_ms: Milliseconds
    heard: Annotated[list[Heard], Meta(max_length=MAX_HEARD)]
    seen: Annotated[list[SeenElsewhere], Meta(max_length=MAX_SEEN)] = []
    gone: Annotated[list[Volunteer], Meta(max_length=MAX_SEEN)] = []
    more: bool = False


CommandPayload = Wipe | Codes | SitePresenceUpdate | DoTask | ScreenMessages
"""Every kind of order; another one is a Struct with a tag of its own, added here with `|`."""


class Command(Struct, frozen=True, kw_only=True):
    """An order that is to be carried out before `deadline_ms` (the centre's UTC), or not at all.

    `id` tells it from others: brought twice, it is carried out once.
    """

    realm: Realm
    terminal: TerminalId
    id: OrderId
    deadline_ms: Milliseconds
    order: CommandPayload


class NewerCommand(Struct, frozen=True, kw_only=True):
    """As much of a command as every version understands, whatever its order is."""

    realm: Realm
    terminal: TerminalId
    id: OrderId
    deadline_ms: Milliseconds


Told = TypeVar("Told", RosterChunk, SettingsGiven, Command, NewerCommand)
_KINDS: dict[type[Struct], MessageKind] = {
    RosterChunk: MessageKind.ROSTER_CHUNK,
    SettingsGiven: MessageKind.SETTINGS,
    Command: MessageKind.COMMAND,
    NewerCommand: MessageKind.COMMAND,
}


def topic_of(told: RosterChunk | SettingsGiven | Command) -> str:
    """Where the message is published; settings are retained there, the others are not."""
    match told:
        case RosterChunk():
            return wire.topic("down", told.terminal, "roster")
        case SettingsGiven():
            return wire.topic("config", told.terminal)
        case Command():
            return wire.topic("down", told.terminal, "command")


def seal_told(told: RosterChunk | SettingsGiven | Command, key: SigningKey, body: bytes = b"") -> bytes:
    """The message as it goes on the wire."""
    return wire.seal(_KINDS[type(told)], told, body, key)


def seal_chunks(
    sealed_roster: bytes, *, realm: Realm, terminal: str, version: int, key: SigningKey
) -> Iterator[bytes]:
    """The messages that carry a sealed roster, in their order."""
    digest = hashlib.sha256(sealed_roster).hexdigest()
    slices = range(0, len(sealed_roster), CHUNK_BYTES)
    for index, start in enumerate(slices):
        chunk = RosterChunk(
            realm=realm,
            terminal=terminal,
            version=version,
            index=index,
            count=len(slices),
            digest=digest,
        )
        yield seal_told(chunk, key, sealed_roster[start : start + CHUNK_BYTES])


def open_told(
    payload: bytes, into: type[Told], *, centre: VerifyKey, terminal: str, realm: Realm
) -> tuple[Told, bytes]:
    """The message and its body, once it is seen to be the centre's, for this terminal and of this realm.

    Raises MessageError: size, malformed or version for a strange envelope, auth for another signer or another
    terminal's message, realm for one of the other realm.
    """
    envelope = wire.read_envelope(payload)
    told = wire.unseal(envelope, _KINDS[into], into, centre)
    if told.terminal != terminal:
        raise MessageError(
            RejectCode.AUTH,
            ContractTrouble.TOLD_OTHER_TERMINAL,
            kind=_KINDS[into],
            meant=told.terminal,
            terminal=terminal,
        )
    if told.realm is not realm:
        raise MessageError(
            RejectCode.REALM,
            ContractTrouble.TOLD_OTHER_REALM,
            kind=_KINDS[into],
            meant=told.realm,
            realm=realm,
        )
    return told, envelope.body
