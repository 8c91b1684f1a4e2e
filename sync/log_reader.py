"""Reading a terminal's log beside the engine that writes it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from muster.errors import LogError
from sync import chain, log_schema
from sync.events import EpochEnd
from sync.wire import EpochHead

# One look-up in the index per epoch: grouping the events would read them all.
_HEADS = """
SELECT ordinal, epoch,
       (SELECT min(seq) FROM event WHERE event.ordinal = epoch.ordinal),
       (SELECT max(seq) FROM event WHERE event.ordinal = epoch.ordinal)
FROM epoch ORDER BY ordinal
"""
# As bytes whatever stands there: a database tool may have left text.
_WHOLE_EPOCH = """
SELECT seq, CAST(bytes AS BLOB), CAST(hash AS BLOB)
FROM event JOIN epoch USING (ordinal) WHERE epoch = ? ORDER BY seq
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


class LogReader:
    """A read-only view of a log; the engine may go on writing."""

    def __init__(self, path: Path, terminal: str) -> None:
        """Open an existing log; raises LogError when there is none."""
        self._terminal = terminal
        self._path = path
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5.0
            )
            self._connection.execute("SELECT count(*) FROM epoch").fetchone()
        except sqlite3.Error as error:
            raise LogError(
                f"There is no readable log at {path} ({error}).",
                remedy="Start the engine first (`muster engine`), it makes the log.",
            ) from error

    def heads(self) -> list[EpochHead]:
        """Every epoch that holds events, in the order in which they were opened."""
        rows = self._connection.execute(_HEADS).fetchall()
        return [
            EpochHead(epoch, oldest, head, self._hash(ordinal, head).hex())
            for ordinal, epoch, oldest, head in rows
            if head is not None
        ]

    def hash_at(self, epoch: str, seq: int) -> bytes | None:
        """The chain's hash at `seq` (0 = before the first event), or None where the log has no such event."""
        if seq == 0:
            return chain.genesis(self._terminal, epoch)
        row = self._connection.execute(
            "SELECT hash FROM event JOIN epoch USING (ordinal) WHERE epoch = ? AND seq = ?", (epoch, seq)
        ).fetchone()
        return row[0] if row else None

    def stretch(self, epoch: str, after: int, max_events: int, max_bytes: int) -> Stretch | None:
        """The events of `epoch` after seq `after`, as many as both limits allow but at least one."""
        previous = self.hash_at(epoch, after)
        if previous is None:
            return None
        events: list[bytes] = []
        size = 0
        for (encoded,) in self._connection.execute(
            "SELECT bytes FROM event JOIN epoch USING (ordinal) WHERE epoch = ? AND seq > ?"
            " ORDER BY seq LIMIT ?",
            (epoch, after, max_events),
        ):
            size += len(encoded)
            if events and size > max_bytes:
                break
            events.append(encoded)
        return Stretch(epoch, after + 1, previous, tuple(events)) if events else None

    def wall_ms_of(self, epoch: str, seq: int) -> int | None:
        """When the event at this place happened, by the terminal's clock."""
        row = self._connection.execute(
            "SELECT wall_ms FROM event JOIN epoch USING (ordinal) WHERE epoch = ? AND seq = ?", (epoch, seq)
        ).fetchone()
        return row[0] if row else None

    def verify(self) -> Iterator[EpochEnd]:
        """Check every page and the whole chain, giving the end of each epoch in turn.

        Raises LogError at the first break, and for a page that is torn.
        """
        try:
            log_schema.check_pages(self._connection, self._path)
            yield from self._verify_chain()
        except sqlite3.DatabaseError as error:
            raise log_schema.damaged(self._path, str(error)) from error

    def _verify_chain(self) -> Iterator[EpochEnd]:
        for head in self.heads():
            expected = self.hash_at(head.epoch, head.oldest - 1)
            place = head.oldest
            for seq, encoded, digest in self._connection.execute(_WHOLE_EPOCH, (head.epoch,)):
                expected = chain.link(expected, encoded) if expected is not None else digest
                if seq != place or digest != expected:
                    raise LogError(
                        f"The chain of epoch {head.epoch} breaks at seq {place}.",
                        remedy="Keep the file: it shows what was changed. Send it to the centre.",
                    )
                place += 1
            yield EpochEnd(head.epoch, head.head, head.hash)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _hash(self, ordinal: int, seq: int) -> bytes:
        query = "SELECT hash FROM event WHERE ordinal = ? AND seq = ?"
        digest: bytes = self._connection.execute(query, (ordinal, seq)).fetchone()[0]
        return digest
