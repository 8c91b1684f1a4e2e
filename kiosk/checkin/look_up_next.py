"""Whose is this? Staff ask that the next reading only tells them who it is, and records nobody.

The terminal's readers belong to the volunteers in the queue, so it holds for one reading and a short while,
and their screen says so.
"""

from collections.abc import Callable

import structlog

from drivers.reading import Presented, Reading
from foundation.errors import LogError
from kiosk.credentials.identify import Identified
from kiosk.local_api.messages import LookUpState

WITHIN_MS = 15_000
_TOLD_FOR_MS = 5_000
"""For so long the volunteers' screen says that nobody was recorded, and the same thing is not decided on."""
_NOBODY_PRESENTS = frozenset({Presented.KEYPAD, Presented.SMS})

_logger = structlog.get_logger()

Tell = Callable[[Identified | None], None]
"""Told once: who was found (`volunteer` may be None), or None where nothing was presented in time."""


class LookUpNext:
    """Whether the next reading is a look-up. Used in the engine's turn alone."""

    def __init__(self) -> None:
        self.state = LookUpState.NONE
        self._tell: Tell | None = None
        self._until_ms = 0
        self._last: Reading | None = None

    def ask(self, tell: Tell, now_ms: int) -> None:
        """The next reading until WITHIN_MS from now (since the boot) is a look-up; ends one before."""
        self.end()
        self._tell, self._until_ms, self.state = tell, now_ms + WITHIN_MS, LookUpState.WAITING

    def end(self) -> None:
        """Nobody waits for it any more."""
        tell, self._tell, self._last, self.state = self._tell, None, None, LookUpState.NONE
        if tell is not None:
            tell(None)

    def beat(self, now_ms: int) -> None:
        """Time goes by."""
        if self.state is not LookUpState.NONE and now_ms > self._until_ms:
            self.end()

    def takes(self, reading: Reading, identify: Callable[[Reading], Identified]) -> bool:
        """Whether this reading is none to decide on: it is what staff wait for, or that once more."""
        self.beat(reading.at.mono_ms)
        last = self._last
        if last is not None:
            return (last.device, last.payload) == (reading.device, reading.payload)
        if self._tell is None or reading.presented in _NOBODY_PRESENTS:
            return False
        tell, self._tell, self._last = self._tell, None, reading
        self._until_ms, self.state = reading.at.mono_ms + _TOLD_FOR_MS, LookUpState.DONE
        _logger.info("looked_up", device=reading.device)
        try:
            tell(identify(reading))
        except LogError as error:  # of a card that signs, the log must tell whether it is a replay
            _logger.critical("not_looked_up", device=reading.device, error=error.trouble)
            tell(Identified(None))
        return True
