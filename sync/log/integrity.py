"""Whether a log can be trusted: its pages, the chain of its events, and the mark that a torn one was met.

Each event's row carries the hash before it as well as its own: it proves itself, though its neighbours are
lost.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import LogDamagedError
from sync.contract import chain
from sync.contract.events import EpochEnd
from sync.contract.spans import Span
from sync.log.troubles import LogTrouble

CHECKED_WHOLE_BYTES = 64 * 1024 * 1024
"""Up to this size every page is looked at when the log is opened, beyond it later (`sync.log.check`)."""
TAIL_CHECKED = 1_000
"""How many of the newest events have their chain verified when the log is opened."""

_LAST = "SELECT ordinal, epoch, seq FROM event JOIN epoch USING (ordinal) ORDER BY ordinal DESC, seq DESC"
_OLDEST = "SELECT min(seq) FROM event WHERE ordinal = ?"
# As bytes whatever stands there: a database tool may have left text.
CHAINED = """
SELECT seq, CAST(bytes AS BLOB), CAST(hash AS BLOB), CAST(previous AS BLOB) FROM event
WHERE ordinal = ? AND seq >= ? ORDER BY seq
"""
_LOST = "SELECT first, last FROM lost WHERE ordinal = ? ORDER BY first"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest epoch that the log holds: its ordinal (0 = an empty log) and where it ends."""

    ordinal: int
    end: EpochEnd | None

    @property
    def place(self) -> tuple[int, int]:
        """Ordinal and seq of the newest event; larger places are newer."""
        return self.ordinal, self.end.seq if self.end else 0


def verify_tail(connection: sqlite3.Connection, terminal: str, path: Path) -> Newest:
    """The newest epoch's end, once the chain of its last events is seen to hold; raises LogError."""
    last = connection.execute(_LAST).fetchone()
    if last is None:
        return Newest(0, None)
    ordinal, epoch, head_seq = last
    (oldest,) = connection.execute(_OLDEST, (ordinal,)).fetchone()
    first = max(oldest, head_seq - TAIL_CHECKED + 1)
    rows = connection.execute(CHAINED, (ordinal, first))
    try:
        digest = verify_rows(rows, chain.genesis(terminal, epoch), lost_places(connection, ordinal))
    except BrokenChainError as broken:
        raise LogDamagedError(
            LogTrouble.LOG_END_BROKEN, path=path, epoch=epoch, number=broken.seq
        ) from broken
    return Newest(ordinal, EpochEnd(epoch, head_seq, digest.hex()))


class BrokenChainError(Exception):
    """Bytes or hashes are not those that were written, or a place is missing; `seq` is where."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"seq {seq}")
        self.seq = seq


def verify_rows(
    rows: Iterable[tuple[int, bytes, bytes, bytes]], genesis: bytes, lost: Sequence[Span]
) -> bytes:
    """The hash of the last of these rows (seq, bytes, hash, previous) of one epoch, seen to link.

    Only places that are known as lost may be missing between them. Raises BrokenChainError.
    """
    place, digest = 0, b""
    for seq, encoded, written, previous in rows:
        if place and seq != place and (place, seq - 1) not in lost:
            raise BrokenChainError(place)
        if seq == 1:
            before = genesis
        elif seq == place:
            before = digest
        else:
            before = previous
        # A row of the oldest schema doesn't know the hash before it; behind a purge it vouches for itself.
        digest = chain.link(before, encoded) if before else written
        if digest != written or (previous and previous != before):
            raise BrokenChainError(seq)
        place = seq + 1
    return digest


def lost_places(connection: sqlite3.Connection, ordinal: int) -> list[Span]:
    """What a salvage could not read of an epoch."""
    return connection.execute(_LOST, (ordinal,)).fetchall()


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Look at every page of the file; raises LogError for a torn or foreign one. About 2 s for 400 MB."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, verdict)


def suspect_mark(path: Path) -> Path:
    """The file that asks the next start to salvage the log, whatever a quick look at it says."""
    return path.with_name(f"{path.name}.suspect")


def mark_suspect(path: Path) -> None:
    """Ask for a salvage; whoever may not write beside the log, or finds no room there, asks in vain."""
    with contextlib.suppress(OSError):
        suspect_mark(path).touch()


def found_damaged(path: Path, error: sqlite3.Error) -> LogDamagedError:
    """What to raise when a page turns out to be torn while the log is in use; marks the log for salvage."""
    mark_suspect(path)
    return damaged(path, str(error))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite met a page that is torn or no page at all."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def torn_in_use(path: Path) -> LogDamagedError:
    """What to raise where a page turned out to be torn before this start, or by now."""
    return LogDamagedError(LogTrouble.LOG_TORN_IN_USE, path=path)


def damaged(path: Path, what: str) -> LogDamagedError:
    """What to raise when the log's file can't be trusted."""
    return LogDamagedError(LogTrouble.LOG_DAMAGED, path=path, why=what)
