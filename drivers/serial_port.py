"""A serial port that turns every way in which pyserial fails into DeviceError, and the drivers upon it."""

import errno
import termios
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import serial

from drivers.lifecycle import DriverThread, Unreadable, tell_nobody
from drivers.reading import Deliver, Now
from drivers.settings import SerialSettings
from foundation.errors import DeviceError

_WRITE_TIMEOUT_SECONDS = 5
_PORT_FAILURES = (OSError, termios.error, TypeError)
"""What pyserial raises when a port goes away in the middle of a call: SerialException is an OSError, a flush
raises termios.error, and a port closed by the system leaves None where a number was."""

_REMEDIES = {
    errno.ENOENT: "Plug the device in, or name its port under /dev/serial/by-id in the settings.",
    errno.EACCES: "Let the service's user join the group that owns the port (dialout).",
    errno.EAGAIN: "Another program uses the port: stop it (ModemManager and brltty are known to take ports).",
    errno.EBUSY: "Another program uses the port: stop it (ModemManager and brltty are known to take ports).",
    errno.ENOTTY: "Name a serial port; this file is something else.",
    errno.EINVAL: "Choose a speed that the port supports.",
}
_REMEDY_WHEN_LOST = "Check the cable and the power; the port is opened again as soon as it is back."


class SerialPort:
    """8 data bits, no parity, one stop bit, no flow control, opened for this process alone."""

    def __init__(self, path: str, *, baud: int, read_timeout_ms: int) -> None:
        self._path = Path(path)
        self._baud = baud
        self._read_timeout_ms = read_timeout_ms
        self._serial: serial.Serial | None = None
        self._closing = threading.Lock()

    def is_plugged_in(self) -> bool:
        """Whether the port's path exists."""
        return self._path.exists()

    def open(self) -> None:
        """Open the port; what arrived before is discarded. Raises DeviceError."""
        with self._failures_explained("can't be opened"):
            self._serial = serial.Serial(
                str(self._path),
                self._baud,
                timeout=self._read_timeout_ms / 1000,
                write_timeout=_WRITE_TIMEOUT_SECONDS,
                exclusive=True,
            )

    def read(self) -> bytes:
        """Return what arrived: nothing after the time-out or `interrupt`. Raises DeviceError when lost."""
        with self._failures_explained("was lost"):
            port = self._opened()
            first = port.read(1)
            return first + port.read(port.in_waiting) if first else b""

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises DeviceError when the port is lost or takes nothing for five seconds."""
        with self._failures_explained("was lost"):
            self._opened().write(data)

    def discard_input(self) -> None:
        """Forget what arrived and was not read; raises DeviceError when the port is lost."""
        with self._failures_explained("was lost"):
            self._opened().reset_input_buffer()

    def interrupt(self) -> None:
        """End a waiting `read` at once; safe from any thread."""
        with self._closing:  # else the pipe that is written to might be closed, and its number another file's
            if self._serial is not None:
                self._serial.cancel_read()

    def close(self) -> None:
        """Give the port back; nothing happens when it is not open."""
        with self._closing, self._failures_explained("can't be closed"):
            port, self._serial = self._serial, None
            if port is not None:
                port.close()

    def _opened(self) -> serial.Serial:
        if self._serial is None:
            raise DeviceError(f"The port {self._path} is not open.", remedy="Open it first.")
        return self._serial

    @contextmanager
    def _failures_explained(self, what: str) -> Generator[None]:
        try:
            yield
        except _PORT_FAILURES as error:
            number = _error_number(error)
            reason = f" ({errno.errorcode[number]})" if number in errno.errorcode else ""
            raise DeviceError(
                f"The port {self._path} {what}{reason}.", remedy=_REMEDIES.get(number, _REMEDY_WHEN_LOST)
            ) from error


def _error_number(error: BaseException | None) -> int:
    """Find the system's error number, which pyserial sometimes leaves in the error that it replaced."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error.errno
        if isinstance(error, termios.error) and error.args:
            return int(error.args[0])
        error = error.__context__
    return 0


class SerialDriver(DriverThread):
    """A driver whose device is a serial port; subclasses say what a step reads from `port`."""

    def __init__(
        self,
        settings: SerialSettings,
        *,
        kind: str,
        read_timeout_ms: int,
        deliver: Deliver,
        now: Now,
        unreadable: Unreadable = tell_nobody,
    ) -> None:
        super().__init__(settings.name, kind=kind, deliver=deliver, now=now, unreadable=unreadable)
        self.port = SerialPort(settings.port, baud=settings.baud, read_timeout_ms=read_timeout_ms)

    def open(self) -> None:
        """Open the port."""
        self.port.open()

    def close(self) -> None:
        """Give the port back."""
        self.port.close()

    def interrupt(self) -> None:
        """End a waiting read."""
        self.port.interrupt()

    def is_plugged_in(self) -> bool:
        """Whether the port's path exists."""
        return self.port.is_plugged_in()
