"""Telling the service manager how a process is doing: ready, alive, stopping; nothing where there is none.

One datagram to the socket that systemd names: https://www.freedesktop.org/software/systemd/man/sd_notify.html
(its C library is not needed for that).
"""

import contextlib
import os
import socket
import time
from pathlib import Path

_MICROSECONDS = 1_000_000


def runtime_folder() -> Path | None:
    """The folder under /run that the manager made for this service (`RuntimeDirectory=`), if it did."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    return Path(folder) if folder else None


class ServiceManager:
    """The manager that started this process; every call returns at once and never raises."""

    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        # A name that begins with @ is in Linux's abstract namespace (man 7 unix).
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        watchdog_s = int(os.environ.get("WATCHDOG_USEC", "0") or 0) / _MICROSECONDS
        of_other = os.environ.get("WATCHDOG_PID", "") not in {"", str(os.getpid())}
        self._alive_every_s = 0.0 if of_other else watchdog_s / 4
        self._alive_due_s = 0.0
        self._status = ""

    def ready(self) -> None:
        """The process does its work from now on."""
        self._tell("READY=1")

    def status(self, status: str) -> None:
        """A line for `systemctl status`, told when it changes."""
        if status and status != self._status:
            self._status = status
            self._tell(f"STATUS={status}")

    @property
    def wants_to_hear(self) -> bool:
        """Whether the watchdog's time has come: for who must first find out that the work goes on."""
        return bool(self._alive_every_s) and time.monotonic() >= self._alive_due_s

    def alive(self, status: str = "") -> None:
        """The main loop has just turned; call it from there alone, else a hung loop goes unnoticed.

        `status` is a line for `systemctl status`, told when it changes.
        """
        self.status(status)
        if self.wants_to_hear:
            self._alive_due_s = time.monotonic() + self._alive_every_s
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The process was told to end and does."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notes:
            notes.setblocking(False)
            notes.sendto(message.encode(), self._address)
