"""Going on with a log whose file is torn: every event that can still be read is carried into a new file.

The torn file is set aside under a name with the date and never deleted. What could not be read is named,
place by place; the places stay empty, and both ends of the line know them as lost.
"""

import contextlib
import datetime as dt
import mmap
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from foundation.durable import replace_file, sync_folder, unfinished_of
from foundation.errors import LogDamagedError, LogError, MessageError
from foundation.trouble import Trouble
from sync.contract import event_places, events
from sync.contract.events import EpochStart
from sync.contract.spans import Span, uncovered
from sync.log import integrity as log_integrity
from sync.log import schema as log_schema
from sync.log.pages import Row, rows_in_database, rows_in_wal
from sync.log.troubles import LogTrouble
from sync.log.writer import Log, Stamp, hold, not_recorded

_ENDLESS = 2**53
"""The last place of a span whose end nobody knows: an end that was torn off leaves no trace."""

_UNLINKED = """
DELETE FROM event WHERE rowid IN (
    SELECT before.rowid FROM event AS before JOIN event AS next
    ON next.ordinal = before.ordinal AND next.seq = before.seq + 1 AND next.previous <> before.hash
)
"""
_GAPS = """
SELECT before + 1, seq - 1
FROM (SELECT seq, lag(seq) OVER (ORDER BY seq) AS before FROM event WHERE ordinal = ?) WHERE seq > before + 1
"""
_HINTS = """
SELECT epoch, archived, coalesce((SELECT max(seq) FROM event WHERE event.ordinal = epoch.ordinal), 0)
FROM epoch
"""
# The counters of cards whose events are purged; those of the kept events are counted anew.
_TAPS = "SELECT ref, counter FROM tap"
_INSERT_TAP = "INSERT INTO tap (ref, counter) VALUES (?, ?)"
_COUNT_TAPS = """
INSERT INTO tap SELECT credential ->> 'ref', credential ->> 'counter'
FROM (SELECT CAST(bytes AS TEXT) -> 'credential' AS credential FROM event
    WHERE instr(bytes, CAST('"counter":' AS BLOB)))
WHERE credential ->> 'counter' IS NOT NULL
ON CONFLICT (ref) DO UPDATE SET counter = max(counter, excluded.counter)
"""

Hints = dict[str, tuple[int, int]]
"""Of each epoch that SQLite can still tell of: how far it is archived, and its last place (0 = unknown)."""

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LostSpan:
    """Places of one epoch that could not be read.

    `last` is None where nobody knows what followed: more of this epoch, newer ones, or nothing.
    """

    epoch: str
    first: int
    last: int | None

    @property
    def term(self) -> Trouble:
        """What is lost, as a part of a sentence."""
        epoch, first, last = self.epoch[:8], self.first, self.last
        if last is None:
            return Trouble.term("lost", "and_later", epoch=epoch, first=first)
        if last == first:
            return Trouble.term("lost", "one", epoch=epoch, first=first)
        return Trouble.term("lost", "span", epoch=epoch, first=first, last=last)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a torn log."""

    reason: Trouble
    set_aside: Path
    kept: int
    lost: tuple[LostSpan, ...]

    @property
    def trouble(self) -> Trouble:
        """What staff are told of it, and the centre."""
        missing = [span.term for span in self.lost]
        missing = missing or [Trouble.term("lost", "nothing" if self.kept else "everything")]
        return Trouble.of(LogTrouble.LOG_TORN, number=self.kept, missing=missing, file=self.set_aside.name)


def open_or_salvage(path: Path, terminal: str, stamp: Stamp, software: str) -> tuple[Log, Salvaged | None]:
    """Open the log for writing; a torn one is salvaged first.

    Raises LogError when another engine holds it, when it is another terminal's or of a newer version, and
    when the disk refuses.
    """
    with hold(path):
        _finish_interrupted(path)
        wal = _content(_wal_of(path))
        suspect = log_integrity.suspect_mark(path).exists()
    try:
        if suspect:
            raise log_integrity.torn_in_use(path)
        log = Log(path, terminal, stamp, software)
    except LogDamagedError as error:
        salvaged = salvage(path, terminal, stamp.wall_ms, error.trouble, wal)
    else:
        # SQLite passes in silence over everything behind a torn frame.
        if not any((row.ordinal, row.seq) > log.opened_behind for row in rows_in_wal(wal)):
            return log, None
        log.close()
        reason = Trouble.of(LogTrouble.LOG_WAL_TORN, path=path)
        salvaged = salvage(path, terminal, stamp.wall_ms, reason, wal)
    return Log(path, terminal, stamp, software), salvaged


def salvage(path: Path, terminal: str, wall_ms: int, reason: Trouble, wal: bytes = b"") -> Salvaged:
    """Put a new log in the place of a torn one, with every event that can be read in it or in `wal`.

    `wal` is its write-ahead log as it was before SQLite looked at it. Killed at any point, the next start
    finishes it or begins anew. Raises LogError as `open_or_salvage` does.
    """
    _logger.error("log_damaged", path=str(path), why=reason)
    stamp = _date(wall_ms)
    aside = _free_name(path, stamp)
    pending = path.with_name(f"{path.name}.salvaged-{aside.name.removeprefix(f'{path.name}.damaged-')}")
    unfinished = unfinished_of(path)
    with hold(path):
        try:
            for leftover in (unfinished, _wal_of(unfinished), _shm_of(unfinished)):
                leftover.unlink(missing_ok=True)
            hints: Hints = {epoch: (archived, end) for epoch, archived, end in _read(path, _HINTS)}
            with contextlib.closing(log_schema.connect(unfinished)) as connection:
                copy = _Copy(connection, terminal, path)
                kept, lost = copy.fill(_rows(path, wal), hints, _read(path, _TAPS))
            if wal:
                replace_file(_wal_of(aside), wal)
            unfinished.replace(pending)
            sync_folder(path.parent)
            _finish_interrupted(path)
        except sqlite3.Error as error:
            raise not_recorded(path, error) from error
        except OSError as error:
            raise LogError(LogTrouble.LOG_NOT_SALVAGED, path=path, why=error.strerror) from error
    salvaged = Salvaged(reason, aside, kept, lost)
    _logger.error("log_salvaged", set_aside=str(aside), kept=kept, lost=[span.term for span in lost])
    return salvaged


@dataclass(slots=True)
class _Copy:
    """Fills a new log with rows as they are found, and works out what is missing."""

    connection: sqlite3.Connection
    terminal: str
    path: Path
    ordinals: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)

    def fill(
        self, rows: Iterable[Row], hints: Hints, taps: Iterable[tuple[Any, ...]]
    ) -> tuple[int, tuple[LostSpan, ...]]:
        """Insert them all, in one transaction; the number kept, and the spans lost."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(_INSERT_TAP, taps)
        for row in rows:
            self._insert(row)
        with log_schema.unguarded(self.connection):
            # Of two rows that claim one place, the one that the next row follows is the right one.
            self.connection.execute(_UNLINKED)
        self.connection.execute(_COUNT_TAPS)
        lost = tuple(self._note_lost(hints))
        (kept,) = self.connection.execute("SELECT count(*) FROM event").fetchone()
        self.connection.execute("COMMIT")
        return kept, lost

    def _insert(self, row: Row) -> None:
        try:
            place = event_places.header_of(row.encoded)
        except MessageError:
            return  # no event: chance, or another database
        if place.terminal != self.terminal:
            raise LogError(
                LogTrouble.LOG_OTHER_TERMINAL, path=self.path, other=place.terminal, terminal=self.terminal
            )
        ordinal = self.ordinals.get(place.epoch)
        if ordinal is None:
            ordinal = self.ordinals[place.epoch] = self._ordinal_for(row)
            self.connection.execute(log_schema.INSERT_EPOCH, (ordinal, place.epoch, row.wall_ms))
        values = (ordinal, row.seq, row.kind, row.wall_ms, row.encoded, row.digest, row.previous)
        if self.connection.execute(log_schema.INSERT_EVENT_UNLESS_TAKEN, values).rowcount == 0:
            return
        if row.seq == 1:
            self._hear_of_the_epoch_before(row)

    def _ordinal_for(self, row: Row) -> int:
        """Its own place among the epochs, or behind all others when a mixed-in copy has taken that."""
        taken = self.ordinals.values()
        return row.ordinal if row.ordinal not in taken else max(taken) + 1

    def _hear_of_the_epoch_before(self, row: Row) -> None:
        with contextlib.suppress(MessageError):
            start = events.decode(row.encoded)
            if isinstance(start, EpochStart) and start.previous:
                self.ends[start.previous.epoch] = start.previous.seq

    def _note_lost(self, hints: Hints) -> Iterator[LostSpan]:
        """Write down which places of the kept epochs are empty, and name those of epochs that vanished."""
        newest = max(self.ordinals.values(), default=0)
        for epoch, ordinal in sorted(self.ordinals.items(), key=lambda one: one[1]):
            archived, end = hints.get(epoch, (0, 0))
            for first, last in self._empty_places(ordinal, archived, max(end, self.ends.get(epoch, 0))):
                yield self._note(epoch, ordinal, first, last)
            if ordinal == newest and not end:
                yield self._note(epoch, ordinal, self._head_of(ordinal) + 1, None)
        for epoch in sorted((self.ends.keys() | hints.keys()) - self.ordinals.keys()):
            archived, end = hints.get(epoch, (0, 0))
            end = max(end, self.ends.get(epoch, 0))
            if end > archived:
                yield LostSpan(epoch, archived + 1, end)

    def _empty_places(self, ordinal: int, archived: int, end: int) -> Iterator[Span]:
        (oldest, head) = self.connection.execute(
            "SELECT min(seq), max(seq) FROM event WHERE ordinal = ?", (ordinal,)
        ).fetchone()
        yield from uncovered(archived + 1, oldest - 1, ())  # purged, if the centre has it
        yield from self.connection.execute(_GAPS, (ordinal,)).fetchall()
        yield from uncovered(head + 1, end, ())

    def _head_of(self, ordinal: int) -> int:
        (head,) = self.connection.execute(
            "SELECT max(seq) FROM event WHERE ordinal = ?", (ordinal,)
        ).fetchone()
        return int(head)

    def _note(self, epoch: str, ordinal: int, first: int, last: int | None) -> LostSpan:
        self.connection.execute("INSERT INTO lost VALUES (?, ?, ?)", (ordinal, first, last or _ENDLESS))
        return LostSpan(epoch, first, last)


def _rows(path: Path, wal: bytes) -> Iterator[Row]:
    """Every event in the file and its write-ahead log; many come twice."""
    yield from rows_in_wal(wal)
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as content:
        yield from rows_in_database(content)


def _read(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What SQLite can still tell; nothing where it meets a torn page."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error:
        return []


def _finish_interrupted(path: Path) -> None:
    """Put a finished copy in the torn log's place; does nothing when there is none."""
    for pending in sorted(path.parent.glob(f"{path.name}.salvaged-*")):
        aside = path.with_name(pending.name.replace(".salvaged-", ".damaged-", 1))
        # A write-ahead log must never be found beside a file that it doesn't belong to.
        _wal_of(path).unlink(missing_ok=True)
        _shm_of(path).unlink(missing_ok=True)
        if path.exists() and not aside.exists():
            path.replace(aside)
        pending.replace(path)
        log_integrity.suspect_mark(path).unlink(missing_ok=True)
        sync_folder(path.parent)


def _free_name(path: Path, stamp: str) -> Path:
    """A name beside the log that nothing has yet."""
    aside, number = path.with_name(f"{path.name}.damaged-{stamp}"), 1
    while aside.exists() or _wal_of(aside).exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    return aside


def _date(wall_ms: int) -> str:
    """The date in a file's name, whatever the clock says."""
    since_1970 = dt.timedelta(milliseconds=min(max(wall_ms, 0), _ENDLESS // 100))
    return f"{dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + since_1970:%Y%m%dT%H%M%SZ}"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _shm_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-shm")
