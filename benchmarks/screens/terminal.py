"""A program on a pseudo-terminal of its own: when it has painted, what it costs, and how large it is."""

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

_QUIET_S = 0.05
"""Nothing more is drawn for this long: what came last was the end of the picture."""
_PATIENCE_S = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


class OnTerminal:
    """Runs `command` on `columns` × `rows` cells, and reads what it draws."""

    def __init__(self, command: Sequence[str], columns: int = 100, rows: int = 30) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)

    def painted_ns(self) -> int:
        """The moment at which the last byte came before it fell quiet; raises TimeoutError if none came."""
        if not self._has_drawn(_PATIENCE_S):
            raise TimeoutError("Nothing was painted.")
        last_ns = time.perf_counter_ns()
        while self._has_drawn(_QUIET_S):
            last_ns = time.perf_counter_ns()
        return last_ns

    def until_quiet(self) -> None:
        """Read away what it draws until it has drawn nothing for a second."""
        while self._has_drawn(1.0):
            pass

    def watch(self, seconds: float) -> None:
        """Read away what it draws for so long."""
        ends_s = time.monotonic() + seconds
        while (left_s := ends_s - time.monotonic()) > 0:
            self._has_drawn(left_s)

    def cpu_s(self) -> float:
        """Processor seconds so far, its own and the kernel's for it."""
        fields = (
            Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mb(self) -> float:
        """Resident memory, what it shares with others counted in full."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def _has_drawn(self, within_s: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], within_s)
        return bool(ready and os.read(self._ours, 1 << 20))
