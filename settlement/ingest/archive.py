"""Files that keep what terminals sent: only what lies in one may be purged at its terminal.

Each file carries consecutive events of one epoch as sealed batches, as `muster log export` writes them, but
sealed by the centre; `muster log import` takes them back. A place counts as archived once its file was
written, synchronised and read again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import F

from foundation.durable import make_folder, sync_folder
from foundation.errors import MusterError, SettingsError
from settlement.centre import Centre
from settlement.messages.acknowledgement import start_of
from settlement.models import Chain, Event
from settlement.troubles import CentreTrouble
from sync.contract import wire
from sync.contract.file import Carried, read_carried, write_carried
from sync.contract.wire import BatchHeader, MessageKind

_NO_BOOT = "0" * 32
_ROWS_AT_ONCE = 2_000

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Archived:
    """One file: the events `first`..`last` of an epoch."""

    terminal: str
    epoch: str
    first: int
    last: int
    path: Path


def archive_everything(folder: Path, centre: Centre) -> Iterator[Archived]:
    """Write what is contiguous and not archived yet, one file an epoch, and move each epoch's `archived`.

    Safe to repeat, to kill at any point and to run beside the listener. Raises SettingsError for a folder
    that can't be written or a file that doesn't read back as it was written; nothing of it counts then.
    """
    for chain in Chain.objects.filter(archived__lt=F("contiguous")).order_by("terminal", "pk"):
        done = Archived(
            chain.terminal_id, chain.epoch, chain.archived + 1, chain.contiguous, _path(folder, chain)
        )
        _write(done, folder, chain, centre)
        _verify(done, chain, centre)
        with transaction.atomic(durable=True):
            Chain.objects.filter(pk=chain.pk, archived__lt=done.last).update(archived=done.last)
        _logger.info("archived", terminal=done.terminal, epoch=done.epoch, first=done.first, last=done.last)
        yield done


def _path(folder: Path, chain: Chain) -> Path:
    name = f"{chain.epoch}-{chain.archived + 1:09d}-{chain.contiguous:09d}.muster"
    return folder / chain.terminal_id / name


def _write(done: Archived, folder: Path, chain: Chain, centre: Centre) -> None:
    try:
        make_folder(folder, 0o750)
        make_folder(done.path.parent, 0o750)
        write_carried(done.path, _batches(done, chain, centre))
        sync_folder(done.path.parent.parent)
    except OSError as error:
        raise SettingsError(
            CentreTrouble.ARCHIVE_NOT_WRITTEN, path=done.path.parent, why=error.strerror
        ) from error


def _batches(done: Archived, chain: Chain, centre: Centre) -> Iterator[Carried]:
    topic = wire.topic("up", chain.terminal.bucket, done.terminal, "batch")
    previous = _hash_at(chain, done.first - 1)
    for first, events in _in_batches(_raws(chain, done.first, done.last), done.first):
        batch = wire.seal_batch(
            realm=centre.realm,
            terminal=done.terminal,
            epoch=done.epoch,
            first=first,
            previous=previous,
            events=events,
            boot=_NO_BOOT,
            mono_ms=0,
            key=centre.key,
        )
        yield Carried(topic, batch.decode())
        previous = _hash_at(chain, first + len(events) - 1)


def _in_batches(raws: Iterator[bytes], first: int) -> Iterator[tuple[int, list[bytes]]]:
    """The events in batches that fit into a message, each with the seq of its first."""
    events: list[bytes] = []
    for raw in raws:
        size = sum(map(len, events)) + len(raw)
        if events and (len(events) == wire.MAX_BATCH_EVENTS or size > wire.MAX_BATCH_EVENT_BYTES):
            yield first, events
            first, events = first + len(events), []
        events.append(raw)
    if events:
        yield first, events


def _verify(done: Archived, chain: Chain, centre: Centre) -> None:
    """Read the file as a stranger would: sealed, whole, and the very events of the database."""
    expected, place = _raws(chain, done.first, done.last), done.first
    try:
        for carried in read_carried(done.path):
            envelope = wire.read_envelope(carried.message.encode())
            header = wire.unseal(envelope, MessageKind.BATCH, BatchHeader, centre.key.public)
            events, _ = wire.batch_events(header, envelope.body)
            same = (header.terminal, header.epoch, header.first) == (done.terminal, done.epoch, place)
            if not same or any(event != next(expected, None) for event in events):
                raise _not_the_same(done)
            place = header.last + 1
    except MusterError as error:
        raise _not_the_same(done) from error
    if place != done.last + 1:
        raise _not_the_same(done)


def _not_the_same(done: Archived) -> SettingsError:
    return SettingsError(CentreTrouble.ARCHIVE_NOT_THE_SAME, path=done.path)


def _raws(chain: Chain, first: int, last: int) -> Iterator[bytes]:
    """The events of these places, in order."""
    rows = Event.objects.filter(chain=chain, seq__gte=first, seq__lte=last).order_by("seq")
    return map(bytes, rows.values_list("raw", flat=True).iterator(chunk_size=_ROWS_AT_ONCE))


def _hash_at(chain: Chain, seq: int) -> bytes:
    if seq == 0:
        return bytes.fromhex(start_of(chain.terminal_id, chain.epoch).hash)
    return bytes(Event.objects.values_list("hash", flat=True).get(chain=chain, seq=seq))
