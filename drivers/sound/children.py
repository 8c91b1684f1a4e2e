"""Programs started one into the other, of which nothing is ever waited for longer than said.

What they read lies in memory before they start, and nobody reads what they write but their last complaint; so
one that never reads, never ends or complains without end can hold up only itself, until it is killed.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import IO

from drivers.sound.programs import Command

_KILLED_WITHIN_S = 1.0
_MOST_TOLD = 300
_LOOK_EVERY_S = 0.02


class Children:
    """Programs that are running, each reading what the one before it writes."""

    def __init__(self, commands: Sequence[Command], given: bytes) -> None:
        """Start them; the first reads `given`. Raises OSError for one that can't be started."""
        self._running: list[subprocess.Popen[bytes]] = []
        reads: IO[bytes] | None = _held(given)
        try:
            for place, command in enumerate(commands, start=1):
                reads = self._start(command, reads, is_last=place == len(commands))
        except OSError:
            self.kill()
            self.close()
            raise

    def _start(self, command: Command, reads: IO[bytes] | None, *, is_last: bool) -> IO[bytes] | None:
        """Start one; answers from what the next one reads. Ours of what it reads is closed."""
        with reads or contextlib.nullcontext():
            child = subprocess.Popen(
                command,
                stdin=reads,
                stdout=subprocess.DEVNULL if is_last else subprocess.PIPE,
                stderr=subprocess.PIPE if is_last else subprocess.DEVNULL,
                start_new_session=True,
            )
        self._running.append(child)
        return child.stdout

    @property
    def have_ended(self) -> bool:
        """Whether all are over."""
        return all(child.poll() is not None for child in self._running)

    def failure(self) -> str:
        """Why it came to nothing, "" where all ended well; to be asked once they have ended."""
        statuses = [child.poll() for child in self._running]
        if not any(statuses):
            return ""
        return self._complaint() or f"status {next(filter(None, statuses))}"

    def kill(self) -> bool:
        """End them now; False where the kernel does not let go of one (a sound card that hangs)."""
        for child in self._running:
            # Each leads a group of its own: what it started goes too.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        give_up_at = time.monotonic() + _KILLED_WITHIN_S
        while not self.have_ended and time.monotonic() < give_up_at:
            time.sleep(_LOOK_EVERY_S)
        return self.have_ended

    def close(self) -> None:
        """Give back what is still open to them."""
        for child in self._running:
            for pipe in filter(None, (child.stdout, child.stderr)):
                pipe.close()

    def _complaint(self) -> str:
        told = self._running[-1].stderr if self._running else None
        if told is None:
            return ""
        os.set_blocking(told.fileno(), False)
        with contextlib.suppress(OSError):
            lines = os.read(told.fileno(), _MOST_TOLD).decode(errors="replace").strip().splitlines()
            return lines[0] if lines else ""
        return ""


def _held(given: bytes) -> IO[bytes]:
    """A file in memory from which `given` is read; nobody need write it while somebody reads."""
    held = os.fdopen(os.memfd_create("muster-sound"), "w+b")
    held.write(given)
    held.seek(0)
    return held
