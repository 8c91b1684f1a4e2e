"""A token that was held to the terminal, from the engine to the service that may write keys.

The engine reads it and may change nothing under /etc/muster; it leaves it as a file in a folder of its own,
where a service that is root takes it. That one trusts the folder's owner with the token and nothing else.
"""

import os
import stat
from pathlib import Path

import structlog

from drivers.reading import Secret
from foundation.durable import place_file
from kiosk.settings import KioskFiles
from sync.contract.enrolment import EnrolmentError

_FOLDER, _FILE = "enrolment", "token"
_LONGEST = 1024
"""Bytes; a token has about 200."""

Stamp = tuple[int, int]
"""Tells one handed-over token from the next."""

_logger = structlog.get_logger()


def token_file(files: KioskFiles) -> Path:
    """Where a token lies; the path unit of systemd looks there."""
    return files.state_folder / _FOLDER / _FILE


def hand_over(files: KioskFiles, token: Secret) -> None:
    """Leave the token for the service, for this account's and root's eyes only; raises EnrolmentError."""
    file = token_file(files)
    try:
        place_file(file, token.reveal().encode(), 0o600, folder_mode=0o700)
    except OSError as error:
        raise EnrolmentError.not_written(file, error) from error


def stamp_of(files: KioskFiles) -> Stamp | None:
    """Which token lies there, None for none."""
    try:
        found = token_file(files).lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def take(files: KioskFiles) -> Secret | None:
    """Take the token, and delete its file; None where none lies there, or something that is no plain file.

    No link is followed, wherever the engine's account might let one lead. Raises EnrolmentError.
    """
    file = token_file(files)
    try:
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        content = _read(folder)
        os.unlink(_FILE, dir_fd=folder)
        os.fsync(folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnrolmentError.not_written(file, error) from error
    finally:
        os.close(folder)
    if content is None:
        _logger.warning("token_file_refused", file=str(file))
        return None
    return Secret(content.decode("ascii", errors="replace"))


def _read(folder: int) -> bytes | None:
    """What the file holds, None where it is not what `hand_over` leaves."""
    try:
        # Without O_NONBLOCK a named pipe would hold us up for ever.
        opened = os.open(_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError:
        return None
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(file.fileno())
        is_ours = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
        if not is_ours or found.st_uid != os.fstat(folder).st_uid or found.st_size > _LONGEST:
            return None
        return file.read(_LONGEST)
