"""The life of a driver: a thread that opens its device, reads it, and opens it again until it is stopped."""

import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog

from drivers.reading import Deliver, DeviceHealth, DeviceState, Instant, Now, Presented, Reading, Secret
from drivers.troubles import DeviceTrouble
from foundation.back_off import BackOff
from foundation.errors import DeviceError
from foundation.trouble import Trouble

_log = structlog.get_logger()

Unreadable = Callable[[str], None]
"""Told the device's name when what was presented was not taken, so that the person can try again."""

_LOOK_FOR_DEVICE_MS = 250
_STOP_WITHIN_SECONDS = 10
_CLOSE_FAILED = "device_close_failed"


def tell_nobody(device: str) -> None:
    """Ignore that `device` could not read something; the default of drivers that run without an engine."""


PATIENT = BackOff(first_ms=500, longest_ms=10_000)
"""How long a driver leaves a failing device alone, unless its kind knows better."""


class DriverThread(ABC):
    """What every driver is: subclasses say how to open, step and close, and present what they read.

    The hooks run on the driver's own thread. `open` and `step` raise DeviceError when the device is missing
    or lost; the thread then closes it, reports each fault once and tries again until `stop`. A device that
    was unplugged is opened as soon as it is back, whatever the pause.
    """

    def __init__(
        self,
        name: str,
        *,
        kind: str,
        deliver: Deliver,
        now: Now,
        unreadable: Unreadable = tell_nobody,
        back_off: BackOff = PATIENT,
    ) -> None:
        self._name = name
        self._deliver = deliver
        self._now = now
        self._unreadable = unreadable
        self._back_off = back_off
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._health = DeviceHealth(name, kind, DeviceState.CLOSED)
        self._was_ready = False
        self._logged: set[str] = set()
        """What was logged in this outage: the codes of its faults, each once however often it is tried."""

    @property
    def name(self) -> str:
        """The device's name in the settings."""
        return self._name

    @abstractmethod
    def open(self) -> None:
        """Open the device and make it ready; raises DeviceError."""

    @abstractmethod
    def step(self) -> None:
        """Read for a second or less; raises DeviceError when the device is lost."""

    @abstractmethod
    def close(self) -> None:
        """Give the device back; called after every `open`, also one that failed."""

    def interrupt(self) -> None:  # noqa: B027 - a hook that most drivers with short steps leave as it is
        """Wake a step that waits for input; called from the thread that stops the driver."""

    def is_plugged_in(self) -> bool:
        """Tell cheaply whether opening makes sense now; a device that appears is opened at once."""
        return True

    def start(self) -> None:
        """Begin opening and reading; returns at once and never raises for a missing device."""
        if self._thread is not None:
            return
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name=f"driver {self._name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the device; returns when both are done."""
        self._stop.set()
        if self._thread is None:
            return
        self.interrupt()
        self._thread.join(_STOP_WITHIN_SECONDS)
        if self._thread.is_alive():  # kept, so that `start` does not put a second thread beside it
            _log.error("driver_does_not_stop", device=self._name)
        else:
            self._thread = None

    def health(self) -> DeviceHealth:
        """How the device is doing right now; safe from any thread."""
        with self._lock:
            return replace(self._health, detail=dict(self._health.detail))

    # For the hooks ------------------------------------------------------------------------------------------

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called: a long step looks here between its parts."""
        return self._stop.is_set()

    def pause(self, milliseconds: int) -> None:
        """Wait, but no longer than until the driver is stopped."""
        self._stop.wait(milliseconds / 1000)

    def now(self) -> Instant:
        """The injected clock's time."""
        return self._now()

    def present(
        self,
        presented: Presented,
        payload: Secret,
        *,
        at: Instant | None = None,
        sender: Secret | None = None,
    ) -> bool:
        """Hand a reading to the engine and count it; False when the engine could not take it."""
        return self.hand_over(Reading(self._name, presented, payload, at or self._now(), sender))

    def hand_over(self, reading: Reading) -> bool:
        """As `present`, for a driver that has more to say of its reading."""
        taken = self._deliver(reading)
        with self._lock:
            if taken:
                self._health = replace(
                    self._health, readings=self._health.readings + 1, last_reading_wall_ms=reading.at.wall_ms
                )
            else:
                self._health = replace(self._health, dropped=self._health.dropped + 1)
        if not taken:
            self._unreadable(self._name)
        return taken

    def deliver_again(self, reading: Reading) -> None:
        """Hand over what was presented and counted already, and need not be taken."""
        self._deliver(reading)

    def reject(self, count: int = 1) -> None:
        """Count what could not be read and let the person know once, however much there was."""
        if count < 1:
            return
        with self._lock:
            self._health = replace(self._health, unreadable=self._health.unreadable + count)
        self._unreadable(self._name)

    def count(self, detail: str, by: int = 1) -> None:
        """Add to one of the device's own counters on the staff's screen."""
        with self._lock:
            known = self._health.detail
            self._health = replace(self._health, detail=known | {detail: known.get(detail, 0) + by})

    def measure(self, detail: str, value: int) -> None:
        """Set one of the device's own figures on the staff's screen."""
        with self._lock:
            self._health = replace(self._health, detail=self._health.detail | {detail: value})

    # The thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            fault, had_worked = self._serve()
            if self._stop.is_set():
                break
            failures = 1 if had_worked else failures + 1
            absent = not self.is_plugged_in()
            self._report_fault(fault)
            self._wait_for_device(self._back_off.pause_ms(failures), absent=absent)
        self._become(DeviceState.CLOSED)

    def _serve(self) -> tuple[Trouble | None, bool]:
        """Use the device until it fails or is stopped; answer the fault and whether it ever worked."""
        worked = False
        self._become(DeviceState.OPENING)
        try:
            self.open()
            self._report_ready()
            while not self._stop.is_set():
                self.step()
                worked = True
        except DeviceError as error:
            return error.trouble, worked
        except Exception as error:  # noqa: BLE001 - a flaw in one driver must not end its thread
            return _flaw(error), worked
        finally:
            self._close_whatever_happens()
        return None, worked

    def _close_whatever_happens(self) -> None:
        try:
            self.close()
        except Exception as error:  # noqa: BLE001 - a device that is gone may fail to close in any way
            if _CLOSE_FAILED not in self._logged:
                _log.warning(_CLOSE_FAILED, device=self._name, error=type(error).__name__)
            self._logged.add(_CLOSE_FAILED)

    def _wait_for_device(self, pause_ms: int, *, absent: bool) -> None:
        waited_ms = 0
        while waited_ms < pause_ms and not self._stop.is_set():
            part_ms = min(_LOOK_FOR_DEVICE_MS, pause_ms - waited_ms)
            self.pause(part_ms)
            waited_ms += part_ms
            if absent and self.is_plugged_in():
                return

    def _become(self, state: DeviceState) -> None:
        with self._lock:
            self._health = replace(self._health, state=state)

    def _report_ready(self) -> None:
        with self._lock:
            reopened = self._health.reopened + (1 if self._was_ready else 0)
            self._health = replace(self._health, state=DeviceState.READY, fault=None, reopened=reopened)
        self._was_ready = True
        _log.info("device_back" if self._logged - {_CLOSE_FAILED} else "device_ready", device=self._name)
        self._logged.clear()

    def _report_fault(self, fault: Trouble | None) -> None:
        with self._lock:
            self._health = replace(self._health, state=DeviceState.FAULT, fault=fault)
        code = fault.code if fault else ""
        if code not in self._logged:
            _log.warning("device_lost", device=self._name, fault=fault)
            self._logged.add(code)


def _flaw(error: Exception) -> Trouble:
    """Say where a driver failed unexpectedly, without the error's own text, which may quote what was read."""
    *_, innermost = traceback.extract_tb(error.__traceback__)
    where = f"{Path(innermost.filename).name}:{innermost.lineno}"
    return Trouble.of(DeviceTrouble.DRIVER_FAILED, error=type(error).__name__, place=where)
