"""One process at a time makes what a centre needs: of this machine, and of all that share its database."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections

from foundation.durable import make_file, make_folder
from settlement.settings import CentreSettings

_LOCK = (7000, 1)
"""The two numbers of PostgreSQL's advisory lock; nothing else of ours uses the first."""


@contextmanager
def alone(settings: CentreSettings) -> Iterator[None]:
    """Listener, settler and pages start at the same moment; one of them prepares, the others wait."""
    directory = settings.path("")
    make_folder(directory, 0o700)
    make_file(directory / "prepare.lock", 0o640)
    with (directory / "prepare.lock").open("r+", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _alone_in_database():
            yield


@contextmanager
def _alone_in_database() -> Iterator[None]:
    """Other machines wait too; the lock ends with its connection, also when this process dies.

    A connection of its own, because each migration commits; a transaction's lock, because a pool of
    connections may give every transaction to another session.
    """
    if connection.vendor != "postgresql":
        yield
        return
    holding = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        holding.set_autocommit(False)
        with holding.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _LOCK)
        yield
    finally:
        holding.close()
