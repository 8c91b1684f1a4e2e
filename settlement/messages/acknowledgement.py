"""What goes back to a terminal: acknowledgements, signed by the centre. Pure: no database."""

import secrets
from dataclasses import dataclass

from msgspec import UNSET

from foundation.errors import MessageError
from settlement.centre import Centre
from settlement.messages.verification import NO_EPOCH
from sync.contract import chain, downlink, wire
from sync.contract.downlink import Command, CommandPayload
from sync.contract.wire import Ack, MessageKind, Reject, RejectCode


@dataclass(frozen=True, slots=True)
class Publication:
    """One message to publish, QoS 1; only settings are retained: an ack would lie after a restore."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What to publish once the transaction is committed; `rejected` is why a message was not taken."""

    publications: tuple[Publication, ...] = ()
    rejected: RejectCode | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the centre holds one epoch of a terminal; `held` are ranges stored above a gap.

    The terminal may purge what lies below `archived`; its staff are told where its log is `doubted`.
    """

    terminal: str
    epoch: str
    contiguous: int
    hash: str
    held: tuple[tuple[int, int], ...] = ()
    archived: int = 0
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Echo:
    """When the terminal sent what is answered, by its own clock; it measures the round trip with it."""

    boot: str = ""
    mono_ms: int = 0


def start_of(terminal: str, epoch: str) -> Cursor:
    """The cursor of an epoch of which nothing is held."""
    return Cursor(terminal, epoch, 0, chain.genesis(terminal, epoch).hex())


def acknowledge(
    centre: Centre, cursor: Cursor, server_ms: int, echo: Echo, rejects: tuple[Reject, ...] = ()
) -> Publication:
    """The sealed acknowledgement for the terminal of `cursor`."""
    ack = Ack(
        store=centre.store,
        generation=centre.generation,
        terminal=cursor.terminal,
        epoch=cursor.epoch,
        contiguous=cursor.contiguous,
        hash=cursor.hash,
        archived=cursor.archived,
        server_ms=server_ms,
        held=list(cursor.held),
        rejects=list(rejects),
        echo_boot=echo.boot,
        echo_mono_ms=echo.mono_ms,
        doubted=cursor.doubted or UNSET,
    )
    payload = wire.seal(MessageKind.ACK, ack, b"", centre.key)
    return Publication(wire.topic("down", cursor.terminal, "ack"), payload)


def refuse_unbelieved(centre: Centre, terminal: str, error: MessageError, server_ms: int) -> Answer:
    """The answer to a message that proves nothing: it names no epoch and reveals no cursor."""
    reject = as_reject(error, 0, 0)
    cursor = start_of(terminal, NO_EPOCH)
    return Answer((acknowledge(centre, cursor, server_ms, Echo(), (reject,)),), reject.code)


def give_order(
    centre: Centre, terminal: str, order: CommandPayload, server_ms: int, within_ms: int, name: str = ""
) -> Publication:
    """An order to a terminal, not obeyed when it takes longer than `within_ms` to arrive.

    Sent again under the same `name`, it is carried out once; without one it gets a name of its own.
    """
    command = Command(
        realm=centre.realm,
        terminal=terminal,
        id=name or secrets.token_hex(16),
        deadline_ms=server_ms + within_ms,
        order=order,
    )
    return Publication(downlink.topic_of(command), downlink.seal_told(command, centre.key))


def as_reject(error: MessageError, first: int, last: int) -> Reject:
    """The reject that tells the terminal why events `first`..`last` were not taken."""
    code = RejectCode(error.code)
    versions = [wire.VERSION] if code is RejectCode.VERSION else []
    return Reject(code, first, last, str(error)[:200], versions)
