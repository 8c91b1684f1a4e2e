"""An engine that only talks: it plays given messages on a local socket, for pictures, tests and support.

It owns no device and no log; a screen can't tell the difference.
"""

import queue
import socket
import threading
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer

from foundation.errors import MessageError, SettingsError
from kiosk.local_api.messages import (
    FromEngine,
    Snapshot,
    ToEngine,
    decode_from_engine,
    decode_to_engine,
    encode,
)
from kiosk.troubles import TerminalTrouble


class SimulatedEngine:
    """Greets every client with the snapshot and tells all of them what it is given to say.

    `heard` holds what clients sent, their hello included, oldest first.
    """

    def __init__(self, socket_path: Path, snapshot: Snapshot) -> None:
        """Nothing listens before `start()`."""
        self.heard: queue.SimpleQueue[ToEngine] = queue.SimpleQueue()
        self._path = socket_path
        self._snapshot = snapshot
        self._server: _Server | None = None

    def start(self) -> None:
        """Listen; a socket file that an earlier engine left is replaced."""
        self._path.unlink(missing_ok=True)
        self._server = _Server(self._path, self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def say(self, message: FromEngine) -> None:
        """Tell every client that was greeted."""
        self.say_bytes(encode(message))

    def say_bytes(self, line: bytes) -> None:
        """Tell every client something that may be no message at all."""
        if self._server:
            for connection in self._server.connections():
                with suppress(OSError):  # that client has left
                    connection.sendall(line)

    def stop(self) -> None:
        """End the listening and every conversation; the socket file stays, as after a crash."""
        if self._server:
            self._server.shutdown()
            for connection in self._server.connections():
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._server.server_close()
            self._server = None

    def greet(self, connection: socket.socket) -> None:
        """Answer a client's hello."""
        connection.sendall(encode(self._snapshot))


class _Server(ThreadingUnixStreamServer):
    """The listening socket and its open conversations."""

    def __init__(self, path: Path, engine: SimulatedEngine) -> None:
        super().__init__(str(path), _Conversation)
        self.engine = engine
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def connections(self) -> list[socket.socket]:
        with self._lock:
            return list(self._open)

    def begin(self, connection: socket.socket) -> None:
        with self._lock:
            self.engine.greet(connection)
            self._open.add(connection)

    def end(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)


class _Conversation(StreamRequestHandler):
    """One client: its hello, the greeting, then whatever it sends."""

    server: _Server

    def handle(self) -> None:
        try:
            for number, line in enumerate(self.rfile):
                self.server.engine.heard.put(decode_to_engine(line))
                if number == 0:
                    self.server.begin(self.connection)
        except (OSError, MessageError):
            return  # the client is gone, or no client of ours: as the real engine, end the conversation
        finally:
            self.server.end(self.connection)


def read_recording(path: Path) -> tuple[Snapshot, list[FromEngine]]:
    """A recorded conversation: one message a line, the snapshot first.

    Raises SettingsError when there is no such file or it is no recording.
    """
    try:
        messages = [decode_from_engine(line) for line in path.read_bytes().splitlines()]
    except (OSError, MessageError) as error:
        raise SettingsError(
            TerminalTrouble.CONVERSATION_NOT_READ,
            path=path,
            why=error.trouble if isinstance(error, MessageError) else error,
        ) from error
    if not messages or not isinstance(messages[0], Snapshot):
        raise SettingsError(TerminalTrouble.CONVERSATION_WITHOUT_SNAPSHOT, path=path)
    return messages[0], [message for message in messages[1:] if not isinstance(message, Snapshot)]
