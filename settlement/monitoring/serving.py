"""The figures of one service at an address of this machine, as long as it runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError, InterfaceError, connections
from prometheus_client.core import Metric

from foundation.figures import FiguresServer, Read, gauge

_logger = structlog.get_logger()


@contextmanager
def figures_served(port: int, own: Read, stored: Read) -> Iterator[None]:
    """Serve what the process has counted and what is stored; port 0 serves nothing.

    A port that is taken is told in the logs: who can't be watched still does its work.
    """
    server = None
    if port:
        try:
            server = FiguresServer(port, lambda: _read(own, stored))
        except OSError as error:
            _logger.error("figures_not_served", port=port, error=str(error), remedy="Change [metrics].")  # noqa: TRY400
        else:
            _logger.info("figures_served", port=port)
    try:
        yield
    finally:
        if server is not None:
            server.close()


def _read(own: Read, stored: Read) -> Iterable[Metric]:
    """Both kinds; while the database is away the process's own alone. In a thread of the server's."""
    found = list(own())
    reachable = True
    try:
        found += stored()
    except (DatabaseError, InterfaceError):
        reachable = False
    finally:
        connections.close_all()
    words = "1 while the database answers."
    return [*found, gauge("muster_centre_database_reachable", words, reachable)]
