"""A pool of connections such as PgBouncer before the server: each transaction may be in another session."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def is_pooled(connection: BaseDatabaseWrapper) -> bool:
    """Whether one stands between: what is kept in a session would belong to nobody in particular."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return bool(connection.connection.info.backend_pid != backend)


def read_whole_from_pools() -> None:
    """Let it hold for every connection from now on: behind a pool rows are not left at the server.

    Outside of a transaction Django reads long lists through a cursor that its session keeps. The next rows
    would be asked of a session that does not know it.
    """
    connection_created.connect(_read_whole)


def _read_whole(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor == "postgresql":
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = is_pooled(connection)
