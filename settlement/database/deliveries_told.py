"""Listeners that share a PostgreSQL tell each other who delivered, by NOTIFY.

A terminal is told of check-ins at the others of its site by the listener that serves it, and those of one
site are spread over all listeners. One that misses a word tells a terminal with its next greeting.
"""

from collections import deque

from django.db import connection

_CHANNEL = "muster_delivered"
_MOST = 1000


class DeliveriesTold:
    """What other listeners said since it was last asked; heard whenever this connection is used."""

    def __init__(self) -> None:
        self._heard: deque[str] = deque(maxlen=_MOST)

    def listen(self, own_backend: int) -> None:
        """Hear the others on this new connection."""

        def hear(notify: object) -> None:
            if getattr(notify, "pid", own_backend) != own_backend:
                self._heard.append(str(getattr(notify, "payload", "")))

        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {_CHANNEL}")
        connection.connection.add_notify_handler(hear)

    def take(self) -> list[str]:
        """The terminals that delivered to others, each once."""
        names = sorted(set(self._heard))
        self._heard.clear()
        return names


def tell_delivery(terminal: str) -> None:
    """Tell the other listeners that this terminal delivered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, terminal))
