"""The terminal's log: one durable transaction per event, chained, gap-free, in one SQLite file.

WAL with synchronous=FULL: an event that `append` returned survives a power cut. One process writes, others
read (`sync.log.reader`). Each opening draws a new epoch, so neither a restored card nor a clone can use an
id again. https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import contextlib
import fcntl
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec
import structlog
from msgspec import Struct

from foundation.errors import LogError
from sync.contract import chain
from sync.contract.events import ClockTrust, Credential, EpochEnd, EpochStart, Event, encode
from sync.log import dates as log_dates
from sync.log import integrity as log_integrity
from sync.log import schema as log_schema
from sync.log.troubles import LogTrouble

LoggedEvent = TypeVar("LoggedEvent", bound=Event)
_Row = tuple[int, int, str, int, bytes, bytes, bytes]

_CODES_SINCE = f"SELECT bytes FROM event WHERE {log_schema.SAYS_SMS_CODE} AND wall_ms >= ?"  # noqa: S608 - ours
_WRONG_CODES = (
    f"SELECT bytes FROM event WHERE {log_schema.SAYS_WRONG_CODE}"  # noqa: S608 - ours
    " ORDER BY ordinal DESC, seq DESC LIMIT ?"
)

_ARCHIVE = """
UPDATE epoch SET archived = max(archived, ?)
WHERE epoch = ? AND EXISTS (SELECT 1 FROM event WHERE event.ordinal = epoch.ordinal AND seq >= ?)
"""
_PURGE = """
DELETE FROM event WHERE rowid IN (
    SELECT event.rowid FROM epoch CROSS JOIN event ON event.ordinal = epoch.ordinal AND seq < archived
    WHERE (event.ordinal, seq) <= (?, ?) ORDER BY epoch.ordinal, seq LIMIT ?
)
"""
_HASH = "SELECT hash FROM event JOIN epoch USING (ordinal) WHERE epoch = ? AND seq = ?"
# A table of its own: counters stay when their events are purged.
_TAP = "SELECT counter FROM tap WHERE ref = ?"
_COUNT_TAP = """
INSERT INTO tap VALUES (?, ?) ON CONFLICT (ref) DO UPDATE SET counter = max(counter, excluded.counter)
"""
_BYTES = "SELECT bytes FROM event WHERE ordinal = ? AND seq = ?"
PURGED_AT_ONCE = 100
"""One transaction of a purge is over before anybody at the terminal notices that it was busy."""

_logger = structlog.get_logger()


class Stamp(Struct, frozen=True):
    """When something happened, and how far the clock could be trusted then."""

    boot: str
    mono_ms: int
    wall_ms: int
    clock: ClockTrust

    def moment(self, terminal: str) -> dict[str, Any]:
        """The fields that every event of this moment at this terminal has."""
        return {
            "terminal": terminal,
            "boot": self.boot,
            "mono_ms": self.mono_ms,
            "wall_ms": self.wall_ms,
            "clock": self.clock,
        }


class Log:
    """The open log; the only writer of its file."""

    def __init__(self, path: Path, terminal: str, stamp: Stamp, software: str) -> None:
        """Check the file, verify its tail and open a new epoch in it.

        Raises LogError when another engine holds the log, the file is damaged or the disk refuses.
        """
        self.path = path
        self.terminal = terminal
        self.epoch = secrets.token_hex(16)
        self.seq = 0
        self.make_room: Callable[[], bool] = lambda: False
        """Asked once when the disk is full; after True the event is tried again."""
        self._head = chain.genesis(terminal, self.epoch)
        self._one_at_a_time = threading.Lock()
        with contextlib.ExitStack() as opened:
            opened.enter_context(hold(path))
            try:
                self._connection = opened.enter_context(contextlib.closing(log_schema.connect(path)))
                self._inserting = self._connection.cursor()
                newest = log_integrity.verify_tail(self._connection, terminal, path)
                self.opened_behind = newest.place
                last = self._connection.execute(_BYTES, newest.place).fetchone()
                self.last_before: bytes | None = last[0] if last else None
                self._ordinal = newest.ordinal + 1
                _, row = self._place(
                    EpochStart(**stamp.moment(terminal), previous=newest.end, software=software)
                )
                with self._transaction():
                    self._connection.execute(
                        log_schema.INSERT_EPOCH, (self._ordinal, self.epoch, stamp.wall_ms)
                    )
                    self._connection.execute(log_schema.INSERT_EVENT, row)
                self._advance(row)
                self.note_dates()
            except sqlite3.Error as error:
                raise not_recorded(path, error) from error
            self._open = opened.pop_all()
        _logger.info("log_opened", epoch=self.epoch, continues=_epoch_of(newest.end))

    def append(self, event: LoggedEvent) -> LoggedEvent:
        """Write the event durably and return it with its place; only then may anybody be told of it.

        Safe from any thread. Raises LogError when the disk is full or fails: nothing was recorded, and the
        next call tries anew.
        """
        try:
            return self._append(event)
        except LogError as error:
            if error.trouble.code != LogTrouble.LOG_DISK_FULL or not self.make_room():
                raise
        return self._append(event)

    def _append(self, event: LoggedEvent) -> LoggedEvent:
        credential: Credential | None = getattr(event, "credential", None)
        signed = credential if credential and credential.counter is not None else None
        try:
            with self._one_at_a_time:
                placed, row = self._place(event)
                if signed:
                    with self._transaction():
                        self._connection.execute(log_schema.INSERT_EVENT, row)
                        self._connection.execute(_COUNT_TAP, (signed.ref, signed.counter))
                else:
                    # One statement is a transaction of its own, and costs less than BEGIN and COMMIT.
                    self._inserting.execute(log_schema.INSERT_EVENT, row)
                self._advance(row)
                return placed
        except sqlite3.Error as error:
            raise not_recorded(self.path, error) from error

    def since(self, wall_ms: int) -> Iterator[bytes]:
        """The bytes of the events that their own clock dated `wall_ms` or later, in the order of the log.

        An older date hides nothing behind it: the clock may have been wrong for a while.
        """
        return self._raising(log_dates.since(self._connection, wall_ms))

    def maybe_since(self, boot: str, mono_ms: int, wall_ms: int, most: int) -> Iterator[bytes]:
        """The bytes of the events that nothing proves to be older than a moment, in the order of the log.

        Of those the newest, up to `most`. The moment is one of `boot`, the present one. An event is proven
        older by the time since this very boot, by a clock that was trusted in another, or by what follows it.
        """
        return self._raising(log_dates.maybe_since(self._connection, (boot, mono_ms, wall_ms), most))

    def note_dates(self) -> None:
        """Keep `since` and `purge` fast over many days; to be called now and then. Raises LogError."""
        try:
            with self._one_at_a_time, self._transaction():
                log_dates.note(self._connection)
        except sqlite3.Error as error:
            raise not_recorded(self.path, error) from error

    def sms_codes_since(self, wall_ms: int) -> Iterator[bytes]:
        """As `since`, of the events in which somebody presented an SMS code; fast over many days."""
        return self._raising(self._look_up(_CODES_SINCE, wall_ms))

    def wrong_codes(self, most: int) -> list[bytes]:
        """The bytes of the newest refusals of a wrong code, up to `most`, in the order of the log.

        Whatever the clock said then and says now.
        """
        newest = list(self._raising(self._look_up(_WRONG_CODES, most)))
        return newest[::-1]

    def highest_tap(self, ref: str) -> int:
        """The highest counter that a card which signs its taps ever showed here; -1 for one never seen.

        It is kept beside the events, in the transaction of each, and stays when they are purged.
        """
        try:
            row = self._connection.execute(_TAP, (ref,)).fetchone()
        except sqlite3.Error as error:
            raise not_recorded(self.path, error) from error
        return row[0] if row else -1

    def hash_at(self, epoch: str, seq: int) -> bytes | None:
        """The chain's hash at a place, or None where the log has no such event."""
        if seq == 0:
            return chain.genesis(self.terminal, epoch)
        try:
            with self._one_at_a_time:
                row = self._connection.execute(_HASH, (epoch, seq)).fetchone()
        except sqlite3.Error as error:
            raise not_recorded(self.path, error) from error
        return row[0] if row else None

    def purge(self, archived: Mapping[str, int], before_wall_ms: int) -> int:
        """Delete up to PURGED_AT_ONCE events that the centre has archived and that are provably older.

        `archived` is the seq up to which the centre has archived each epoch. The event at that very place
        stays: the hash before the next one is in it. Returns how many were deleted; call again while it is
        PURGED_AT_ONCE. Raises LogError when the disk refuses; nothing was deleted then.
        """
        try:
            with self._one_at_a_time, self._transaction():
                for epoch, seq in archived.items():
                    self._connection.execute(_ARCHIVE, (seq, epoch, seq))
                newest = log_dates.newest_before(self._connection, before_wall_ms)
                if newest is None:
                    return 0
                return self._connection.execute(_PURGE, (*newest, PURGED_AT_ONCE)).rowcount
        except sqlite3.Error as error:
            raise not_recorded(self.path, error) from error

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        self._open.close()

    def _look_up(self, query: str, value: int) -> Iterator[bytes]:
        for (encoded,) in self._connection.execute(query, (value,)):
            yield encoded

    def _raising(self, found: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from found
        except sqlite3.DatabaseError as error:
            raise not_recorded(self.path, error) from error

    def _place(self, event: LoggedEvent) -> tuple[LoggedEvent, _Row]:
        """The event at the next place of the chain, and its row."""
        placed = msgspec.structs.replace(event, terminal=self.terminal, epoch=self.epoch, seq=self.seq + 1)
        encoded = encode(placed)
        kind = str(event.__struct_config__.tag)
        return placed, (
            self._ordinal,
            placed.seq,
            kind,
            placed.wall_ms,
            encoded,
            chain.link(self._head, encoded),
            self._head,
        )

    def _advance(self, row: _Row) -> None:
        """The row is durable: the next event follows it."""
        _, self.seq, _, _, _, self._head, _ = row

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, and on the disk when it ends."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def hold(path: Path) -> IO[bytes]:
    """Hold the log for this process until the file is closed; the lock ends with the process in any case.

    Raises LogError when another engine holds it, or the folder can't be written.
    """
    try:
        file = path.with_suffix(".lock").open("wb")
    except OSError as error:
        raise LogError(LogTrouble.LOG_NOT_OPENED, path=path, why=error.strerror) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise LogError(LogTrouble.LOG_HELD, path=path) from error
    return file


def not_recorded(path: Path, error: sqlite3.Error) -> LogError:
    """What to raise when the disk refused; a torn page marks the log for salvage."""
    if log_integrity.is_damage(error):
        return log_integrity.found_damaged(path, error)
    if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
        return LogError(LogTrouble.LOG_DISK_FULL, path=path)
    return LogError(LogTrouble.LOG_NOT_WRITTEN, path=path, why=error)


def _epoch_of(end: EpochEnd | None) -> str | None:
    return end.epoch if end else None
