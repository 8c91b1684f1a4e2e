"""Room that is kept for the day on which the disk is full: a file that can be let go of.

What it is for: when the disk runs out, the ballast is released, the centre hears an alarm, staff read it on
the monitor, and people go on checking in on the released room (16 MiB hold some 10,000 events) while
somebody makes space. Only when that is used up too is a reading refused, visibly, as "not recorded". With
space again the ballast is made anew.
"""

import os
from pathlib import Path

import structlog

from foundation.durable import replacing

LOW_BYTES = 4 * 1024 * 1024
"""Less than this is free: the disk counts as full, before the first commit fails for it."""

_logger = structlog.get_logger()


class Ballast:
    """One file beside the log; `look` is called now and then by the thread that writes the log."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        """Nothing is made before the first look; a size of 0 keeps none."""
        self._path = path
        self._size_bytes = size_bytes
        self._low_bytes = min(LOW_BYTES, size_bytes // 4)
        self.released = False

    def look(self) -> bool:
        """Release the ballast when the disk is nearly full, make it when there is room; True = just released.

        Between the two lies its own size: a disk at the edge doesn't go back and forth.
        """
        if not self._size_bytes:
            return False
        space = os.statvfs(self._path.parent)
        free_bytes = space.f_bavail * space.f_frsize
        if free_bytes < self._low_bytes:
            return self.release()
        if free_bytes >= self._size_bytes + 2 * self._low_bytes and not self._path.exists():
            self.released = not self._make()
        return False

    def release(self) -> bool:
        """Let go of the room; False where none is kept (any more)."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        self.released = True
        _logger.critical("disk_full", released_bytes=self._size_bytes)
        return True

    def _make(self) -> bool:
        """Allocate every block, as a mere truncate would not (man 3 posix_fallocate)."""
        try:
            with replacing(self._path) as file:
                os.posix_fallocate(file.fileno(), 0, self._size_bytes)
        except OSError as error:
            _logger.warning("no_ballast", error=str(error))
            return False
        return True
