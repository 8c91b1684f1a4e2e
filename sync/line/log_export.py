"""A terminal's log as a file of sealed batches: the way out when there is no network."""

from collections.abc import Iterator
from pathlib import Path

from foundation.clock import Clock
from sync.contract import wire
from sync.contract.file import Carried, write_carried
from sync.line.identity import Identity
from sync.log.reader import LogReader


def export_log(log: LogReader, identity: Identity, clock: Clock, path: Path) -> int:
    """Write every event that the log still holds into the file `path`; returns the number of batches.

    The centre takes what it doesn't have yet; the terminal goes on keeping everything until the centre
    acknowledges it over the line. Raises SettingsError when the file can't be written.
    """
    return write_carried(path, _batches(log, identity, clock))


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
