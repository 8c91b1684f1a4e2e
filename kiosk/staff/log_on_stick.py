"""The log onto a stick: which removable disks are mounted, and writing it as `muster log export` does."""

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from foundation.clock import Clock
from foundation.errors import MusterError
from kiosk.local_api.replies import LogExported, Stick
from kiosk.settings import KioskFiles
from sync.line.log_export import export_log
from sync.log.reader import LogReader

_MOUNTS = Path("/proc/self/mountinfo")
_BLOCK_DEVICES = Path("/sys/dev/block")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def sticks(mounts: Path = _MOUNTS, block_devices: Path = _BLOCK_DEVICES) -> list[Stick]:
    """The removable disks that are mounted now, each where it is mounted first."""
    found: list[Stick] = []
    for number, folder in mounted(mounts.read_text(encoding="utf-8", errors="surrogateescape")):
        if is_removable(number, block_devices):
            free = _free_bytes(folder)
            if free is not None:
                found.append(Stick(folder, free))
    return found


def mounted(mountinfo: str) -> Iterator[tuple[str, str]]:
    """Each block device (`8:17`) and where it is mounted (man 5 proc_pid_mountinfo), once a device. Pure."""
    seen = set()
    for line in mountinfo.splitlines():
        fields = line.split(" ")
        if len(fields) > 4 and fields[2] not in seen and not fields[2].startswith("0:"):
            seen.add(fields[2])
            yield fields[2], _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 8)), fields[4])


def is_removable(number: str, block_devices: Path = _BLOCK_DEVICES) -> bool:
    """Whether the kernel calls the device or the disk that it is a part of removable, or it hangs on USB."""
    device = (block_devices / number).resolve()
    flags = (device / "removable", device.parent / "removable")
    return any(_says_one(flag) for flag in flags) or "/usb" in str(device)


def export_to(stick: Stick, request: int, files: KioskFiles, clock: Clock) -> LogExported:
    """Write the log into a new file there, named after the terminal and the moment, and read it back."""
    moment = dt.datetime.fromtimestamp(clock.wall_ms() // 1000, dt.UTC)
    path = Path(stick.folder) / f"{files.settings.terminal}-{moment:%Y%m%dT%H%M%SZ}.muster"
    try:
        log = LogReader(files.log_file, files.settings.terminal)
        try:
            batches = export_log(log, files.identity(), clock, path)
        finally:
            log.close()
    except MusterError as error:
        return LogExported(request, str(path), trouble=error.trouble)
    return LogExported(request, str(path), batches)


def _free_bytes(folder: str) -> int | None:
    try:
        found = os.statvfs(folder)
    except OSError:
        return None  # pulled out a moment ago
    return found.f_bavail * found.f_frsize


def _says_one(flag: Path) -> bool:
    try:
        return flag.read_text().strip() == "1"
    except OSError:
        return False


FindSticks = Callable[[], list[Stick]]
