"""A stretch in which the database itself refuses every write."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def read_only() -> Iterator[None]:
    """Let this process's connection only read; a statement that would write raises django.db.DatabaseError.

    On PostgreSQL it holds for transactions that begin within. No transaction is opened: that would keep
    others from writing to SQLite.
    """
    on, off = (
        ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
        if connection.vendor == "postgresql"
        else ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
    )
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)
