"""Whether there is room for the log, on a disk that takes it."""

import errno
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kiosk.checkup.check import Check, Said, Subject, broken, found, good, to_look_at
from kiosk.checkup.files import account
from kiosk.troubles import CheckTrouble

FEW_MIB = 512
HARDLY_ANY_MIB = 64
"""A day of 1,000 check-ins writes 14 MiB; the ballast beside the log is 16."""
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DiskSeen:
    """The folder of the log; `refused` is the system's word where nothing can be written there, else ""."""

    user: str
    folder: str
    exists: bool = True
    forbidden: bool = False
    free_mib: int = 0
    refused: str = ""


def look_at_disk(folder: Path) -> DiskSeen:
    """Try it with a file that has no name and is gone at once."""
    seen = DiskSeen(account(), str(folder))
    try:
        free_mib = shutil.disk_usage(folder).free // _MIB
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"muster")
            file.flush()
    except FileNotFoundError:
        return DiskSeen(seen.user, seen.folder, exists=False)
    except PermissionError:
        return DiskSeen(seen.user, seen.folder, forbidden=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return DiskSeen(seen.user, seen.folder, free_mib=0)
        return DiskSeen(seen.user, seen.folder, refused=error.strerror or str(error))
    return DiskSeen(seen.user, seen.folder, free_mib=free_mib)


def judge_disk(seen: DiskSeen) -> Check:
    """Pure."""
    if not seen.exists:
        # The engine makes it, wherever it then lies.
        return found(Subject.DISK, to_look_at(CheckTrouble.STATE_FOLDER_MISSING, path=seen.folder))
    if seen.refused:
        finding = broken(CheckTrouble.STATE_FOLDER_REFUSES, path=seen.folder, why=seen.refused)
        return found(Subject.DISK, finding)
    if seen.forbidden:
        finding = to_look_at(CheckTrouble.ACCOUNT_MAY_NOT_READ, user=seen.user)
        return found(Subject.DISK, finding)
    if seen.free_mib < FEW_MIB:
        kind = broken if seen.free_mib < HARDLY_ANY_MIB else to_look_at
        finding = kind(CheckTrouble.DISK_NEARLY_FULL, path=seen.folder, free=str(seen.free_mib))
        return found(Subject.DISK, finding)
    return good(Subject.DISK, Said.DISK_GOOD, free=str(seen.free_mib))
