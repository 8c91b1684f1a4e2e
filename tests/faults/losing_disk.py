"""A disk that loses everything that was not synchronised, as a power cut does: ext4 in a file, shut down.

EXT4_IOC_SHUTDOWN with NOLOGFLUSH stops the file system at once and writes nothing more, not even its journal:
https://github.com/torvalds/linux/blob/master/fs/ext4/ioctl.c (also XFS's `goingdown`, xfs_io(8) `shutdown`).
"""

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SHUTDOWN = 0x8004587D
_NOLOGFLUSH = 2
_DISK_BYTES = 16 * 1024 * 1024


class LosingDisk:
    """A mounted file system whose power can be cut."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.folder = folder
        self._image = image

    def mount(self) -> None:
        """Mount it; what the journal holds is put in order first, as at the next boot."""
        done = subprocess.run(
            ["mount", "-o", "loop", str(self._image), str(self.folder)], capture_output=True, check=False
        )
        if done.returncode != 0:
            pytest.skip(f"a file can't be mounted here: {done.stderr.decode().strip()}")

    def cut_power(self) -> None:
        """From here on nothing reaches the disk, and what was not synchronised is gone."""
        root = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(root, _SHUTDOWN, struct.pack("I", _NOLOGFLUSH))
        finally:
            os.close(root)

    def restore_power(self) -> None:
        """Mount what the disk still holds.

        It is a copy of the image: as long as anybody has the old file system open, the kernel would mount
        that one again, which is dead.
        """
        self.unmount()
        copy = self._image.with_name(f"{self._image.name}.again")
        subprocess.run(["cp", "--sparse=always", str(self._image), str(copy)], check=True)
        copy.replace(self._image)
        self.mount()

    def unmount(self) -> None:
        """Take it out of sight; processes that still use it may end later."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@contextmanager
def losing_disk(tmp_path: Path) -> Iterator[LosingDisk]:
    """A new, mounted disk; skips the test where this account may not mount, or has no mkfs.ext4."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk and cut its power")
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(_DISK_BYTES)
    if subprocess.run(["mkfs.ext4", "-q", str(image)], capture_output=True, check=False).returncode != 0:
        pytest.skip("there is no mkfs.ext4 here")
    disk = LosingDisk(image, folder)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()
