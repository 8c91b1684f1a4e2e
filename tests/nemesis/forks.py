"""Starting processes at once: a server that has imported what Muster needs, and forks.

A killed process of the line is started again hundreds of times in a run; what Python loads each time would
cost more than the faults themselves. `python -m tests.nemesis.forks` obeys lines of JSON on its standard
input. Each process it starts ends with it.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from tests.sync.patience import PATIENCE_S

_LOADED_BEFORE = (
    "muster.console",
    "kiosk.uplink_process",
    "kiosk.local_api.server",
    "sync.log.writer",
    "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base",
    "django.db.backends.postgresql.base",
    "django.db.models",
    "psycopg",
    "prometheus_client",
    "settlement.settings",
    "sync.line.certificate_authority",
    "foundation.words",
)
"""Nothing of these reads settings when it is imported, or starts a thread."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Child:
    """A process that was forked; it is watched by its descriptor, so no number is ever used twice."""

    name: str
    pid: int
    watch: int
    output: Path

    def is_alive(self) -> bool:
        return not select.select([self.watch], [], [], 0)[0]

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal; one that has ended hears nothing."""
        if self.is_alive():
            signal.pidfd_send_signal(self.watch, number)

    def kill(self) -> None:
        """End it with signal 9, and wait until it is gone."""
        self.tell(signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Until it has ended."""
        if not select.select([self.watch], [], [], PATIENCE_S)[0]:
            raise AssertionError(f"{self.name} did not end: {self.said()}")

    def said(self) -> str:
        """The end of what it wrote."""
        return self.output.read_text(errors="replace")[-3000:]


class Forks:
    """The server, and what it started."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.nemesis.forks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def start(self, name: str, *command: str, output: Path) -> Child:
        """Start `muster WORDS` where the first word is `muster`, else `main(*WORDS)` of a module."""
        assert self._server.stdin
        assert self._server.stdout
        with self._one_at_a_time:
            self._server.stdin.write(json.dumps([str(output), *command]).encode() + b"\n")
            self._server.stdin.flush()
            pid = int(self._server.stdout.readline())
            return Child(name, pid, os.pidfd_open(pid), output)

    def run(self, name: str, *command: str, output: Path) -> str:
        """Start it, wait until it ends, and return what it wrote."""
        output.unlink(missing_ok=True)
        child = self.start(name, *command, output=output)
        child.wait()
        os.close(child.watch)
        return output.read_text(errors="replace")

    def close(self) -> None:
        """End the server, and with it all that it started."""
        self._server.kill()
        self._server.communicate()


def serve() -> None:
    """Fork for each line; a child that ended is kept as long as its number may be asked for."""
    for module in _LOADED_BEFORE:
        importlib.import_module(module)
    server = os.getpid()
    for line in sys.stdin:
        output, *command = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(server, output, command)
        print(pid, flush=True)
        _reap(pid)


def _reap(newest: int) -> None:
    """Bury the dead, but for the newest: nobody may have opened its descriptor yet."""
    for pid in list(_dead_later):
        if os.waitpid(pid, os.WNOHANG)[0]:
            _dead_later.remove(pid)
    _dead_later.append(newest)


_dead_later: list[int] = []


def _become(server: int, output: str, command: list[str]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)
    os.setsid()
    with open(output, "ab") as file:  # noqa: PTH123 - before anything of Python's own is used
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    status = 1
    try:
        program, *words = command
        sys.argv = command
        if program == "muster":
            importlib.import_module("muster.console").main(words, prog_name="muster")
        else:
            importlib.import_module(program).main(*words)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - told as the interpreter would
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
