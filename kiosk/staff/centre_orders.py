"""What the centre asks this terminal to do: a short list, each once, and what became of it in the log.

That an order was taken is on the disk before it is carried out: a terminal that loses its power meanwhile
leaves it undone rather than doing it twice. All but the opening of devices happens between two readings.
"""

import platform
import queue
import threading
from collections.abc import Callable

import msgspec
import structlog

from foundation.errors import SettingsError
from kiosk.checkin.engine import Engine
from kiosk.checkin.overrides import OverridesFile
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.log_keeper import LONGEST_DETAIL, LogKeeper
from sync.contract import wire
from sync.contract.events import AlarmCode, OrderAnswered, OrderResult
from sync.contract.orders import DoTask, Task
from sync.line.uplink import SOFTWARE

_KEPT_AS = "orders_taken"
_IDS_KEPT = 200

_logger = structlog.get_logger()


class CentreOrders:
    """Carries out one terminal's orders; all but `__init__` is called in the engine's turn."""

    def __init__(
        self,
        engine: Engine,
        keeper: LogKeeper,
        *,
        overrides: OverridesFile,
        at_rest: AtRest,
        restart: Callable[[str], bool],
    ) -> None:
        """`restart` closes a device and opens it anew; False for a name that none has."""
        self._engine = engine
        self._keeper = keeper
        self._overrides = overrides
        self._at_rest = at_rest
        self._restart = restart
        self._taken = self._read()
        self._wait_for_roster: list[str] = []
        self._restarted: queue.SimpleQueue[tuple[str, OrderResult, str]] = queue.SimpleQueue()
        self.greetings_asked = 0

    def take(self, order: str, todo: DoTask | None) -> None:
        """Carry the order of that id out, unless it was taken before; its answer is logged now or later.

        None stands for one that this version does not know.
        """
        if order in self._taken:
            return
        taken = [*self._taken, order][-_IDS_KEPT:]
        try:
            self._at_rest.keep(_KEPT_AS, msgspec.json.encode(taken))
        except SettingsError as error:
            _logger.critical("order_not_taken", error=error.trouble)
            self._answer(order, OrderResult.FAILED, "it could not be noted on the disk")
            return
        self._taken = taken
        if todo is None:
            self._answer(order, OrderResult.NOT_KNOWN, SOFTWARE)
        else:
            self._do(order, todo)

    def roster_came(self, version: int) -> None:
        """A roster is in force: whoever asked for it is answered."""
        for order in self._wait_for_roster:
            self._answer(order, OrderResult.DONE, f"roster {version}")
        self._wait_for_roster.clear()

    def beat(self) -> None:
        """Answer what was done meanwhile."""
        while not self._restarted.empty():
            self._answer(*self._restarted.get())

    def _do(self, order: str, todo: DoTask) -> None:
        _logger.info("order_taken", task=todo.task, id=order)
        match todo.task:
            case Task.SEND_STATE:
                self.greetings_asked += 1
                self._answer(order, OrderResult.DONE)
            case Task.SAY_VERSION:
                self._answer(order, OrderResult.DONE, _versions())
            case Task.TAKE_ROSTER:
                self._wait_for_roster.append(order)
            case Task.RESTART_DEVICE:
                # A device that waits with a reading until it is its turn can't be closed in that turn.
                restart = threading.Thread(
                    target=self._restart_device, args=(order, todo.argument), daemon=True
                )
                restart.start()
            case Task.OUT_OF_ORDER | Task.IN_ORDER:
                self._set_out_of_order(order, todo.argument, out=todo.task is Task.OUT_OF_ORDER)

    def _restart_device(self, order: str, name: str) -> None:
        try:
            known = self._restart(name)
        except Exception as error:  # whatever a driver does, the order is answered
            _logger.exception("device_not_restarted", device=name)
            self._restarted.put((order, OrderResult.FAILED, f"{name}: {error}"))
            return
        result = OrderResult.DONE if known else OrderResult.FAILED
        self._restarted.put((order, result, f"{name} opened anew" if known else f"no device '{name}'"))

    def _set_out_of_order(self, order: str, reason: str, *, out: bool) -> None:
        overrides = msgspec.structs.replace(self._engine.overrides, out_of_order=out)
        try:
            self._overrides.keep(overrides)
        except SettingsError as error:
            _logger.critical("orders_not_kept", error=error.trouble)
            self._answer(order, OrderResult.FAILED, "it could not be kept on the disk")
            return
        self._engine.obey(overrides)
        self._keeper.alarm(AlarmCode.STAFF_ORDERS, f"{overrides.words}; by the centre: {reason}")
        self._answer(order, OrderResult.DONE, overrides.words)

    def _answer(self, order: str, result: OrderResult, detail: str = "") -> None:
        self._keeper.note_now(OrderAnswered, order=order, result=result, detail=detail[:LONGEST_DETAIL])

    def _read(self) -> list[str]:
        """The orders that were taken before; what can't be read can't be sent again for long either."""
        try:
            kept = self._at_rest.read(_KEPT_AS)
            return msgspec.json.decode(kept, type=list[str]) if kept else []
        except (SettingsError, msgspec.DecodeError) as error:
            _logger.warning("orders_taken_unreadable", error=str(error))
            return []


def _versions() -> str:
    """What runs here, in one line."""
    python = platform.python_version()
    return f"{SOFTWARE}; contract {wire.VERSION}; Python {python}; {platform.system()} {platform.release()}"
