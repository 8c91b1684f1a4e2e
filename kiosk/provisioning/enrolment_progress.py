"""How far the enrolment is that another process does: one small file that the engine passes on to screens.

It holds no secret: six words, a code, and what is in the way.
"""

from pathlib import Path

import msgspec
import structlog

from foundation.durable import place_file
from kiosk.local_api.messages import Enrolment

_LONGEST = 16 * 1024
_READABLE = 0o640

_logger = structlog.get_logger()


def write_progress(file: Path, progress: Enrolment) -> None:
    """Say how far it is; where that can't be written nobody is stopped."""
    try:
        place_file(file, msgspec.json.encode(progress), _READABLE)
    except OSError as error:
        _logger.warning("progress_not_written", file=str(file), why=error.strerror)


class ProgressFile:
    """The file as the engine looks at it, again and again."""

    def __init__(self, file: Path) -> None:
        """What it says already is of an attempt before; it is shown all the same."""
        self._file = file
        self._seen: tuple[int, int] | None = None

    def news(self) -> Enrolment | None:
        """What it says, where that is new since the last look."""
        try:
            found = self._file.stat()
            seen = found.st_ino, found.st_mtime_ns
            if seen == self._seen or found.st_size > _LONGEST:
                return None
            progress = msgspec.json.decode(self._file.read_bytes(), type=Enrolment)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        self._seen = seen
        return progress
