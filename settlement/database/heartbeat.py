"""The heartbeat of a listener, by a thread with a connection of its own: storing may take its time.

It beats for its owner's loop, not for itself: where that has not turned for long, it falls silent.
"""

import threading
import time
from contextlib import suppress

from django.db import Error, connection

from settlement.database import bucket_locks
from settlement.database.bucket_locks import Session

_EVERY_S = 1.0
_TURNS_WITHIN_S = 15.0
"""More than a statement waits for somebody's lock, or a connection for a broker that hangs."""


class Heartbeat:
    """Beats for one session of its owner's at a time, or for none."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._turned_s = time.monotonic()
        threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def turned(self) -> None:
        """The owner's loop goes on."""
        self._turned_s = time.monotonic()

    def beat_for(self, session: Session | None) -> None:
        """The owner has another connection, or wants no share."""
        self._session = session

    def _run(self) -> None:
        while True:
            time.sleep(_EVERY_S)
            session = self._session
            if session is not None and time.monotonic() - self._turned_s < _TURNS_WITHIN_S:
                self._beat(session)

    @staticmethod
    def _beat(session: Session) -> None:
        try:
            if connection.connection is None:
                with connection.cursor() as cursor:
                    # A beat is worth nothing after a crash: no disk and no standby is waited for.
                    cursor.execute("SET synchronous_commit = off")
            bucket_locks.beat(session)
        except Error:
            # Whoever stores evidence waits for the database, and tells.
            with suppress(Error):
                connection.close()
