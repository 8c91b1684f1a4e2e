"""The log's tables, and opening a log to write in it; `lost` names the places that a salvage could not fill.

A reader of the log needs none of this: what makes tables loads much, numpy too where that is installed.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from foundation.errors import LogError
from sync.log import dates as log_dates
from sync.log import integrity as log_integrity
from sync.log.troubles import LogTrouble

VERSION = 6
SAYS_SMS_CODE = """instr(bytes, CAST('"method":"sms_code"' AS BLOB))"""
"""The condition of an index: codes can be used once, and are few among many events."""
SAYS_WRONG_CODE = """instr(bytes, CAST('"reason":"wrong_code"' AS BLOB))"""
"""The condition of another: wrong tries are limited, and a restart must not forget them."""

INSERT_EPOCH = "INSERT INTO epoch (ordinal, epoch, opened_wall_ms) VALUES (?, ?, ?)"
INSERT_EVENT = (
    "INSERT INTO event (ordinal, seq, kind, wall_ms, bytes, hash, previous) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
INSERT_EVENT_UNLESS_TAKEN = INSERT_EVENT.replace("INSERT", "INSERT OR IGNORE")

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
_TELL_PREVIOUS = """
UPDATE event SET previous = coalesce((
    SELECT hash FROM event AS before WHERE before.ordinal = event.ordinal AND before.seq = event.seq - 1
), x'')
"""


WAL_KEPT_BYTES = 4 * 1024 * 1024
"""What is kept of the write-ahead log once it is copied into the file; a reader that stays lets it grow."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the log for writing, making its tables if need be.

    Raises sqlite3.Error when the disk refuses, LogError when the file is damaged or of a newer version.
    """
    # The uplink, of the same group, delivers it where no engine runs too: then it makes the shared index.
    path.touch(mode=0o660)
    connection = sqlite3.connect(path, isolation_level=None, timeout=5.0, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
        connection.execute("PRAGMA foreign_keys = ON")
        _create(Database(connection), path)
        if path.stat().st_size <= log_integrity.CHECKED_WHOLE_BYTES:
            log_integrity.check_pages(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        if log_integrity.is_damage(error):
            raise log_integrity.damaged(path, str(error)) from error
        raise
    except LogError:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def unguarded(connection: sqlite3.Connection) -> Iterator[None]:
    """Let rows be deleted from a log that is being made anew, within its one transaction."""
    connection.execute("DROP TRIGGER event_is_never_deleted")
    yield
    connection.execute(_NEVER_DELETED)


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
