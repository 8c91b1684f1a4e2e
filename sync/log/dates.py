"""Which stretches of the log hold events of which dates, so that nobody reads years to find a morning.

Of every block of BLOCK places the earliest and the latest date is kept. An index that each append keeps up
would be paid for by whoever waits for the light; this one is brought up to date when the log is opened and
now and then, and what is newer is looked through.
"""

import sqlite3
from collections.abc import Iterator

BLOCK = 256

CREATE = """
CREATE TABLE IF NOT EXISTS dated (
    ordinal INTEGER, block INTEGER, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
    PRIMARY KEY (ordinal, block)
) WITHOUT ROWID
"""
_LAST = "SELECT ordinal, block FROM dated ORDER BY ordinal DESC, block DESC LIMIT 1"
_HEAD = "SELECT ordinal, seq FROM event ORDER BY ordinal DESC, seq DESC LIMIT 1"
_NOTE = f"""
INSERT INTO dated SELECT ordinal, seq / {BLOCK} AS block, min(wall_ms), max(wall_ms) FROM event
WHERE (ordinal, seq) >= (?, ?) AND (ordinal, seq) < (?, ?) GROUP BY ordinal, block
"""  # noqa: S608 - ours
_FORGET_PURGED = f"""
DELETE FROM dated WHERE NOT EXISTS (
    SELECT 1 FROM event WHERE event.ordinal = dated.ordinal
    AND seq BETWEEN block * {BLOCK} AND block * {BLOCK} + {BLOCK - 1}
)
"""  # noqa: S608 - ours

_BLOCKS_SINCE = "SELECT ordinal, block FROM dated WHERE latest >= ? ORDER BY ordinal, block"
_SINCE = "SELECT bytes FROM event WHERE ordinal = ? AND seq BETWEEN ? AND ? AND wall_ms >= ? ORDER BY seq"
_NEWER_SINCE = """
SELECT bytes FROM event WHERE (ordinal, seq) >= (?, ?) AND wall_ms >= ? ORDER BY ordinal, seq
"""

_NTH_NEWEST = "SELECT ordinal, seq FROM event ORDER BY ordinal DESC, seq DESC LIMIT 1 OFFSET ?"
_BEHIND = "SELECT bytes FROM event WHERE (ordinal, seq) > (?, ?) ORDER BY ordinal, seq"
_PROVEN_BEFORE = """
SELECT ordinal, seq FROM event WHERE (ordinal, seq) > (?, ?) AND
CASE json_extract(CAST(bytes AS TEXT), '$.boot') WHEN ?
THEN json_extract(CAST(bytes AS TEXT), '$.mono_ms') < ?
ELSE wall_ms < ? AND json_extract(CAST(bytes AS TEXT), '$.clock.state') IN ('synced', 'holdover') END
ORDER BY ordinal DESC, seq DESC LIMIT 1
"""
_TRUSTED = """
wall_ms < ? AND json_extract(CAST(bytes AS TEXT), '$.clock.state') IN ('synced', 'holdover')
ORDER BY ordinal DESC, seq DESC LIMIT 1
"""
_BLOCKS_BEFORE = "SELECT ordinal, block FROM dated WHERE earliest < ? ORDER BY ordinal DESC, block DESC"
_BEFORE = f"SELECT ordinal, seq FROM event WHERE ordinal = ? AND seq BETWEEN ? AND ? AND {_TRUSTED}"  # noqa: S608 - ours
_NEWER_BEFORE = f"SELECT ordinal, seq FROM event WHERE (ordinal, seq) >= (?, ?) AND {_TRUSTED}"  # noqa: S608 - ours


def note(connection: sqlite3.Connection) -> None:
    """Note the dates of the blocks that are full, in the caller's transaction."""
    head = connection.execute(_HEAD).fetchone()
    if head is not None:
        ordinal, seq = head
        connection.execute(_NOTE, (*_first_unnoted(connection), ordinal, seq // BLOCK * BLOCK))
        connection.execute(_FORGET_PURGED)


def since(connection: sqlite3.Connection, wall_ms: int) -> Iterator[bytes]:
    """The bytes of the events that are dated `wall_ms` or later, in the order of the log."""
    newer = _first_unnoted(connection)
    for ordinal, block in connection.execute(_BLOCKS_SINCE, (wall_ms,)).fetchall():
        for (encoded,) in connection.execute(_SINCE, (ordinal, *_places(block), wall_ms)):
            yield encoded
    for (encoded,) in connection.execute(_NEWER_SINCE, (*newer, wall_ms)):
        yield encoded


def newest_before(connection: sqlite3.Connection, wall_ms: int) -> tuple[int, int] | None:
    """Ordinal and seq of the newest event that a trusted clock dated before `wall_ms`.

    Whatever their own dates say, all events before it are older.
    """
    found: tuple[int, int] | None
    found = connection.execute(_NEWER_BEFORE, (*_first_unnoted(connection), wall_ms)).fetchone()
    blocks = connection.execute(_BLOCKS_BEFORE, (wall_ms,)).fetchall() if found is None else ()
    for ordinal, block in blocks:
        found = connection.execute(_BEFORE, (ordinal, *_places(block), wall_ms)).fetchone()
        if found:
            break
    return found


def maybe_since(connection: sqlite3.Connection, moment: tuple[str, int, int], most: int) -> Iterator[bytes]:
    """The bytes of the newest events, up to `most`, behind the newest that is provably before the moment.

    The moment is a boot, the milliseconds since it, and UTC.
    """
    oldest = connection.execute(_NTH_NEWEST, (most,)).fetchone() or (0, 0)
    proven = connection.execute(_PROVEN_BEFORE, (*oldest, *moment)).fetchone()
    for (encoded,) in connection.execute(_BEHIND, proven or oldest):
        yield encoded


def _first_unnoted(connection: sqlite3.Connection) -> tuple[int, int]:
    """The place from which on no block is noted."""
    last = connection.execute(_LAST).fetchone()
    return (last[0], (last[1] + 1) * BLOCK) if last else (0, 0)


def _places(block: int) -> tuple[int, int]:
    """The first and the last seq of a block."""
    return block * BLOCK, (block + 1) * BLOCK - 1
