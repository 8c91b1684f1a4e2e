"""Sending beside other work: threads of their own, few at once, each with its own database connection."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import structlog
from django.db import connection

from settlement.database.away import is_away
from settlement.webhooks.outbox import real_ms
from settlement.webhooks.sending import due_webhooks, send_due

MOST_AT_ONCE = 4
"""Receivers that are told at the same moment; a slow one holds up none but its own messages."""
_LOOK_EVERY_S = 1.0

_logger = structlog.get_logger()


@contextmanager
def webhooks_sent(stop: threading.Event, *, plain: bool) -> Iterator[None]:
    """Send what is due as long as the context lasts and `stop` is not set.

    It ends with what is under way, which its deadline ends. `plain` is whether this machine may be told.
    """
    sender = _Sender(stop, plain=plain)
    thread = threading.Thread(target=sender.run, name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class _Sender:
    def __init__(self, stop: threading.Event, *, plain: bool) -> None:
        self._stop = stop
        self._plain = plain
        self._lock = threading.Lock()
        self._busy: set[int] = set()

    def run(self) -> None:
        with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="webhook") as pool:
            while not self._stop.wait(_LOOK_EVERY_S):
                self._look(pool)
        connection.close()

    def _look(self, pool: ThreadPoolExecutor) -> None:
        with self._lock:
            busy = set(self._busy)
        if len(busy) >= MOST_AT_ONCE:
            return
        try:
            due = due_webhooks(real_ms(), busy)
        except Exception as error:
            if not is_away(error):
                _logger.exception("webhooks_failed")
            connection.close()
            return
        for number in due[: MOST_AT_ONCE - len(busy)]:
            with self._lock:
                self._busy.add(number)
            pool.submit(self._send, number)

    def _send(self, number: int) -> None:
        try:
            send_due(number, plain=self._plain, stopped=self._stop.is_set)
        except Exception as error:
            # Of a database that is away the settler tells already.
            if not is_away(error):
                _logger.exception("webhook_not_sent", webhook=number)
        finally:
            connection.close()
            with self._lock:
                self._busy.discard(number)
