"""Two members of staff at the terminal: they write down who has nothing to show, as the monitor lets them."""

import itertools
import queue
import time
from collections.abc import Sequence
from pathlib import Path

from foundation.errors import DeviceError
from kiosk.local_api.client import Heard, LocalClient
from kiosk.local_api.replies import Result
from kiosk.local_api.requests import EnterManually, Login
from muster.demo.day import Staff
from muster.troubles import CommandTrouble
from sync.contract.events import Direction

_CONNECTED_WITHIN_S = 20.0
_ANSWER_WITHIN_S = 20.0
_LOOK_EVERY_S = 0.05
_REASON = "Came without anything to show."


class StaffDesk:
    """A client of the local socket with sessions of its own; after a restart of the engine it comes back."""

    def __init__(self, socket_path: Path, staff: Sequence[Staff]) -> None:
        """The first of the staff writes, the second one confirms."""
        self._staff = staff
        self._numbers = itertools.count(1)
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._client = LocalClient(socket_path, "staff", self._hear)
        self._client.start()

    def enter(self, volunteer: int, direction: Direction, at_ms: int) -> None:
        """Write down that a volunteer came ("in") or left ("out"); raises DeviceError when that is denied."""
        writes, confirms = self._staff
        self._ask(Login(next(self._numbers), writes.reference, writes.pin))
        entry = EnterManually(
            next(self._numbers),
            str(volunteer),
            direction,
            at_ms,
            _REASON,
            confirms.reference,
            confirms.pin,
        )
        self._ask(entry)

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def _ask(self, request: Login | EnterManually) -> None:
        give_up_at_s = time.monotonic() + _CONNECTED_WITHIN_S
        while not self._client.send(request):
            if time.monotonic() > give_up_at_s:
                raise DeviceError(
                    CommandTrouble.DEMO_FAILED, why="The staff can't reach the engine.", log="logs/engine.log"
                )
            time.sleep(_LOOK_EVERY_S)
        result = self._answer_to(request.request)
        if not result.ok:
            raise DeviceError(
                CommandTrouble.DEMO_FAILED,
                why=f"The staff were denied it: {result.code}.",
                log="logs/engine.log",
            )

    def _answer_to(self, request: int) -> Result:
        try:
            while (result := self._results.get(timeout=_ANSWER_WITHIN_S)).request != request:
                pass  # of a request that a restart cut off
        except queue.Empty as error:
            raise DeviceError(
                CommandTrouble.DEMO_FAILED, why="The staff got no answer.", log="logs/engine.log"
            ) from error
        return result

    def _hear(self, heard: Heard) -> None:
        if isinstance(heard, Result):
            self._results.put(heard)
