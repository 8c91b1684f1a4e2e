"""A short life of the engine under its service's account: `python -m tests.kiosk.as_engine UID GID SETTINGS`.

With `wipe` behind it the centre revokes the terminal meanwhile. Where it can't start, it ends with 1 and a
sentence.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path

from foundation.errors import MusterError
from kiosk.engine_process import Terminal
from kiosk.settings import KioskFiles
from tests.kiosk.centre_messages import WIPE, command_of
from tests.kiosk.terminal_files import TerminalFolder


def main(user: str, group: str, settings: str, *orders: str) -> None:
    """Give up every right of root, and live."""
    # What Python loads at first use may lie where only root may read.
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = TerminalFolder(Path(folder))
        live(elsewhere.settings, "wipe")
        elsewhere.scanner.unplug()
    os.setgroups([])
    os.setgid(int(group))
    os.setuid(int(user))
    try:
        live(Path(settings), *orders)
    except MusterError as error:
        sys.exit(str(error))


def live(settings: Path, *orders: str) -> None:
    """Start, take the centre's orders, and end."""
    terminal = Terminal(KioskFiles(settings))
    for _ in orders:
        terminal._receiver.take(command_of(WIPE))
    terminal._beat()
    stop = threading.Event()
    stop.set()
    terminal.run(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
