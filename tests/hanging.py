"""Services whose work hangs while the process lives on: then nobody may go on telling that they are alive.

The hanging process says so itself, and another thread of it goes on ticking: after many ticks without a word
from the watchdog's feeder it is sure that none is coming, however slow the machine.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.service_manager import Manager
from tests.sync.patience import PATIENCE_S

ROOT = Path(__file__).parent.parent
_TICK_S = 0.1
_TICKS = 60


def tell(text: str) -> None:
    """In the service: a note to the manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notes:
        notes.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])


def hang(*_: object, **__: object) -> None:
    """In the service: never come back."""
    tell("HANGS")
    threading.Thread(target=_tick, daemon=True).start()
    threading.Event().wait()


def once_told(owner: object, name: str) -> None:
    """In the service: let what is called `name` hang as soon as the file HANG_WHEN is there."""
    real = getattr(owner, name)

    def real_or_hanging(*given: object, **more: object) -> object:
        if Path(os.environ["HANG_WHEN"]).exists():
            hang()
        return real(*given, **more)

    setattr(owner, name, real_or_hanging)


def _tick() -> None:
    while True:
        time.sleep(_TICK_S)
        tell("TICK")


@contextmanager
def hanging(script: str, config: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run such a service."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(config)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def told_while_it_hangs(manager: Manager, *, threads: int = 1) -> int:
    """How often the watchdog was fed after so many threads of the service hang."""
    for _ in range(threads):
        assert manager.hears("HANGS")
    fed = ticks = 0
    while ticks < _TICKS * threads:
        told = manager.next()
        assert told, "the process ended"
        fed += told == "WATCHDOG=1"
        ticks += told == "TICK"
    return fed
