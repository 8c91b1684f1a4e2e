"""A serial line without hardware: a pseudo-terminal at a path of its own that can be unplugged."""

import errno
import fcntl
import os
import select
import threading
import time
import tty
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

_DROP_AFTER_MS = 1000


class SerialLine:
    """The device's end of a serial line; the driver opens `path` like any port.

    Unplugging closes both ends, which the driver sees as a real hang-up; plugging in again puts a new
    pseudo-terminal at the same path. Call it from one thread at a time except for `unplug`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._device_end = -1
        self._host_end = -1
        self._plug = threading.RLock()
        self.plug_in()

    def plug_in(self) -> None:
        """Put the line at its path; nothing happens when it is there."""
        with self._plug:
            if self._device_end >= 0:
                return
            self._device_end, self._host_end = _open_unlocked()
            # Kept open and raw: else the kernel echoes what the device sends until the driver opens its end.
            tty.setraw(self._host_end)
            os.set_blocking(self._device_end, False)
            self._link_to(os.ttyname(self._host_end))

    def unplug(self) -> None:
        """Take the line away in the middle of whatever happens on it."""
        with self._plug:
            if self._device_end < 0:
                return
            self.path.unlink(missing_ok=True)
            os.close(self._device_end)
            os.close(self._host_end)
            self._device_end = self._host_end = -1

    def send(self, data: bytes) -> None:
        """Send to the driver; as on a real line, what nobody reads in time is lost."""
        give_up_at = time.monotonic_ns() + _DROP_AFTER_MS * 1_000_000
        while data and time.monotonic_ns() < give_up_at:
            with self._plug:
                if self._device_end < 0:
                    return
                try:
                    data = data[os.write(self._device_end, data) :]
                except BlockingIOError:
                    pass
                else:
                    continue
            time.sleep(0.005)

    def receive(self, timeout_ms: int) -> bytes:
        """Return what the driver sent, or nothing after the time-out or while the line is unplugged."""
        with self._plug:
            device_end = self._device_end
        if device_end < 0:
            time.sleep(timeout_ms / 1000)
            return b""
        try:
            ready, _, _ = select.select([device_end], [], [], timeout_ms / 1000)
            with self._plug:
                return os.read(device_end, 4096) if ready and device_end == self._device_end else b""
        except (BlockingIOError, ValueError):
            return b""
        except OSError as error:
            if error.errno in (errno.EIO, errno.EBADF):  # the plug was pulled while we waited
                return b""
            raise

    def _link_to(self, terminal: str) -> None:
        being_made = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        being_made.unlink(missing_ok=True)
        being_made.symlink_to(terminal)
        being_made.replace(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()


def _open_unlocked() -> tuple[int, int]:
    """A new pseudo-terminal that the driver can lock.

    A process that still holds the dead end of an earlier one keeps its number locked, for the new one too.
    """
    with ExitStack() as locked:
        while True:
            device_end, host_end = os.openpty()
            try:
                fcntl.flock(host_end, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                locked.callback(os.close, device_end)
                locked.callback(os.close, host_end)
            else:
                fcntl.flock(host_end, fcntl.LOCK_UN)
                return device_end, host_end


class AnsweringLine:
    """A simulated device that answers what the driver sends, on a thread of its own."""

    _LOOK_MS = 20

    def __init__(self, path: Path, answer: Callable[[bytes], bytes]) -> None:
        self.line = SerialLine(path)
        self._answer = answer
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"simulated {path.name}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Unplug the line and end the thread."""
        self._ending.set()
        self._thread.join()
        self.line.unplug()

    def _run(self) -> None:
        while not self._ending.is_set():
            asked = self.line.receive(self._LOOK_MS)
            if asked:
                self.line.send(self._answer(asked))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
