"""Readings whose answer takes longer than a blink: whoever waits is told that their badge or card was seen.

Looked at from a thread of its own, ten times a second, so that no reading waits for it or wakes anybody.
"""

import threading
import time
from collections.abc import Callable

from drivers.reading import Deliver, Reading

AFTER_S = 0.25
"""What is answered sooner is told nothing of: it would only flicker."""
_LOOK_EVERY_S = 0.1

Tell = Callable[[Reading], None]


class SlowAnswers:
    """Knows the readings that are being decided on, one a device."""

    def __init__(self, deliver: Deliver, tell: Tell, now_s: Callable[[], float] = time.monotonic) -> None:
        """`deliver` decides on a reading, `tell` says once that one takes long; `now_s` is never set."""
        self._deliver = deliver
        self._tell = tell
        self._now_s = now_s
        self._begun: dict[str, tuple[float, Reading]] = {}

    def deliver(self, reading: Reading) -> bool:
        """Have it decided on."""
        self._begun[reading.device] = (self._now_s(), reading)
        try:
            return self._deliver(reading)
        finally:
            self._begun.pop(reading.device, None)

    def look(self) -> None:
        """Tell of each that has taken long by now, once."""
        for device, (begun_s, reading) in list(self._begun.items()):
            if self._now_s() - begun_s < AFTER_S:
                continue
            waits = self._begun.pop(device, None)
            if waits is not None:  # or it was answered this very moment
                self._tell(reading)

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        while not stop.wait(_LOOK_EVERY_S):
            self.look()
