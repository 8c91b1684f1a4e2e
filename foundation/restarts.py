"""Pauses before a start that grow while a service keeps failing, and are forgotten once it runs calmly.

systemd 252 knows one pause only. Later ones let it grow, but by all restarts since the boot: who fails once a
month would wait longest. So each service keeps its own count, in its runtime directory (`RuntimeDirectory=`
with `RuntimeDirectoryPreserve=restart`), which ends with the boot, and with `systemctl stop`.
"""

import contextlib
import time
from collections.abc import Callable

import msgspec
import structlog

from foundation.back_off import BackOff
from foundation.service_manager import ServiceManager, runtime_folder

CALM_S = 600
"""Who ran so long before it failed has not been failing."""
PAUSES = BackOff(first_ms=2_000, longest_ms=60_000)

_logger = structlog.get_logger()


class _Starts(msgspec.Struct):
    """How often in a row the service was started after a failure, and when (monotonic) the last time."""

    failures: int
    started_s: float


class Restarts:
    """One service's account of its failures; without a runtime directory, as in a demo, nothing happens."""

    def __init__(self, mono_s: Callable[[], float] = time.monotonic) -> None:
        folder = runtime_folder()
        self._file = folder / "starts.json" if folder else None
        self._mono_s = mono_s

    def begin(self, manager: ServiceManager, sleep: Callable[[float], None] = time.sleep) -> None:
        """Wait as long as the failures before this start ask for; the first one asks for nothing.

        Whoever stops or restarts the service meanwhile is obeyed at once, and it begins anew.
        """
        if self._file is None:
            return
        before = self._read()
        failures = before.failures + 1 if before and self._mono_s() - before.started_s < CALM_S else 0
        self.forget()
        if failures > 1:
            pause_s = PAUSES.pause_ms(failures - 1) / 1000
            _logger.warning("start_delayed", failures=failures, seconds=pause_s)
            manager.status(f"failed {failures} times in a row, waits {pause_s:.0f} s before it starts")
            sleep(pause_s)
        self._write(_Starts(failures, self._mono_s()))

    def forget(self) -> None:
        """The service ended because it was told to: its next start need not wait."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.unlink()

    def _read(self) -> _Starts | None:
        if self._file is None:
            return None
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Starts)
        except (OSError, msgspec.DecodeError):
            return None

    def _write(self, starts: _Starts) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write_bytes(msgspec.json.encode(starts))
