"""The log's tables, and the checks that are made before it is trusted.

Each event's row carries the hash before it as well as its own: it proves itself, though its neighbours are
lost. `lost` names the places that a salvage (`sync.log.salvage`) could not fill.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from foundation.errors import LogDamagedError, LogError
from sync.contract import chain
from sync.contract.events import EpochEnd
from sync.contract.spans import Span
from sync.log import dates as log_dates
from sync.log.troubles import LogTrouble

VERSION = 6
CHECKED_WHOLE_BYTES = 64 * 1024 * 1024
"""Up to this size every page is looked at when the log is opened, beyond it later (`sync.log.check`)."""
TAIL_CHECKED = 1_000
"""How many of the newest events have their chain verified when the log is opened."""
SAYS_SMS_CODE = """instr(bytes, CAST('"method":"sms_code"' AS BLOB))"""
"""The condition of an index: codes can be used once, and are few among many events."""
SAYS_WRONG_CODE = """instr(bytes, CAST('"reason":"wrong_code"' AS BLOB))"""
"""The condition of another: wrong tries are limited, and a restart must not forget them."""

_NEVER_CHANGED = """
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'an event is evidence and is never changed'); END
"""
_NEVER_DELETED = """
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
WHEN OLD.seq > coalesce((SELECT archived FROM epoch WHERE epoch.ordinal = OLD.ordinal), 0)
BEGIN SELECT RAISE(ABORT, 'an event is deleted only after the centre has archived it'); END
"""
_TAPS = "CREATE TABLE IF NOT EXISTS tap (ref TEXT PRIMARY KEY, counter INTEGER NOT NULL) WITHOUT ROWID"
_ADD_PREVIOUS = "ALTER TABLE event ADD COLUMN previous BLOB NOT NULL DEFAULT x''"
_CREATE_LOST = "CREATE TABLE lost (ordinal INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL)"
# What each append had to keep up: dates are noted by the block now, counters by the log itself.
_DROP_OLD = ("DROP INDEX IF EXISTS event_by_date", "DROP TRIGGER IF EXISTS highest_tap_is_kept")
_SMS_CODES_BY_DATE = f"""
CREATE INDEX IF NOT EXISTS sms_code_by_date ON event (wall_ms) WHERE {SAYS_SMS_CODE}
"""
_WRONG_CODES = f"""
CREATE INDEX IF NOT EXISTS wrong_code ON event (ordinal, seq) WHERE {SAYS_WRONG_CODE}
"""
_LAST = "SELECT ordinal, epoch, seq FROM event JOIN epoch USING (ordinal) ORDER BY ordinal DESC, seq DESC"
_OLDEST = "SELECT min(seq) FROM event WHERE ordinal = ?"
# As bytes whatever stands there: a database tool may have left text.
CHAINED = """
SELECT seq, CAST(bytes AS BLOB), CAST(hash AS BLOB), CAST(previous AS BLOB) FROM event
WHERE ordinal = ? AND seq >= ? ORDER BY seq
"""
_LOST = "SELECT first, last FROM lost WHERE ordinal = ? ORDER BY first"
_TELL_PREVIOUS = """
UPDATE event SET previous = coalesce((
    SELECT hash FROM event AS before WHERE before.ordinal = event.ordinal AND before.seq = event.seq - 1
), x'')
"""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest epoch that the log holds: its ordinal (0 = an empty log) and where it ends."""

    ordinal: int
    end: EpochEnd | None

    @property
    def place(self) -> tuple[int, int]:
        """Ordinal and seq of the newest event; larger places are newer."""
        return self.ordinal, self.end.seq if self.end else 0


def connect(path: Path) -> sqlite3.Connection:
    """Open the log for writing, making its tables if need be.

    Raises sqlite3.Error when the disk refuses, LogError when the file is damaged or of a newer version.
    """
    connection = sqlite3.connect(path, isolation_level=None, timeout=5.0, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _create(Database(connection), path)
        if path.stat().st_size <= CHECKED_WHOLE_BYTES:
            check_pages(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        if is_damage(error):
            raise damaged(path, str(error)) from error
        raise
    except LogError:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path, *, for_any_thread: bool = False) -> sqlite3.Connection:
    """Open an existing log beside the engine that writes it; raises sqlite3.Error when there is none."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=5.0,
        check_same_thread=not for_any_thread,
    )


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


@contextlib.contextmanager
def unguarded(connection: sqlite3.Connection) -> Iterator[None]:
    """Let rows be deleted from a log that is being made anew, within its one transaction."""
    connection.execute("DROP TRIGGER event_is_never_deleted")
    yield
    connection.execute(_NEVER_DELETED)


def lost_places(connection: sqlite3.Connection, ordinal: int) -> list[Span]:
    """What a salvage could not read of an epoch."""
    return connection.execute(_LOST, (ordinal,)).fetchall()


def _create(database: Database, path: Path) -> None:
    version: int = database.conn.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LogError(LogTrouble.LOG_NEWER, path=path, version=version)
    if version == VERSION:
        return
    # All or nothing: a power cut in between leaves the file as it was, and the next start tries again.
    with database.atomic():
        if version < 1:
            _create_tables(database)
        elif version < 5:
            _tell_previous(database)
        # Without these, each start would read the whole log: who is here, what became of codes?
        for statement in (*_DROP_OLD, _SMS_CODES_BY_DATE, _WRONG_CODES, _TAPS, log_dates.CREATE):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {VERSION}")


def _create_tables(database: Database) -> None:
    database.table("epoch").create(
        {"ordinal": int, "epoch": str, "opened_wall_ms": int, "archived": int},
        pk="ordinal",
        not_null={"epoch", "opened_wall_ms"},
        defaults={"archived": 0},
    ).create_index(["epoch"], unique=True)
    database.table("event").create(
        {"ordinal": int, "seq": int, "kind": str, "wall_ms": int, "bytes": bytes, "hash": bytes},
        pk=("ordinal", "seq"),
        not_null={"kind", "wall_ms", "bytes", "hash"},
        foreign_keys=[ForeignKey("event", "ordinal", "epoch", "ordinal")],
    )
    database.execute(_ADD_PREVIOUS)
    database.execute(_CREATE_LOST)
    for statement in (_NEVER_CHANGED, _NEVER_DELETED):
        database.execute(statement)


def _tell_previous(database: Database) -> None:
    """Give the rows of an older schema the hash before each."""
    for statement in (
        "DROP TRIGGER event_is_never_changed",
        _ADD_PREVIOUS,
        _CREATE_LOST,
        _TELL_PREVIOUS,
        _NEVER_CHANGED,
    ):
        database.execute(statement)


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
