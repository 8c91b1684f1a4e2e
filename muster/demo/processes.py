"""The demo's processes: started, restarted when they die, and stopped with the demo however it ends."""

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

_LOOK_EVERY_S = 0.1
_RESTART_AFTER_S = 1.0
"""At least this long after its last start, so that a process that can't start doesn't keep a core busy."""
_STOP_WITHIN_S = 8.0
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>

_logger = structlog.get_logger()


@dataclass(slots=True)
class _Child:
    command: Sequence[str]
    stdio: int | None
    process: subprocess.Popen[bytes]
    restarts: int = 0
    held: bool = False
    started_at_s: float = field(default_factory=time.monotonic)


class Children:
    """Named processes under one roof, as systemd keeps them in production: who dies is started anew."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: dict[str, _Child] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def start(self, name: str, command: Sequence[str], *, stdio: int | None = None) -> None:
        """Start a process; its output goes to `NAME.log`, or to the terminal `stdio` where one is given."""
        with self._lock:
            self._children[name] = _Child(command, stdio, self._spawn(name, command, stdio))

    def muster(self, name: str, *arguments: str, stdio: int | None = None) -> None:
        """Start a command of Muster with this interpreter."""
        self.start(name, [sys.executable, "-m", "muster", *arguments], stdio=stdio)

    def kill(self, name: str) -> None:
        """End a process as a crash would: at once, without a word."""
        with self._lock:
            self._children[name].process.send_signal(signal.SIGKILL)

    def hold(self, name: str) -> None:
        """Kill a process and leave it dead until it is released."""
        with self._lock:
            child = self._children[name]
            child.held = True
            child.process.kill()
            child.process.wait()

    def release(self, name: str) -> None:
        """Let a process that was held start again, as its turn comes."""
        with self._lock:
            self._children[name].held = False

    def restarts(self, name: str) -> int:
        """How often a process had to be started anew."""
        with self._lock:
            return self._children[name].restarts

    def pids(self) -> dict[str, int]:
        """The process ids as they are now."""
        with self._lock:
            return {name: child.process.pid for name, child in self._children.items()}

    def stop(self) -> None:
        """Stop everything, last started first; what doesn't end in time is killed."""
        self._stopping.set()
        self._watcher.join()
        for child in reversed(self._children.values()):
            child.process.terminate()
        deadline = time.monotonic() + _STOP_WITHIN_S
        for name, child in self._children.items():
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _logger.warning("child_killed", child=name)
                child.process.kill()
                child.process.wait()

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            with self._lock:
                for name, child in self._children.items():
                    rested = time.monotonic() - child.started_at_s > _RESTART_AFTER_S
                    if rested and not child.held and child.process.poll() is not None:
                        _logger.warning("child_restarted", child=name, ended_with=child.process.returncode)
                        child.restarts += 1
                        child.started_at_s = time.monotonic()
                        child.process = self._spawn(name, child.command, child.stdio)

    def _spawn(self, name: str, command: Sequence[str], stdio: int | None) -> subprocess.Popen[bytes]:
        with (self._logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL if stdio is None else stdio,
                stdout=log if stdio is None else stdio,
                stderr=log if stdio is None else stdio,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call; nothing that could deadlock
            )


def _die_with_parent() -> None:
    """Ask the kernel to end this process when the demo is killed and can't stop it (man 2 prctl)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
