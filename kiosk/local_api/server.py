"""The engine's end of the local socket: clients connect, hear what happens and say what they want.

Only processes of this account, of root or of the socket's group are let in. A client that doesn't read is
dropped, as is one that says nothing, and there are so many at most: the engine never waits for one, and none
takes the files and threads that its devices and its log need.
"""

import contextlib
import errno
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from foundation.errors import MessageError
from kiosk.local_api import messages as local_messages
from kiosk.local_api.listening import is_trusted, listen
from kiosk.local_api.messages import ClientHello, FromEngine, OtherVersion, Snapshot, ToEngine
from kiosk.troubles import TerminalTrouble

_UNREAD_LINES = 256
MOST_CLIENTS = 16
"""Uplink, screen and some monitors; each takes two threads, of which the unit allows 64 in all (TasksMax)."""
_HELLO_WITHIN_S = 10.0
_SHORT_OF_SOMETHING = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED)
_AGAIN_AFTER_S = 0.5

_logger = structlog.get_logger()


class Client:
    """One connection with a queue and a thread that empties it; `name` is what its hello said."""

    def __init__(self, connection: socket.socket) -> None:
        self.name = ""
        connection.settimeout(_HELLO_WITHIN_S)
        self._connection = connection
        self._unread: queue.Queue[bytes] = queue.Queue(_UNREAD_LINES)
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def has_said_hello(self, name: str) -> None:
        """From now on it may be silent for as long as it likes."""
        self.name = name
        self._connection.settimeout(None)

    def tell(self, message: FromEngine) -> None:
        """Send this client a message; returns at once."""
        self.send(local_messages.encode(message))

    def send(self, line: bytes) -> None:
        """Send a line; a client that doesn't read is dropped."""
        try:
            self._unread.put_nowait(line)
        except queue.Full:
            _logger.warning("local_client_too_slow")
            self.close()

    def wait_until_told(self) -> None:
        """Wait until all that was sent has left, before the connection is ended; nothing can be sent then."""
        self.send(b"")
        self._writer.join()

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        with contextlib.suppress(queue.Full):
            self._unread.put_nowait(b"")

    def _write(self) -> None:
        with contextlib.suppress(OSError):
            while line := self._unread.get():
                self._connection.sendall(line)


class LocalServer:
    """Serves one Unix socket until it is closed."""

    def __init__(
        self,
        path: Path,
        snapshot: Callable[[], Snapshot],
        take: Callable[[ToEngine, Client], None],
        left: Callable[[str], None],
    ) -> None:
        """Listen at `path`; `take` gets every message and its client, `left` the name of one that went away.

        Both are called on the client's own thread. Members of the group to which the
        socket's folder passes on are let in, or of this process's own.

        Raises SettingsError when the socket can't be made.
        """
        self._path = path
        self._snapshot = snapshot
        self._take = take
        self._left = left
        self._connected: set[Client] = set()
        self._greeted: set[Client] = set()
        self._closing = threading.Event()
        self._short = False
        self._lock = threading.Lock()
        self._listener = listen(path)
        self._group = path.stat().st_gid
        threading.Thread(target=self._accept, name="local-api", daemon=True).start()

    def publish(self, message: FromEngine) -> None:
        """Send a message to every client that has said hello; returns at once."""
        line = local_messages.encode(message)
        with self._lock:
            greeted = list(self._greeted)
        for client in greeted:
            client.send(line)

    def close(self) -> None:
        """Stop listening, end every client's connection and remove the socket."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for the next client
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        with self._lock:
            connected = list(self._connected)
        for client in connected:
            client.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError as error:
                if self._closing.is_set() or error.errno not in _SHORT_OF_SOMETHING:
                    return  # closed
                self._complain(error.strerror)
                self._closing.wait(_AGAIN_AFTER_S)
                continue
            if not is_trusted(connection, self._group):
                _logger.warning("local_client_refused")
                connection.close()
            elif not self._has_room():
                self._complain("too many clients")
                connection.close()
            else:
                self._let_in(connection)

    def _let_in(self, connection: socket.socket) -> None:
        client = None
        try:
            client = Client(connection)
            with self._lock:
                self._connected.add(client)
            threading.Thread(target=self._serve, args=(client, connection), daemon=True).start()
        except RuntimeError as error:  # no thread to be had for it; the next one may have more luck
            self._complain(str(error))
            connection.close()
            if client:
                self._forget(client)
        else:
            self._short = False

    def _forget(self, client: Client) -> None:
        with self._lock:
            self._connected.discard(client)
            self._greeted.discard(client)
        client.close()

    def _has_room(self) -> bool:
        with self._lock:
            return len(self._connected) < MOST_CLIENTS

    def _complain(self, why: str | None) -> None:
        """Say once that somebody could not be let in, until somebody is again."""
        if not self._short:
            _logger.warning("local_client_not_let_in", why=why, connected=len(self._connected))
        self._short = True

    def _serve(self, client: Client, connection: socket.socket) -> None:
        if self._closing.is_set():
            client.close()
        try:
            with connection.makefile("rb") as lines:
                self._converse(client, lines.readline)
        except OSError:
            pass  # the client went away
        except MessageError as error:
            _logger.warning("local_client_not_understood", error=error.trouble)
        finally:
            self._forget(client)
            if client.name:
                self._left(client.name)

    def _converse(self, client: Client, next_line: Callable[[int], bytes]) -> None:
        while line := next_line(local_messages.MAX_LINE_BYTES):
            message = local_messages.decode_to_engine(line)
            if not isinstance(message, ClientHello):
                if client not in self._greeted:
                    raise MessageError("version", TerminalTrouble.CLIENT_WITHOUT_HELLO)
                self._take(message, client)
                continue
            if message.version != local_messages.VERSION:
                client.tell(OtherVersion(local_messages.VERSION))
                client.wait_until_told()
                raise MessageError(
                    "version",
                    TerminalTrouble.CLIENT_OTHER_VERSION,
                    client=message.client,
                    version=message.version,
                )
            # Snapshot and registration under one lock: nothing falls between the picture and the news.
            with self._lock:
                client.send(local_messages.encode(self._snapshot()))
                self._greeted.add(client)
                client.has_said_hello(message.client)
