"""A terminal's log as a file of sealed batches: the way out when there is no network."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from foundation.clock import Clock
from foundation.errors import MessageError, SettingsError
from sync.contract import wire
from sync.contract.file import Carried, read_carried, write_carried
from sync.line.identity import Identity
from sync.line.troubles import LineTrouble
from sync.log.reader import LogReader


def export_log(log: LogReader, identity: Identity, clock: Clock, path: Path) -> int:
    """Write every event that the log still holds into the file `path`; returns the number of batches.

    The centre takes what it doesn't have yet; the terminal goes on keeping everything until the centre
    acknowledges it over the line. What was written is read back from the disk, because sticks lie. Raises
    SettingsError when the file can't be written or is not what was written.
    """
    written = hashlib.sha256()

    def noted() -> Iterator[Carried]:
        for one in _batches(log, identity, clock):
            written.update(one.message.encode())
            yield one

    batches = write_carried(path, noted())
    _forget_cached(path)
    found = hashlib.sha256()
    try:
        for one in read_carried(path):
            found.update(one.message.encode())
    except MessageError as error:
        raise SettingsError(LineTrouble.EXPORT_NOT_READ_BACK, path=path, why=error.trouble) from error
    if found.digest() != written.digest():
        raise SettingsError(LineTrouble.EXPORT_CHANGED, path=path)
    return batches


def _forget_cached(path: Path) -> None:
    """Let the kernel forget what it remembers of the file, so that it is read from the disk itself."""
    with contextlib.suppress(OSError):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(opened)


def _batches(log: LogReader, identity: Identity, clock: Clock) -> Iterator[Carried]:
    topic = wire.topic("up", identity.bucket, identity.terminal, "batch")
    for head in log.heads():
        # Behind purged events the first that is kept only tells the hash before the next.
        after = 0 if head.oldest == 1 else head.oldest
        while stretch := log.stretch(head.epoch, after, wire.MAX_BATCH_EVENTS, wire.MAX_BATCH_EVENT_BYTES):
            batch = wire.seal_batch(
                realm=identity.realm,
                terminal=identity.terminal,
                epoch=stretch.epoch,
                first=stretch.first,
                previous=stretch.previous,
                events=stretch.events,
                boot=clock.boot_id,
                mono_ms=clock.mono_ms(),
                key=identity.key,
            )
            yield Carried(topic, batch.decode())
            after = stretch.last
