"""Whether the terminal knows whom to believe, and how old is what the centre has given it."""

from dataclasses import dataclass

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, broken, found, good, to_look_at, unjudged
from kiosk.checkup.files import FileSeen, account, judge_file, look_at_file
from kiosk.provisioning.centre_data import ROSTER, was_revoked
from kiosk.settings import KioskFiles
from kiosk.storage.encrypted_files import AtRest
from kiosk.troubles import CheckTrouble
from sync.contract.handover import CentreKeys
from sync.contract.roster import open_roster

OLD_DAYS = 30
"""A roster comes anew with every change; for so long, hardly any site has none."""
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class CentreSeen:
    """What the centre gave. `key` is short, "" where it is none; `roster` is a version, 0 for none.

    `forbidden` is the roster's file where this account may not read it.
    """

    user: str
    key: str = ""
    key_trouble: Trouble | None = None
    revoked: bool = False
    roster: int = 0
    roster_days: int = 0
    not_believed: Trouble | None = None
    forbidden: FileSeen | None = None


def look_at_centre(files: KioskFiles, now_s: float) -> CentreSeen:
    """Open the roster that is kept, else the one that was brought; whom it names is not looked at."""
    try:
        centre = files.centre_keys()
    except SettingsError as error:
        return CentreSeen(account(), key_trouble=error.trouble)
    key = centre.newest.key_id
    kept = look_at_file(files.state_folder / f"{ROSTER}.kept", ROSTER)
    brought = look_at_file(files.path(files.settings.roster_file), "roster_file")
    file = kept if kept.exists else brought
    seen = CentreSeen(account(), key, revoked=_was_revoked(files))
    if not file.exists:
        return seen
    if not file.readable:
        return CentreSeen(account(), key, revoked=seen.revoked, forbidden=file)
    try:
        version, kept_s = _open(files, centre, file)
    except SettingsError as error:
        if isinstance(error.__cause__, PermissionError):
            return CentreSeen(account(), key, revoked=seen.revoked, forbidden=file)
        return CentreSeen(account(), key, revoked=seen.revoked, not_believed=error.trouble)
    days = max(0, int(now_s - kept_s)) // _DAY_S
    return CentreSeen(account(), key, revoked=seen.revoked, roster=version, roster_days=days)


def judge_centre(seen: CentreSeen) -> Check:
    """Whose word the terminal takes, and whether that is still the one whose roster it holds; pure."""
    if seen.key_trouble:
        return found(Subject.CENTRE, Finding(Mark.BROKEN, seen.key_trouble))
    findings = []
    if seen.revoked:
        findings.append(broken(CheckTrouble.TERMINAL_REVOKED))
    if seen.not_believed:
        findings.append(broken(CheckTrouble.ROSTER_NOT_BELIEVED, why=seen.not_believed))
    if findings:
        return found(Subject.CENTRE, *findings)
    return good(Subject.CENTRE, Said.CENTRE_GOOD if seen.roster else Said.CENTRE_KNOWN, key=seen.key)


def judge_roster(seen: CentreSeen) -> Check:
    """How old what the terminal decides by is; pure."""
    if seen.forbidden:
        return found(Subject.ROSTER, *judge_file(seen.forbidden, seen.user, secret=False))
    if seen.revoked or seen.not_believed or seen.key_trouble:
        return unjudged(Subject.ROSTER, Said.NOT_JUDGED)
    if not seen.roster:
        return found(Subject.ROSTER, to_look_at(CheckTrouble.ROSTER_NONE))
    if seen.roster_days > OLD_DAYS:
        return found(
            Subject.ROSTER,
            to_look_at(CheckTrouble.ROSTER_OLD, version=str(seen.roster), count=seen.roster_days),
        )
    return good(Subject.ROSTER, Said.ROSTER_GOOD, version=str(seen.roster), count=seen.roster_days)


def _open(files: KioskFiles, centre: CentreKeys, file: FileSeen) -> tuple[int, float]:
    """The roster's version, and when it was written here (seconds since 1970); raises SettingsError."""
    path = files.path(file.path)
    if file.setting == ROSTER:
        sealed = AtRest(files.state_folder, files.device_secret_file).read(ROSTER) or b""
    else:
        sealed = path.read_bytes()
    roster = open_roster(sealed, centre, files.settings.terminal, files.settings.realm)
    return roster.version, path.stat().st_mtime


def _was_revoked(files: KioskFiles) -> bool:
    """False also under a key that can't be read, which is said of the keys."""
    try:
        return was_revoked(files)
    except SettingsError:
        return False
