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
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_WRITE_TIMEOUT_SECONDS = 5
_PORT_FAILURES = (OSError, termios.error, TypeError)
"""What pyserial raises when a port goes away in the middle of a call: SerialException is an OSError, a flush
raises termios.error, and a port closed by the system leaves None where a number was."""

_NOT_OPENED = {
    errno.ENOENT: DeviceTrouble.PORT_MISSING,
    errno.EACCES: DeviceTrouble.PORT_FORBIDDEN,
    errno.EAGAIN: DeviceTrouble.PORT_IN_USE,
    errno.EBUSY: DeviceTrouble.PORT_IN_USE,
    errno.ENOTTY: DeviceTrouble.PORT_NOT_SERIAL,
    errno.EINVAL: DeviceTrouble.PORT_SPEED,
}


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
        with self._failures_explained(DeviceTrouble.PORT_NOT_OPENED):
            self._serial = serial.Serial(
                str(self._path),
                self._baud,
                timeout=self._read_timeout_ms / 1000,
                write_timeout=_WRITE_TIMEOUT_SECONDS,
                exclusive=True,
            )

    def read(self) -> bytes:
        """Return what arrived: nothing after the time-out or `interrupt`. Raises DeviceError when lost."""
        with self._failures_explained(DeviceTrouble.PORT_LOST):
            port = self._opened()
            first = port.read(1)
            return first + port.read(port.in_waiting) if first else b""

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises DeviceError when the port is lost or takes nothing for five seconds."""
        with self._failures_explained(DeviceTrouble.PORT_LOST):
            self._opened().write(data)

    def discard_input(self) -> None:
        """Forget what arrived and was not read; raises DeviceError when the port is lost."""
        with self._failures_explained(DeviceTrouble.PORT_LOST):
            self._opened().reset_input_buffer()

    def interrupt(self) -> None:
        """End a waiting `read` at once; safe from any thread."""
        with self._closing:  # else the pipe that is written to might be closed, and its number another file's
            if self._serial is not None:
                self._serial.cancel_read()

    def close(self) -> None:
        """Give the port back; nothing happens when it is not open."""
        with self._closing, self._failures_explained(DeviceTrouble.PORT_LOST):
            port, self._serial = self._serial, None
            if port is not None:
                port.close()

    def _opened(self) -> serial.Serial:
        if self._serial is None:
            raise DeviceError(DeviceTrouble.PORT_NOT_OPEN, port=self._path)
        return self._serial

    @contextmanager
    def _failures_explained(self, trouble: DeviceTrouble) -> Generator[None]:
        try:
            yield
        except _PORT_FAILURES as error:
            number = _error_number(error)
            why = errno.errorcode.get(number, type(error).__name__)
            if trouble is DeviceTrouble.PORT_NOT_OPENED:
                trouble = _NOT_OPENED.get(number, trouble)
            raise DeviceError(trouble, port=self._path, why=why) from error


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
