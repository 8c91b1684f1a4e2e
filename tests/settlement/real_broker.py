"""A real Mosquitto for a test, and waiting for what another process does."""

import socket
import subprocess
import time

from tests.sync.patience import PATIENCE_S


class Broker:
    """A real Mosquitto on a free port of the loopback, without TLS."""

    def __init__(self, folder):
        self.port = free_port()
        self._configuration = folder / "mosquitto.conf"
        self._configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        )
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            ["mosquitto", "-c", str(self._configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: _accepts(self.port), "mosquitto does not listen")

    def stop(self):
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, complaint):
    """Wait for something that another process does; a limit, never a measurement."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(complaint)
