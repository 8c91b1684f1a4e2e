"""Looking at every page of a large log once, beside the engine that writes it.

A small log is looked at whole before it is trusted; a large one would keep people waiting meanwhile. So this
looks at it after the start, on a thread and a connection of its own that nobody waits for.
"""

import contextlib
import os
import sqlite3
import threading
import time
from pathlib import Path

import structlog

from foundation.errors import LogDamagedError
from sync.log import integrity as log_integrity
from sync.log.reader import connect_to_read

_LOWEST_PRIORITY = 19  # man 7 sched: of threads that want the processor, this one comes last
_STOP_WITHIN_S = 5.0
_INTERRUPT_EVERY_S = 0.01

_logger = structlog.get_logger()


class LaterCheck:
    """One look at the pages of a log; a torn one marks the log for salvage, as if it had been met in use."""

    def __init__(self, path: Path) -> None:
        """Nothing happens before `start`."""
        self._path = path
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-check", daemon=True)
        self._connection: sqlite3.Connection | None = None

    def start(self) -> None:
        """Begin, if the log is too large to have been looked at when it was opened; returns at once."""
        try:
            if self._path.stat().st_size <= log_integrity.CHECKED_WHOLE_BYTES:
                return
            self._connection = connect_to_read(self._path, for_any_thread=True)
        except (OSError, sqlite3.Error) as error:
            _logger.warning("log_not_checked", error=str(error))
            return
        self._thread.start()

    def stop(self) -> None:
        """End it, wherever it is, and let go of the file."""
        if self._connection is None:
            return
        self._stopping.set()
        give_up_at_s = time.monotonic() + _STOP_WITHIN_S
        while self._thread.is_alive() and time.monotonic() < give_up_at_s:
            # Again and again: what is interrupted before SQLite has begun goes on.
            self._connection.interrupt()
            self._thread.join(_INTERRUPT_EVERY_S)
        if not self._thread.is_alive():
            self._connection.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # the service's system call filter may forbid even to be nice
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
        began_s = time.monotonic()
        try:
            self._look()
        except LogDamagedError as error:
            log_integrity.mark_suspect(self._path)
            _logger.critical("log_damaged", error=error.trouble)
        except sqlite3.Error as error:
            if not self._stopping.is_set():
                _logger.warning("log_not_checked", error=str(error))
        else:
            _logger.info("log_checked", seconds=round(time.monotonic() - began_s))

    def _look(self) -> None:
        if self._connection is None or self._stopping.is_set():
            return
        try:
            log_integrity.check_pages(self._connection, self._path)
        except sqlite3.DatabaseError as error:
            if log_integrity.is_damage(error):
                raise log_integrity.damaged(self._path, str(error)) from error
            raise
