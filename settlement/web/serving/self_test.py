"""The pages' process asks itself, over the network as everybody does: only then its watchdog is fed.

A thread that only said "alive" would go on saying so while every worker hangs.
"""

import http.client
import threading
from collections.abc import Callable

import structlog

from foundation.service_manager import ServiceManager
from settlement.web.serving.health import PATH

_ANSWER_WITHIN_S = 10.0
_LOOK_EVERY_S = 1.0
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to ask, not where to listen

_logger = structlog.get_logger()


def watch(
    address: str,
    port: int,
    stop: threading.Event,
    manager: ServiceManager,
    is_serving: Callable[[], bool],
) -> None:
    """Tell the manager when the pages answer, and whenever its watchdog wants to hear, until `stop` is set.

    Whatever the answer is, this process works: a database that is away is not mended by a new start. It
    returns early where nothing is served any more.
    """
    host = _EVERY_ADDRESS.get(address, address)
    ready = False
    while is_serving() and not stop.is_set():
        if not ready or manager.wants_to_hear:
            status = _ask(host, port)
            if status and not ready:
                manager.ready()
                ready = True
            if status:
                manager.alive("serving" if status == http.client.OK else "serving, but see /healthz")
        stop.wait(_LOOK_EVERY_S)


def _ask(host: str, port: int) -> int | None:
    """The status of the answer, None without one."""
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_WITHIN_S)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        _logger.warning("web_does_not_answer", host=host, port=port, error=str(error))
        return None
    finally:
        connection.close()
