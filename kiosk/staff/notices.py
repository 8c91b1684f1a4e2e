"""The texts that the centre lets this terminal's screens say: how long each lives, and that it was shown.

They live in memory alone: the centre tells them again after each greeting.
"""

import queue

from foundation.clock import Clock
from kiosk.local_api.messages import Notice
from kiosk.storage.log_keeper import LogKeeper
from sync.contract.events import OrderAnswered, OrderResult
from sync.contract.orders import ScreenMessages

_MOST_TOLD = 1_000


class Notices:
    """What the screens of one terminal show now."""

    def __init__(self, keeper: LogKeeper, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock
        self._told_ms = 0
        self._living: list[tuple[int, Notice]] = []
        self._said: set[str] = set()
        self._shown: queue.SimpleQueue[str] = queue.SimpleQueue()

    def adopt(self, told: ScreenMessages) -> None:
        """Show these from now on, and no others; what was told before the last is passed over."""
        if told.told_ms < self._told_ms:
            return
        self._told_ms, now_ms = told.told_ms, self._clock.mono_ms()
        self._living = [
            (
                now_ms + one.until_ms - told.told_ms,
                Notice(one.id, {str(spoken): text for spoken, text in one.texts.items()}, one.for_all),
            )
            for one in told.messages
        ]

    def now(self) -> list[Notice]:
        """Those that live now."""
        now_ms = self._clock.mono_ms()
        return [notice for ends_ms, notice in self._living if ends_ms > now_ms]

    def shown(self, notice: str) -> None:
        """A screen says that it shows one; from any thread."""
        self._shown.put(notice)

    def beat(self) -> None:
        """Let the log say what was shown, once each. Called in the engine's turn."""
        while not self._shown.empty():
            notice = self._shown.get()
            known = any(one.id == notice for _, one in self._living)
            if known and notice not in self._said and len(self._said) < _MOST_TOLD:
                self._said.add(notice)
                self._keeper.note_now(OrderAnswered, order=notice, result=OrderResult.SHOWN)

    def forget(self) -> None:
        """The terminal was revoked: nothing more is shown."""
        self._living = []
