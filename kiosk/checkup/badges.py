"""Whether devices that read codes read a badge of this centre that somebody held up to each of them. Pure."""

from collections.abc import Mapping, Sequence

from drivers.reading import Presented
from foundation.errors import CredentialError
from kiosk.checkup.check import Check, Finding, Said, Subject, broken, found, good, to_look_at, unjudged
from kiosk.credentials.identify import genuine_misread
from kiosk.credentials.misread import misread_badges
from kiosk.roster.index import RosterIndex
from kiosk.settings import KioskSettings
from kiosk.troubles import CheckTrouble
from sync.contract.badge import looks_like_badge


def readers_of_badges(settings: KioskSettings) -> list[str]:
    """The names of the devices that can read one: those that are set to give codes."""
    return [one.name for one in settings.devices if Presented.CODE in one.presents]


def judge_badges(
    devices: Sequence[str], read: Mapping[str, str] | None, roster: RosterIndex | None
) -> Check | None:
    """What each device made of the badge, by its name; None for `read` where an engine holds the devices.

    Without a roster a badge is known by its shape alone.
    """
    if not devices:
        return None
    if read is None:
        return unjudged(Subject.BADGES, Said.BADGES_OF_ENGINE)
    findings = [one for name in devices if (one := _finding(name, read.get(name), roster))]
    if findings:
        return found(Subject.BADGES, *findings)
    return good(Subject.BADGES, Said.BADGES_GOOD, devices=list(devices))


def _finding(device: str, text: str | None, roster: RosterIndex | None) -> Finding | None:
    if text is None:
        return broken(CheckTrouble.BADGE_NOT_READ, device=device)
    if looks_like_badge(text):
        return None if roster is None or _is_genuine(text, roster) else _foreign(device)
    misread = genuine_misread(text, roster) if roster else next(misread_badges(text), None)
    if misread:
        return to_look_at(CheckTrouble.BADGE_SPOILT, device=device, why=misread.trouble)
    return _foreign(device)


def _foreign(device: str) -> Finding:
    return to_look_at(CheckTrouble.BADGE_FOREIGN, device=device)


def _is_genuine(text: str, roster: RosterIndex) -> bool:
    try:
        roster.genuine_badge(text)
    except CredentialError:
        return False
    return True
