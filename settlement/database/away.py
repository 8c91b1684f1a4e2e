"""A database that can't be used for now: gone, cut off, or letting nobody write. It is waited for."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog
from django.db import Error, InterfaceError, InternalError, OperationalError, connection
from psycopg import errors as driver

Answer = TypeVar("Answer")

# Django passes the driver's own on where a cursor that the server keeps is closed on a lost connection.
_AWAY = (OperationalError, InterfaceError, driver.OperationalError, driver.InterfaceError)
_LETS_NOBODY_WRITE = (driver.ReadOnlySqlTransaction, driver.IdleInTransactionSessionTimeout)

TOLD_EVERY_S = 60.0

_logger = structlog.get_logger()


def is_away(error: BaseException | None) -> bool:
    """Whether the same may succeed later, with another connection: nothing is wrong with what was asked."""
    if isinstance(error, InternalError):
        # A standby and a server that is being moved let nobody write; Django calls that an error of its own.
        return isinstance(error.__cause__, _LETS_NOBODY_WRITE)
    return isinstance(error, _AWAY)


@contextmanager
def later_while_away() -> Iterator[None]:
    """Leave the block where the database is away: what it does is tried again another time."""
    try:
        yield
    except (Error, driver.Error) as error:
        if not is_away(error):
            raise
        if _told.is_due(type(error).__name__):
            _logger.warning("database_away", error=str(error))
        connection.close()


class _Told:
    """What was told lately: who tries again four times a second says why once a minute."""

    def __init__(self) -> None:
        self._at_s: dict[str, float] = {}

    def is_due(self, kind: str) -> bool:
        now_s = time.monotonic()
        if now_s - self._at_s.get(kind, -TOLD_EVERY_S) < TOLD_EVERY_S:
            return False
        self._at_s[kind] = now_s
        return True


_told = _Told()


def once_it_answers(
    ask: Callable[[], Answer],
    stop: threading.Event,
    retry_s: float,
    *,
    is_worth_it: Callable[[], bool] = lambda: True,
    meanwhile: Callable[[], None] = lambda: None,
) -> Answer | None:
    """What `ask` returns, asked again while the database is away; None when told to stop meanwhile.

    `meanwhile` is called before each pause. Raises whatever else `ask` does, and the same where waiting is
    not worth it.
    """
    complained = False
    while True:
        try:
            answer = ask()
        except Exception as error:
            if not (is_away(error) or is_away(error.__cause__)) or not is_worth_it():
                raise
            if not complained:
                _logger.warning("database_away", error=str(error), retried_every_s=retry_s)
            complained = True
            connection.close()
        else:
            if complained:
                _logger.info("database_back")
            return answer
        meanwhile()
        if stop.wait(retry_s):
            return None
