"""A socket on which whoever listens reads a line of text an answer: for screen readers and braille lines.

Nothing is asked and nothing is answered; the engine waits for no reader. A reader that does not read until
the kernel holds no more of it is dropped, as is one that went away.
"""

import contextlib
import errno
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import structlog

from foundation.errors import SettingsError
from kiosk.local_api.client import trouble_of
from kiosk.local_api.listening import is_trusted, listen

MOST_READERS = 8
_AGAIN_AFTER_S = 0.5
_ENDED = (errno.EBADF, errno.EINVAL)

_logger = structlog.get_logger()


def answers_socket_beside(socket_path: Path) -> Path:
    """Where the lines are read: `kiosk-answers.sock` beside `kiosk.sock`."""
    return socket_path.with_name(f"{socket_path.stem}-answers{socket_path.suffix}")


class AnswerLines:
    """Serves one Unix socket until it is closed."""

    def __init__(self, path: Path) -> None:
        """Listen at `path`; raises SettingsError when the socket can't be made."""
        self._path = path
        self._readers: list[socket.socket] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._listener = listen(path)
        self._group = path.stat().st_gid
        threading.Thread(target=self._accept, name="answer-lines", daemon=True).start()

    @property
    def has_readers(self) -> bool:
        """Whether anybody listens: lines for nobody need not be made."""
        return bool(self._readers)

    def tell(self, line: str) -> None:
        """Send a line to every reader; returns at once."""
        told = " ".join(line.split()).encode() + b"\n"
        with self._lock:
            self._readers = [reader for reader in self._readers if _sent(reader, told)]

    def close(self) -> None:
        """Stop listening, hang up, and remove the socket."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for the next reader
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers = []

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                reader, _ = self._listener.accept()
            except OSError as error:
                if error.errno in _ENDED:
                    return
                self._closing.wait(_AGAIN_AFTER_S)  # short of files for a moment
                continue
            reader.setblocking(False)
            if not (is_trusted(reader, self._group) and self._took(reader)):
                _logger.warning("answer_reader_refused")
                reader.close()

    def _took(self, reader: socket.socket) -> bool:
        with self._lock:
            self._readers = [one for one in self._readers if _is_there(one)]
            if self._closing.is_set() or len(self._readers) >= MOST_READERS:
                return False
            self._readers.append(reader)
            return True


def follow_answers(path: Path) -> Iterator[str]:
    """Each line as it comes, until the engine ends; raises SettingsError when it can't be heard."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(path))
            with connection.makefile(encoding="utf-8", errors="replace") as lines:
                yield from (line.rstrip("\n") for line in lines)
    except OSError as error:
        why = trouble_of(error, path)
        raise SettingsError(why.code, **why.arguments) from error


def _sent(reader: socket.socket, line: bytes) -> bool:
    try:
        whole = reader.send(line) == len(line)
    except OSError:
        whole = False
    if not whole:
        reader.close()
    return whole


def _is_there(reader: socket.socket) -> bool:
    """Whether it has not hung up; what it may have said is nobody's."""
    try:
        there = bool(reader.recv(4096))
    except BlockingIOError:
        return True
    except OSError:
        there = False
    if not there:
        reader.close()
    return there
