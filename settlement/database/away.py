"""A database that can't be used for now: gone, cut off, or letting nobody write. It is waited for."""

import threading
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
        _logger.warning("database_away", error=str(error))
        connection.close()


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
