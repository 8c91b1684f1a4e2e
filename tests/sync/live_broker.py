"""A real mosquitto on a free port of this machine, to be killed and started again."""

import socket
import subprocess
import time
from pathlib import Path

PATIENCE_S = 30


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
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if time.monotonic() > give_up_at or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """End it with signal 9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
