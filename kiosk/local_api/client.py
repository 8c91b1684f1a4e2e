"""A client's end of the terminal's local socket: it reads in a thread of its own and comes back by itself."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.back_off import BackOff
from foundation.errors import MessageError, MusterError
from foundation.trouble import Trouble
from kiosk.local_api.messages import (
    MAX_LINE_BYTES,
    VERSION,
    ClientHello,
    FromEngine,
    OtherVersion,
    Snapshot,
    ToEngine,
    decode_from_engine,
    encode,
    is_unknown_kind,
)
from kiosk.troubles import TerminalTrouble

_BACK_OFF = BackOff(first_ms=200, longest_ms=2_000)  # nothing by chance: all is on one machine
SILENCE_MS = 5000
"""The engine sends its status every second; silent for this long, it is not there, even if its socket is."""


@dataclass(frozen=True, slots=True)
class EngineGone:
    """The engine can't be reached; the client goes on trying. `why` is what staff are told."""

    why: Trouble


Heard = FromEngine | EngineGone
Deliver = Callable[[Heard], None]
"""Takes what was heard, in the client's own thread; it must not raise."""


class LocalClient:
    """Keeps one connection to the engine and hands over what it says.

    EngineGone is delivered once when the engine can't be reached; the `Snapshot` that follows sooner or later
    says that it is back. After a failure the next try follows in 0.2 s, then in twice as long, up to 2 s.
    """

    def __init__(
        self, socket_path: Path, client: str, deliver: Deliver, *, silence_ms: int = SILENCE_MS
    ) -> None:
        """Nothing happens before `start()`. `client` names this program for the engine's log."""
        self._path = socket_path
        self._hello = ClientHello(VERSION, client)
        self._deliver = deliver
        self._silence_ms = silence_ms
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._connected: socket.socket | None = None
        self._answered = False
        self._thread = threading.Thread(target=self._run, name=f"local-client-{client}", daemon=True)

    def start(self) -> None:
        """Begin connecting; returns at once."""
        self._thread.start()

    def send(self, message: ToEngine) -> bool:
        """Hand a message to the engine; False when it can't be reached and nothing was sent."""
        with self._lock:
            if self._connected is None:
                return False
            try:
                self._connected.sendall(encode(message))
            except OSError:
                _shut(self._connected)  # half a line may have left: begin anew
                return False
            return True

    def close(self) -> None:
        """End the connection and the thread; returns when both are gone."""
        self._closing.set()
        with self._lock:
            _shut(self._connected)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        failures = 0
        told = False
        while not self._closing.is_set():
            self._answered = False
            why = self._converse()
            if self._closing.is_set():
                return
            if self._answered:
                told, failures = False, 0
            if not told:
                self._deliver(EngineGone(why))
                told = True
            failures += 1
            self._closing.wait(_BACK_OFF.pause_ms(failures) / 1000)

    def _converse(self) -> Trouble:
        """Connect and listen until it ends; answers why it ended."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._silence_ms / 1000)
                connection.connect(str(self._path))
                connection.sendall(encode(self._hello))
                self._take(connection)
                try:
                    self._listen(connection)
                finally:
                    self._take(None)
        except (OSError, MusterError) as error:
            return trouble_of(error, self._path)
        return Trouble.of(TerminalTrouble.ENGINE_ENDED)

    def _take(self, connection: socket.socket | None) -> None:
        with self._lock:
            self._connected = connection
            if self._closing.is_set():
                _shut(connection)

    def _listen(self, connection: socket.socket) -> None:
        for line in _lines(connection):
            try:
                message = decode_from_engine(line)
            except MessageError:
                if is_unknown_kind(line):
                    continue  # a newer engine says more than this client needs
                raise
            if isinstance(message, OtherVersion):
                raise MessageError(
                    "version", TerminalTrouble.ENGINE_OTHER_VERSION, version=message.version, own=VERSION
                )
            if isinstance(message, Snapshot):
                self._answered = True
            self._deliver(message)


def _lines(connection: socket.socket) -> Iterator[bytes]:
    """Whole lines as they arrive, until the other end closes."""
    buffer = bytearray()
    while received := connection.recv(65536):
        buffer += received
        while (end := buffer.find(b"\n")) >= 0:
            yield bytes(buffer[:end])
            del buffer[: end + 1]
        if len(buffer) > MAX_LINE_BYTES:
            raise MessageError("size", TerminalTrouble.ENGINE_LINE_TOO_LONG, most=MAX_LINE_BYTES)


def _shut(connection: socket.socket | None) -> None:
    """Wake a thread that waits in `recv`; closing alone would not."""
    if connection is None:
        return
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was not connected any more


def trouble_of(error: OSError | MusterError, path: Path) -> Trouble:
    """Why the engine can't be heard at `path`, as staff are told."""
    match error:
        case MusterError():
            return error.trouble
        case FileNotFoundError() | ConnectionRefusedError():
            return Trouble.of(TerminalTrouble.ENGINE_MISSING, path=path)
        case PermissionError():
            return Trouble.of(TerminalTrouble.SOCKET_FORBIDDEN, path=path)
        case TimeoutError():
            return Trouble.of(TerminalTrouble.ENGINE_SILENT, path=path)
        case _:
            return Trouble.of(TerminalTrouble.SOCKET_FAILED, path=path, why=error)
