"""Bringing files down to the disk, so that a power cut can't take back what was said to be written."""

import os
from pathlib import Path


def write_synced(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a new file in the place of whatever has this name, down to the disk; raises OSError.

    Its name is durable only after `sync_folder`. `mode` is narrowed by the process's umask.
    """
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk: a rename is not durable before (man 2 fsync); raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
