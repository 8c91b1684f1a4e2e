"""How long the listener's connections wait for others, and how long the server waits for the listener."""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_LOCK_MS = 5_000
"""For a row or table that somebody else holds: the message is tried again, and others get their turn."""
_IDLE_MS = 10_000
"""Between two words of one transaction: a listener that was stopped in the middle of one keeps its rows no
longer, and finds its connection ended when it wakes."""


def limit_waiting() -> None:
    """Let it hold for every connection that this process makes from now on."""
    connection_created.connect(_limit)
    connection.close()


def _limit(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false),"
                " set_config('idle_in_transaction_session_timeout', %s, false)",
                (str(_LOCK_MS), str(_IDLE_MS)),
            )
