"""Bringing files down to the disk, so that a power cut can't take back what was said to be written."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

UNFINISHED = ".unfinished"
"""What is appended to a file's name while its next content is being written beside it."""


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk: a rename is not durable before (man 2 fsync); raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unfinished_of(path: Path) -> Path:
    """Where a file's next content is written; a power cut may leave it there."""
    return path.with_name(f"{path.name}{UNFINISHED}")


def replace_file(path: Path, content: bytes, mode: int | None = None) -> None:
    """Put `content` in the place of what the file holds, durably: all of it or nothing; raises OSError.

    `mode` and owner are those of `replacing`.
    """
    with replacing(path, mode) as file:
        file.write(content)


def place_file(path: Path, content: bytes, mode: int, folder_mode: int = 0o750) -> None:
    """Put a file in its place whole or not at all, with just this mode whatever the umask; raises OSError.

    Its folder is made where it is missing.
    """
    make_folder(path.parent, folder_mode)
    with replacing(path, mode) as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)


@contextlib.contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """Give a file to be written, which takes the place of `path` durably when the block ends well.

    When the block raises, or the power goes, the old file is untouched. A new file gets `mode`, narrowed by
    the process's umask; without `mode` it keeps that of the old file. The owner is kept where this account
    may give files away; what root makes anew belongs to whom its folder belongs to, whose service must be
    able to read it. Raises OSError.
    """
    unfinished = unfinished_of(path)
    unfinished.unlink(missing_ok=True)
    try:
        created = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
        with os.fdopen(created, "wb") as file:
            _keep_owner_and_mode(file.fileno(), path, keep_mode=mode is None)
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    sync_folder(path.parent)


def make_folder(folder: Path, mode: int) -> None:
    """Make the folder where it is missing; made by root, it belongs to the owner of the one that it is in."""
    if folder.is_dir():
        return
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        above = folder.parent.stat()
        os.chown(folder, above.st_uid, above.st_gid)


def make_file(path: Path, mode: int) -> None:
    """Make an empty file where it is missing; made by root, it belongs to whom its folder belongs to.

    `mode` is narrowed by the process's umask. Raises OSError.
    """
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            _give_to_owner_of(descriptor, path.parent)
        finally:
            os.close(descriptor)


def _give_to_owner_of(descriptor: int, folder: Path) -> None:
    if os.geteuid() == 0:
        above = folder.stat()
        os.fchown(descriptor, above.st_uid, above.st_gid)


def _keep_owner_and_mode(descriptor: int, path: Path, *, keep_mode: bool) -> None:
    try:
        old, new = path.stat(), os.fstat(descriptor)
    except FileNotFoundError:
        _give_to_owner_of(descriptor, path.parent)
        return
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    # Asked only where it differs: some disks of sticks know no modes.
    if keep_mode and old.st_mode != new.st_mode:
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
