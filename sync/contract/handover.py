"""How the centre's signing key is replaced: each key is introduced by the one before it.

A handover is signed by the key that ends and names the next. Whoever believes a key follows its handovers,
one after the other, to the newest; what a thief of an older key writes leads nowhere then. Both ends keep
them in a file of one handover a line, oldest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from foundation.durable import replace_file
from foundation.errors import MessageError
from sync.contract import wire
from sync.contract.events import HashHex, Milliseconds
from sync.contract.signing import SigningKey, VerifyKey
from sync.contract.troubles import ContractTrouble
from sync.contract.wire import MessageKind, Realm, RejectCode

_FILE_MODE = 0o640
"""The uplink's account reads what the engine's has written; there is nothing secret in it."""


class Handover(Struct, frozen=True, kw_only=True):
    """From `since_ms` (its UTC) on the centre signs with `key`, no longer with `before`, which signs this.

    Both are public Ed25519 keys. Sent to a terminal whose hello tells that it believes an older one.
    """

    realm: Realm
    before: HashHex
    key: HashHex
    since_ms: Milliseconds


@dataclass(frozen=True, slots=True)
class CentreKeys:
    """The centre's public keys that a chain of handovers proves, oldest first, and those handovers.

    What was kept may be signed by any of them, what is said now by the `newest` alone.
    """

    keys: tuple[VerifyKey, ...]
    handovers: tuple[bytes, ...] = ()

    @property
    def newest(self) -> VerifyKey:
        """The key that the centre signs with."""
        return self.keys[-1]

    def named(self, key_id: str) -> VerifyKey:
        """The key of this id; the newest for one that is not known, under which nothing of it holds."""
        return next((key for key in self.keys if key.key_id == key_id), self.newest)

    def after(self, key_id: str) -> tuple[bytes, ...]:
        """The handovers that lead on from a key; all of them from one that is not known."""
        ids = [key.key_id for key in self.keys]
        return self.handovers[ids.index(key_id) if key_id in ids else 0 :]

    def follow(self, sealed: bytes, realm: Realm) -> "CentreKeys":
        """These keys and the one that the newest hands over to; nothing new by one to a key that it has.

        Raises MessageError: auth where it is not the newest that signed, realm for one of the other realm.
        """
        envelope = wire.read_envelope(sealed)
        if any(wire.read_header(envelope, Handover).key == key.raw.hex() for key in self.keys):
            return self
        handover = wire.unseal(envelope, MessageKind.HANDOVER, Handover, self.newest)
        if handover.realm is not realm:
            raise MessageError(
                RejectCode.REALM,
                ContractTrouble.TOLD_OTHER_REALM,
                kind=MessageKind.HANDOVER,
                meant=handover.realm,
                realm=realm,
            )
        try:
            key = VerifyKey(bytes.fromhex(handover.key))
        except ValueError as error:
            raise MessageError(RejectCode.MALFORMED, ContractTrouble.PUBLIC_KEY_WRONG) from error
        return CentreKeys((*self.keys, key), (*self.handovers, sealed))

    def follow_all(self, handovers: Iterable[bytes], realm: Realm) -> "CentreKeys":
        """As far as these lead on from the newest, one by one; what doesn't continue it is passed over."""
        keys = self
        for sealed in handovers:
            try:
                keys = keys.follow(sealed, realm)
            except MessageError:
                continue
        return keys


def seal_handover(next_key: VerifyKey, since_ms: int, realm: Realm, key: SigningKey) -> bytes:
    """The handover from `key` to the next, as it goes on the wire."""
    header = Handover(realm=realm, before=key.public.raw.hex(), key=next_key.raw.hex(), since_ms=since_ms)
    return wire.seal(MessageKind.HANDOVER, header, b"", key)


def first_key(sealed: bytes) -> VerifyKey:
    """The key that a handover says it was signed by; raises MessageError where that isn't so."""
    envelope = wire.read_envelope(sealed)
    try:
        key = VerifyKey(bytes.fromhex(wire.read_header(envelope, Handover).before))
    except ValueError as error:
        raise MessageError(RejectCode.MALFORMED, ContractTrouble.PUBLIC_KEY_WRONG) from error
    wire.unseal(envelope, MessageKind.HANDOVER, Handover, key)
    return key


def read_handovers(path: Path) -> tuple[bytes, ...]:
    """The handovers of a file, none where there is no file; raises OSError."""
    try:
        return tuple(path.read_bytes().splitlines())
    except FileNotFoundError:
        return ()


def write_handovers(path: Path, handovers: Iterable[bytes]) -> None:
    """Put these in the place of what the file holds, durably; raises OSError."""
    replace_file(path, b"".join(sealed + b"\n" for sealed in handovers), _FILE_MODE)
