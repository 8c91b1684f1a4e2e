"""An engine that only talks: it plays given messages on a local socket, for pictures, tests and support.

It owns no device and no log; the screens can't tell the difference.
"""

import queue
import socket
import threading
from pathlib import Path

from kiosk.local_messages import (
    ClientHello,
    Decided,
    FromEngine,
    Snapshot,
    Status,
    ToEngine,
    decode_from_engine,
    decode_to_engine,
    encode,
)
from muster.errors import SettingsError


class SimulatedEngine:
    """Greets every client with the snapshot and tells all of them what `say` is given.

    `heard` holds what clients sent after their hello, oldest first.
    """

    def __init__(self, socket_path: Path, snapshot: Snapshot) -> None:
        """Nothing listens before `start()`."""
        self._path = socket_path
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.heard: queue.SimpleQueue[ToEngine] = queue.SimpleQueue()

    def start(self) -> None:
        """Listen; a socket file that an earlier engine left is replaced."""
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._path))
        self._listener.listen()
        self._spawn(self._accept, self._listener)

    def say(self, message: Status | Decided) -> None:
        """Tell every client that has said hello."""
        with self._lock:
            for client in self._clients:
                client.sendall(encode(message))

    def say_raw(self, line: bytes) -> None:
        """Tell every client something that may be no message at all."""
        with self._lock:
            for client in self._clients:
                client.sendall(line)

    def stop(self) -> None:
        """End every connection and the listening; the socket file stays, as after a crash."""
        if self._listener is None:
            return
        with self._lock:
            for connection in (self._listener, *self._clients):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()
        self._listener = None
        self._threads.clear()

    def _spawn(self, work: object, *arguments: socket.socket) -> None: ...
