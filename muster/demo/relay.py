"""A line that can be cut: forwards a local port to the broker, until somebody cuts it."""

import contextlib
import socket
import threading


class Relay:
    """Forwards every connection to `target_port` on this machine while it is not cut."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection and turn away new ones."""
        with self._lock:
            self._is_cut = True
            ended, self._open = self._open, set()
        for connection in ended:
            _end(connection)

    def mend(self) -> None:
        """Let connections through again."""
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        """Cut the line for good."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                near.close()  # the broker is away; the client tries again
                continue
            with self._lock:
                if not self._is_cut:
                    self._open |= {near, far}
            if near not in self._open:
                _end(near)
                _end(far)
                continue
            threading.Thread(target=self._pump, args=(near, far), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        _end(source)
        _end(sink)
        with self._lock:
            self._open -= {source, sink}


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
