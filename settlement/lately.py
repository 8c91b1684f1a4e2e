"""What was counted a moment ago, for pages that many read again and again: counted anew meanwhile.

It is kept in this process. Whoever asks gets what is there, with its moment; only the first waits.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import structlog
from django.db import Error as DatabaseFault
from django.db import connection
from msgspec import Struct

FRESH_S = 3.0
"""As long as this it is handed out as it is."""
USABLE_S = 45.0
"""As long as this it is handed out while it is counted anew: longer than a page waits to be read again."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
_logger = structlog.get_logger()


class _Held(Struct, frozen=True):
    value: object
    since_s: float


class Lately(Generic[Key, Value]):
    """Values by key; each is made by one at a time, and of those that nobody asks for none is kept long."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        self._make = make
        self._held: dict[Key, _Held] = {}
        self._making: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value:
        """The value of a key; raises what making it raises where there is none to hand out."""
        if FRESH_S <= 0:
            return self._make(key)
        held, making = self._known(key)
        age_s = time.monotonic() - held.since_s if held else USABLE_S
        if held is not None and age_s < FRESH_S:
            return held.value  # type: ignore[return-value]
        if held is not None and age_s < USABLE_S:
            if making.acquire(blocking=False):
                threading.Thread(target=self._renew, args=(key, making), daemon=True).start()
            return held.value  # type: ignore[return-value]
        with making:
            again, _ = self._known(key)
            if again is not None and again is not held:
                return again.value  # type: ignore[return-value]
            return self._keep(key)

    def _known(self, key: Key) -> tuple[_Held | None, threading.Lock]:
        with self._lock:
            return self._held.get(key), self._making.setdefault(key, threading.Lock())

    def _keep(self, key: Key) -> Value:
        since_s = time.monotonic()
        value = self._make(key)
        with self._lock:
            old = [one for one, held in self._held.items() if since_s - held.since_s > USABLE_S]
            for one in old:
                del self._held[one]
            self._held[key] = _Held(value, since_s)
        return value

    def _renew(self, key: Key, making: threading.Lock) -> None:
        try:
            self._keep(key)
        except DatabaseFault as error:
            _logger.warning("not_counted_anew", error=str(error))
        finally:
            # The thread ends, and its connection with it.
            connection.close()
            making.release()
