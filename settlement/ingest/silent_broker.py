"""A broker on this very machine that takes connections and answers nothing hangs: it must be started anew.

Debian's Mosquitto tells nothing to the watchdog of systemd. The listener is its client all
day, and notices; a path unit (muster-broker-restart) sees the file that it writes, and acts.
"""

import contextlib

import structlog

from foundation.service_manager import runtime_folder
from settlement.loopback import is_loopback
from sync.line.broker_link import Loss

IN_A_ROW = 3
"""So many attempts (5 s each) without an answer are no busy moment."""
FILE = "broker-silent"

_logger = structlog.get_logger()


class SilentBroker:
    """Counts attempts without an answer, of a broker on this machine and in a service of systemd alone."""

    def __init__(self, host: str) -> None:
        folder = runtime_folder()
        self._file = folder / FILE if folder and is_loopback(host) else None
        self._in_a_row = 0

    def answered(self) -> None:
        """It works."""
        self._in_a_row = 0

    def note(self, loss: Loss) -> None:
        """An attempt failed, or a connection ended."""
        self._in_a_row = self._in_a_row + 1 if loss is Loss.SILENT else 0
        if self._file and self._in_a_row == IN_A_ROW:
            self._in_a_row = 0
            _logger.error("broker_hangs", attempts=IN_A_ROW)
            with contextlib.suppress(OSError):  # nothing else is held up by it
                self._file.write_text("", encoding="ascii")
