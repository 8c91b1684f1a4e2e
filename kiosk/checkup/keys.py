"""Whether the terminal has its keys, and those of its own centre."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, broken, found, good
from kiosk.checkup.files import FileSeen, account, judge_file, look_at_file
from kiosk.provisioning.enrolment_files import pending_file
from kiosk.settings import NO_CENTRE, KioskFiles
from kiosk.storage.encrypted_files import AtRest
from kiosk.troubles import CheckTrouble, TerminalTrouble
from sync.contract.signing import SigningKey

_PSEUDONYM = "pseudonym_key_file"
_UPLINK = "muster-uplink"
"""The account whose service seals what is sent, and so needs the signing key."""


@dataclass(frozen=True, slots=True)
class KeysSeen:
    """The terminal's keys; `centre` and `own` are public. `pseudonym` is what is wrong with that key."""

    user: str
    centre: str
    signing: FileSeen
    own: str = ""
    unusable: Trouble | None = None
    pseudonym: tuple[Finding, ...] = ()
    begun: bool = False

    @property
    def is_enrolled(self) -> bool:
        """Whether it was given a centre."""
        return self.centre != NO_CENTRE


def look_at_keys(files: KioskFiles, config: Path) -> KeysSeen:
    """Look at the keys where the settings say they are; no key is taken over or shown."""
    settings = files.settings
    path = files.path(settings.signing_key_file)
    signing = look_at_file(path, "signing_key_file", _UPLINK)
    own, unusable = "", None
    if signing.readable:
        try:
            own = SigningKey.load(path).public.raw.hex()
        except SettingsError as error:
            unusable = error.trouble
    return KeysSeen(
        user=account(),
        centre=settings.centre_key,
        signing=signing,
        own=own,
        unusable=unusable,
        pseudonym=tuple(_pseudonym_key(files)),
        begun=look_at_file(pending_file(config), "").exists,
    )


def judge_keys(seen: KeysSeen) -> Check:
    """Pure; a terminal without keys is told how to get them, and nothing besides."""
    if not seen.is_enrolled and not seen.signing.exists:
        code = CheckTrouble.ENROLMENT_BEGUN if seen.begun else CheckTrouble.NOT_ENROLLED
        return found(Subject.KEYS, broken(code))
    findings = tuple(_wrong(seen))
    if findings:
        return found(Subject.KEYS, *findings)
    return good(Subject.KEYS, Said.KEYS_GOOD)


def _wrong(seen: KeysSeen) -> Iterator[Finding]:
    if not seen.is_enrolled:
        yield broken(TerminalTrouble.NO_CENTRE_YET)
    yield from judge_file(seen.signing, seen.user, secret=True)
    if seen.unusable:
        yield Finding(Mark.BROKEN, seen.unusable)
    if seen.own and seen.own == seen.centre:
        yield broken(CheckTrouble.KEY_IS_THE_CENTRES, path=seen.signing.path)
    yield from seen.pseudonym


def _pseudonym_key(files: KioskFiles) -> Iterator[Finding]:
    """What the engine would say of this key at its start, which takes it over from the file."""
    path = files.path(files.settings.pseudonym_key_file)
    brought = look_at_file(path, _PSEUDONYM)
    if brought.exists:
        yield from judge_file(brought, account(), secret=True)
        if not brought.readable:
            return
    try:
        at_rest = AtRest(files.state_folder, files.device_secret_file)
        if brought.exists or at_rest.read("pseudonym") is None:
            files.pseudonym_key()
    except SettingsError as error:
        if isinstance(error.__cause__, PermissionError):
            forbidden = FileSeen(str(path), _PSEUDONYM, readable=False)
            yield from judge_file(forbidden, account(), secret=False)
        else:
            yield broken(TerminalTrouble.KEY_NOT_TAKEN, why=error.trouble, key=_PSEUDONYM)
