"""A line between a client and a broker that is slow, stalls, is cut, or dies without a word."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.sync.patience import PATIENCE_S


class FaultyLine:
    """Carries bytes from `port` to the broker's; the faults are those that a test sets.

    `before_chunk` is called before each chunk is carried, in a thread of its own: it may wait, or call `cut`.
    """

    def __init__(
        self, broker_port: int, before_chunk: Callable[[], None] = lambda: None, chunk_bytes: int = 512
    ) -> None:
        self._broker_port = broker_port
        self._before_chunk = before_chunk
        self._chunk_bytes = chunk_bytes
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._dead: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self.connections = 0
        self._threads[0].start()

    def cut(self) -> None:
        """End every connection."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def die(self) -> None:
        """Carry nothing of the connections of this moment any more, and end none of them."""
        self._dead.update(self._open)

    def close(self) -> None:
        """Returns when every thread has ended."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(PATIENCE_S)
        self.cut()
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._broker_port), PATIENCE_S)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            self.connections += 1
            self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                self._threads.append(threading.Thread(target=self._carry, args=(source, target)))
                self._threads[-1].start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(self._chunk_bytes):
                self._before_chunk()
                if source not in self._dead:
                    target.sendall(chunk)
        for one in (source, target):
            if one not in self._dead:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
