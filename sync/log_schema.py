"""The log's tables, and the checks that are made before it is trusted."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from muster.errors import LogError
from sync import chain
from sync.events import EpochEnd

VERSION = 4
CHECKED_WHOLE_BYTES = 64 * 1024 * 1024
"""Up to this size every page is looked at when the log is opened; beyond it that would take too long."""
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
# By the file itself, so that no way of writing or copying events can leave the counter behind.
_HIGHEST_TAP_IS_KEPT = """
CREATE TRIGGER IF NOT EXISTS highest_tap_is_kept AFTER INSERT ON event
WHEN instr(NEW.bytes, CAST('"counter":' AS BLOB))
AND json_extract(CAST(NEW.bytes AS TEXT), '$.credential.counter') IS NOT NULL
BEGIN
    INSERT INTO tap SELECT credential ->> 'ref', credential ->> 'counter'
    FROM (SELECT CAST(NEW.bytes AS TEXT) -> 'credential' AS credential) WHERE true
    ON CONFLICT (ref) DO UPDATE SET counter = max(counter, excluded.counter);
END
"""
_BY_DATE = "CREATE INDEX IF NOT EXISTS event_by_date ON event (wall_ms)"
_SMS_CODES_BY_DATE = f"""
CREATE INDEX IF NOT EXISTS sms_code_by_date ON event (wall_ms) WHERE {SAYS_SMS_CODE}
"""
_WRONG_CODES = f"""
CREATE INDEX IF NOT EXISTS wrong_code ON event (ordinal, seq) WHERE {SAYS_WRONG_CODE}
"""
_LAST = (
    "SELECT ordinal, epoch, seq, hash FROM event JOIN epoch USING (ordinal) ORDER BY ordinal DESC, seq DESC"
)
_OLDEST = "SELECT min(seq) FROM event WHERE ordinal = ?"
_HASH = "SELECT hash FROM event WHERE ordinal = ? AND seq = ?"
# As bytes whatever stands there: a database tool may have left text.
_TAIL = """
SELECT seq, CAST(bytes AS BLOB), CAST(hash AS BLOB) FROM event WHERE ordinal = ? AND seq >= ? ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest epoch that the log holds: its ordinal (0 = an empty log) and where it ends."""

    ordinal: int
    end: EpochEnd | None


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
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise damaged(path, str(error)) from error
        raise
    except LogError:
        connection.close()
        raise
    return connection


def verify_tail(connection: sqlite3.Connection, terminal: str, path: Path) -> Newest:
    """The newest epoch's end, once the chain of its last events is seen to hold; raises LogError."""
    last = connection.execute(_LAST).fetchone()
    if last is None:
        return Newest(0, None)
    ordinal, epoch, head_seq, _ = last
    (oldest,) = connection.execute(_OLDEST, (ordinal,)).fetchone()
    first = max(oldest, head_seq - TAIL_CHECKED + 1)
    expected = chain.genesis(terminal, epoch) if first == 1 else None
    if first > oldest:
        (expected,) = connection.execute(_HASH, (ordinal, first - 1)).fetchone() or (b"",)
    for place, (seq, encoded, digest) in enumerate(connection.execute(_TAIL, (ordinal, first)), start=first):
        # Behind events that were archived and deleted, the oldest that is kept vouches for itself.
        expected = digest if expected is None else chain.link(expected, encoded)
        if seq != place or digest != expected:
            raise damaged(path, f"the chain of epoch {epoch} breaks at seq {place}")
    return Newest(ordinal, EpochEnd(epoch, head_seq, digest.hex()))


def _create(database: Database, path: Path) -> None:
    version: int = database.conn.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LogError(
            f"The log {path} was written by a newer Muster (schema {version}).",
            remedy="Update this terminal.",
        )
    if version == VERSION:
        return
    # All or nothing: a power cut in between leaves the file as it was, and the next start tries again.
    with database.atomic():
        if version < 1:
            _create_tables(database)
        # Without the indexes, each start would read the whole log: who is here, what became of codes?
        for statement in (_BY_DATE, _SMS_CODES_BY_DATE, _WRONG_CODES, _TAPS, _HIGHEST_TAP_IS_KEPT):
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
    for statement in (_NEVER_CHANGED, _NEVER_DELETED):
        database.execute(statement)


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Look at every page of the file; raises LogError for a torn or foreign one. About 2 s for 400 MB."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, verdict)


def damaged(path: Path, what: str) -> LogError:
    """What to raise when the log's file can't be trusted."""
    return LogError(
        f"The log {path} is damaged: {what}.",
        remedy="Keep the file, start with a new log, and send the old one to the centre.",
    )
