"""SQLite keeps what was overwritten in its log of writes, as long as a process has the database open."""

from django.db import connection


def empty_log() -> None:
    """Let what was erased go from the log, too; where somebody reads just now, the next call does.

    Only outside of a transaction. PostgreSQL frees by itself what is gone, at its next VACUUM.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
