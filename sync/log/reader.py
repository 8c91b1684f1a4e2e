"""Reading a terminal's log beside the engine that writes it."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import LogError, MusterError
from sync.contract import chain
from sync.contract.events import EpochEnd, decode
from sync.contract.spans import Span
from sync.contract.wire import EpochHead
from sync.log import integrity as log_integrity
from sync.log.troubles import LogTrouble

# One look-up in the index per epoch: grouping the events would read them all.
_HEADS = """
SELECT ordinal, epoch,
       (SELECT min(seq) FROM event WHERE event.ordinal = epoch.ordinal),
       (SELECT max(seq) FROM event WHERE event.ordinal = epoch.ordinal)
FROM epoch ORDER BY ordinal
"""
_HASH = "SELECT hash FROM event JOIN epoch USING (ordinal) WHERE epoch = ? AND seq = ?"
_HASH_BEFORE = "SELECT previous FROM event JOIN epoch USING (ordinal) WHERE epoch = ? AND seq = ?"
_LOST = "SELECT first, last FROM lost JOIN epoch USING (ordinal) WHERE epoch = ? ORDER BY first"
_WALL_MS = "SELECT wall_ms FROM event JOIN epoch USING (ordinal) WHERE epoch = ? AND seq = ?"
_BETWEEN = "SELECT bytes, hash FROM event WHERE wall_ms >= ? AND wall_ms < ? ORDER BY ordinal, seq"
_NEWEST = "SELECT bytes FROM event ORDER BY ordinal DESC, seq DESC LIMIT 1"
_STRETCH = """
SELECT seq, bytes, previous FROM event JOIN epoch USING (ordinal)
WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive events of one epoch, from `first` on, and the hash before the first."""

    epoch: str
    first: int
    previous: bytes
    events: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """The seq of the newest event in it."""
        return self.first + len(self.events) - 1


def connect_to_read(path: Path, *, for_any_thread: bool = False) -> sqlite3.Connection:
    """Open an existing log beside the engine that writes it; raises sqlite3.Error when there is none."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=5.0,
        check_same_thread=not for_any_thread,
    )


def owner_of(path: Path) -> str | None:
    """Whose log this is; None where there is none, or none that can be read or holds an event."""
    if not path.exists():
        return None
    try:
        with contextlib.closing(connect_to_read(path)) as connection:
            (encoded,) = connection.execute(_NEWEST).fetchone() or (None,)
        return decode(encoded).terminal if encoded else None
    except (sqlite3.Error, MusterError):
        return None


class LogReader:
    """A read-only view of a log; the engine may go on writing."""

    def __init__(self, path: Path, terminal: str) -> None:
        """Open an existing log; raises LogError when there is none."""
        self._terminal = terminal
        self._path = path
        self._connection, self._file = self._open()

    def refresh(self) -> bool:
        """Turn to the file that stands there now, when a salvage has put a new one in its place.

        Raises LogError when that can't be read.
        """
        if self._identity() in {self._file, None}:
            return False  # or it is being replaced this very moment
        self._connection.close()
        self._connection, self._file = self._open()
        return True

    def heads(self) -> list[EpochHead]:
        """Every epoch that holds events, in the order in which they were opened."""
        rows = self._rows(_HEADS)
        return [
            EpochHead(epoch, oldest, head, self._hash(ordinal, head).hex())
            for ordinal, epoch, oldest, head in rows
            if head is not None
        ]

    def hash_at(self, epoch: str, seq: int) -> bytes | None:
        """The chain's hash at `seq` (0 = before the first event), or None where the log doesn't know it."""
        if seq == 0:
            return chain.genesis(self._terminal, epoch)
        for query, place in ((_HASH, seq), (_HASH_BEFORE, seq + 1)):
            for (digest,) in self._rows(query, epoch, place):
                if digest:
                    return bytes(digest)
        return None

    def lost(self, epoch: str) -> list[Span]:
        """The places of the epoch that a salvage found unreadable, in order."""
        return self._rows(_LOST, epoch)

    def stretch(self, epoch: str, after: int, max_events: int, max_bytes: int) -> Stretch | None:
        """The next consecutive events after seq `after`, as many as both limits allow but at least one."""
        first, previous, size = 0, b"", 0
        events: list[bytes] = []
        for seq, encoded, before in self._rows(_STRETCH, epoch, after, max_events):
            if not events:
                first, previous = seq, before or self.hash_at(epoch, seq - 1) or b""
            size += len(encoded)
            if seq != first + len(events) or (events and size > max_bytes):
                break
            events.append(encoded)
        return Stretch(epoch, first, previous, tuple(events)) if events and previous else None

    def wall_ms_of(self, epoch: str, seq: int) -> int | None:
        """When the event at this place happened, by the terminal's clock."""
        return next((wall_ms for (wall_ms,) in self._rows(_WALL_MS, epoch, seq)), None)

    def between(self, from_ms: int, until_ms: int) -> list[tuple[bytes, bytes]]:
        """The bytes and hashes of the events that their clock dated within [from, until), in order.

        Looks at every event of the log.
        """
        return self._rows(_BETWEEN, from_ms, until_ms)

    def verify(self) -> Iterator[EpochEnd]:
        """Check every page and the whole chain, giving the end of each epoch in turn.

        Raises LogError at the first break, and for a page that is torn.
        """
        try:
            log_integrity.check_pages(self._connection, self._path)
            yield from self._verify_chain()
        except sqlite3.DatabaseError as error:
            raise log_integrity.damaged(self._path, str(error)) from error

    def _verify_chain(self) -> Iterator[EpochEnd]:
        for ordinal, epoch, oldest, head in self._connection.execute(_HEADS).fetchall():
            if head is None:
                continue
            genesis = chain.genesis(self._terminal, epoch)
            lost = log_integrity.lost_places(self._connection, ordinal)
            try:
                rows = self._connection.execute(log_integrity.CHAINED, (ordinal, oldest))
                digest = log_integrity.verify_rows(rows, genesis, lost)
            except log_integrity.BrokenChainError as broken:
                raise LogError(LogTrouble.LOG_CHAIN_BROKEN, epoch=epoch, number=broken.seq) from broken
            yield EpochEnd(epoch, head, digest.hex())

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _hash(self, ordinal: int, seq: int) -> bytes:
        ((digest,),) = self._rows("SELECT hash FROM event WHERE ordinal = ? AND seq = ?", ordinal, seq)
        return bytes(digest)

    def _rows(self, query: str, *values: object) -> list[Any]:
        """All rows of a look-up; raises LogDamagedError, and marks the log for salvage, at a torn page."""
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            if log_integrity.is_damage(error):
                raise log_integrity.found_damaged(self._path, error) from error
            raise

    def _open(self) -> tuple[sqlite3.Connection, tuple[int, int] | None]:
        try:
            identity = self._identity()
            connection = connect_to_read(self._path)
            connection.execute("SELECT count(*) FROM lost").fetchone()
        except (OSError, sqlite3.Error) as error:
            raise LogError(LogTrouble.LOG_MISSING, path=self._path, why=error) from error
        return connection, identity

    def _identity(self) -> tuple[int, int] | None:
        """Which file stands at the path: a salvage replaces it."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
