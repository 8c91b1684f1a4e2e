"""The service manager's end of its socket, for tests that start a service."""

import select
import socket
from pathlib import Path

from tests.sync.patience import PATIENCE_S


class Manager:
    """Hears what a process tells of itself."""

    def __init__(self, path: Path) -> None:
        self._notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notes.bind(str(path))

    def next(self) -> str:
        """What is told next; "" when nothing comes any more."""
        if not select.select([self._notes], [], [], PATIENCE_S)[0]:
            return ""
        return self._notes.recv(4096).decode()

    def hears(self, what: str) -> bool:
        """Wait until this is told; False when nothing comes any more."""
        while told := self.next():
            if told == what:
                return True
        return False

    def told(self) -> list[str]:
        """All that was told so far and not heard yet."""
        told = []
        while select.select([self._notes], [], [], 0)[0]:
            told.append(self._notes.recv(4096).decode())
        return told

    def close(self) -> None:
        """Leave the socket."""
        self._notes.close()
