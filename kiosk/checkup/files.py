"""One look at a file that the terminal needs: whether it is there, who may read it; never what is in it."""

import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.checkup.check import Finding, broken, to_look_at
from kiosk.troubles import CheckTrouble


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file of the settings. What this account may not even look for counts as there and not readable."""

    path: str
    setting: str
    exists: bool = True
    readable: bool = True
    mode: int = 0o600
    barred: str = ""
    """The service's account that needs the file and may not read it; root itself may read any."""


def look_at_file(path: Path, setting: str, reader: str = "") -> FileSeen:
    """Look without opening it; `setting` is the key that names it, `reader` the account that needs it."""
    try:
        found = path.stat()
    except PermissionError:
        return FileSeen(str(path), setting, readable=False)
    except OSError:
        return FileSeen(str(path), setting, exists=False, readable=False)
    barred = reader if reader and not _lets_in(found, reader) else ""
    mode = stat.S_IMODE(found.st_mode)
    return FileSeen(str(path), setting, readable=os.access(path, os.R_OK), mode=mode, barred=barred)


def judge_file(seen: FileSeen, user: str, *, secret: bool) -> Iterator[Finding]:
    """What is wrong with the file itself; `secret` is one that not everybody may read. Pure."""
    if not seen.exists:
        yield broken(CheckTrouble.FILE_MISSING, path=seen.path, key=seen.setting)
        return
    if not seen.readable:
        yield to_look_at(CheckTrouble.ACCOUNT_MAY_NOT_READ, user=user)
    if seen.barred:
        command = f"chgrp muster {seen.path} && chmod 640 {seen.path}"
        yield broken(CheckTrouble.SERVICE_MAY_NOT_READ, user=seen.barred, path=seen.path, command=command)
    if secret and seen.mode & stat.S_IRWXO:
        command = f"chmod o-rwx {seen.path}"
        yield broken(CheckTrouble.KEY_OPEN_TO_ALL, path=seen.path, command=command)


def _lets_in(found: os.stat_result, reader: str) -> bool:
    """Whether an account may read what has this owner, group and mode; one that is not here is not judged."""
    try:
        known = pwd.getpwnam(reader)
    except KeyError:
        return True
    if found.st_uid == known.pw_uid:
        return bool(found.st_mode & stat.S_IRUSR)
    if found.st_gid in os.getgrouplist(reader, known.pw_gid):
        return bool(found.st_mode & stat.S_IRGRP)
    return bool(found.st_mode & stat.S_IROTH)


def account() -> str:
    """Who looks, by name where it has one."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
