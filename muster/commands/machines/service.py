"""What commands that run as services share: they wait before a start that follows several failures."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def service() -> Iterator[None]:
    """Around all that a service does. Told to end, it has not failed."""
    from foundation.restarts import Restarts
    from foundation.service_manager import ServiceManager

    restarts = Restarts()
    restarts.begin(ServiceManager())
    yield
    restarts.forget()
