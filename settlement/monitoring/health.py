"""Whether this centre can serve: its database answers, and has the tables that this version wants."""

from functools import cache

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from foundation.trouble import Trouble
from settlement.troubles import CentreTrouble


def why_it_can_not_serve() -> Trouble | None:
    """What is wrong, or None. It tells nothing about where the database is, nor what it holds."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except (DatabaseError, InterfaceError):
        connection.close()
        return Trouble.of(CentreTrouble.DATABASE_AWAY)
    missing = _wanted() - applied.keys()
    return Trouble.of(CentreTrouble.TABLES_OLDER, count=len(missing)) if missing else None


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """The migrations that ship; they don't change while a process runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
