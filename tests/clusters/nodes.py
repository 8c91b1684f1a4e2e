"""What the clusters share: three nodes on three addresses of the loopback, each a group of processes."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.sync.patience import PATIENCE_S, until

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


class NotInstalledError(Exception):
    """This machine lacks a broker; says which package has it."""


def program(*candidates: str, package: str) -> str:
    """Where a program is; raises NotInstalledError."""
    for candidate in candidates:
        found = shutil.which(candidate, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        if found:
            return found
    raise NotInstalledError(f"{package} is not installed here: apt-get install {package}")


def free_port_at(hosts: Sequence[str]) -> int:
    """A port that nobody listens on at any of these addresses."""
    while True:
        with socket.socket() as first:
            first.bind((hosts[0], 0))
            port: int = first.getsockname()[1]
            try:
                for host in hosts[1:]:
                    with socket.socket() as other:
                        other.bind((host, port))
            except OSError:
                continue
            return port


def answers(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0


class Node:
    """One process and all that it starts; killed and started again as often as wanted."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Returns at once."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait_for(self, host: str, port: int) -> None:
        """Until it takes connections there."""

        def listens() -> bool:
            assert self.runs, self._log.read_text()[-3000:]
            return answers(host, port)

        until(listens)

    def kill(self) -> None:
        """End it and all that it started, with signal 9."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE_S)
            self._process = None
