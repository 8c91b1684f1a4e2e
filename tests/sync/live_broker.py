"""A real mosquitto on a free port of this machine, to be killed and started again."""

import socket
import subprocess
from pathlib import Path

from tests.sync.patience import until


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveBroker:
    """Keeps nothing on disk: what it was told and had not passed on is lost with it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(
            "\n".join((f"listener {self.port} 127.0.0.1", "user root", *options)) + "\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it accepts connections."""
        self._process = subprocess.Popen(
            ["mosquitto", "-c", str(self._settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._accepts)

    @property
    def process_id(self) -> int:
        """While it runs."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it with signal 9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _accepts(self) -> bool:
        assert self._process is None or self._process.poll() is None, "mosquitto ended; is the port taken?"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
