"""A device that staff try: what it reads within half a minute goes to them; nothing is decided or logged.

Whoever presents something meanwhile is told so by screen and sound: nothing here is taken in silence.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from drivers.reading import Reading

TRIED_WITHIN_MS = 30_000

Take = Callable[[Reading | None], None]
"""Gets what was read, or None for something that could not be."""


@dataclass(frozen=True, slots=True)
class _Trial:
    device: str
    take: Take
    missed: Callable[[], None]
    ends_mono_ms: int


class DeviceTrials:
    """At most one device at a time is tried; safe from any thread."""

    def __init__(self, deliver: Callable[[Reading], bool], unreadable: Callable[[str], None]) -> None:
        """`deliver` and `unreadable` take what no trial takes: the engine's own."""
        self._deliver = deliver
        self._unreadable = unreadable
        self._trial: _Trial | None = None
        self._lock = threading.Lock()

    def begin(self, device: str, mono_ms: int, take: Take, missed: Callable[[], None]) -> None:
        """Give `take` what this device reads next; `missed` is called when it reads nothing in time."""
        with self._lock:
            before, self._trial = self._trial, _Trial(device, take, missed, mono_ms + TRIED_WITHIN_MS)
        if before:
            before.missed()

    def beat(self, mono_ms: int) -> None:
        """Time goes by: a trial ends."""
        with self._lock:
            over = self._trial if self._trial and mono_ms >= self._trial.ends_mono_ms else None
            if over:
                self._trial = None
        if over:
            over.missed()

    def deliver(self, reading: Reading) -> bool:
        """As a driver's `deliver`; what a camera only sees again is nobody's trial."""
        trial = None if reading.again else self._taken(reading.device)
        if trial is None:
            return self._deliver(reading)
        trial.take(reading)
        return True

    def unreadable(self, device: str) -> None:
        """As a driver's `unreadable`."""
        trial = self._taken(device)
        if trial is None:
            self._unreadable(device)
        else:
            trial.take(None)

    def _taken(self, device: str) -> _Trial | None:
        with self._lock:
            trial = self._trial
            if trial is None or trial.device != device:
                return None
            self._trial = None
            return trial
