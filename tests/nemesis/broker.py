"""The broker of a round: Mosquitto as shipped, which can be killed, stopped, and started from old files."""

import itertools
import signal
import socket
import subprocess
from pathlib import Path

from muster.demo.broker import configure_mosquitto, find_mosquitto
from muster.demo.doubler import ACCESS
from tests.sync.patience import until

_PORTS = itertools.count(20_000)
"""Below those that connections are given: while a broker is killed, nobody takes its port."""


class RoundBroker:
    """Reads the centre's folder `broker`; `options` take the place of the shipped ones of the same name."""

    def __init__(self, folder: Path, options: dict[str, str]) -> None:
        self.port = next(port for port in _PORTS if _is_free(port))
        self._folder = folder
        self._log = folder / "mosquitto.log"
        self._configuration = configure_mosquitto(folder, "mosquitto", self.port, ACCESS)
        lines = self._configuration.read_text().splitlines()
        kept = [line for line in lines if line.partition(" ")[0] not in options]
        changed = [f"{name} {value}" for name, value in options.items()]
        self._configuration.write_text("\n".join((*kept, *changed)) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def kept(self) -> Path:
        """Where a broker with persistence keeps what it knows."""
        return self._folder / "mosquitto.db"

    def start(self) -> None:
        """Returns when it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [find_mosquitto(), "-c", str(self._configuration)], stdout=log, stderr=log
            )
        until(self._listens)

    def kill(self) -> None:
        """End it with signal 9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._process:
            self._process.send_signal(number)

    def ended_by_itself(self) -> bool:
        """Whether nobody ended it, and it is gone."""
        process = self._process
        return process is not None and process.poll() is not None

    def _listens(self) -> bool:
        assert not self.ended_by_itself(), self._log.read_text()[-2000:]
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
