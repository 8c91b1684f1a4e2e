"""What the centre gave this terminal, as files that outlast a restart: roster, settings, revocation.

All of it is kept as the centre sealed it and believed anew at each start; names and settings are encrypted
besides. Nothing here decides on anybody.
"""

import hashlib
from dataclasses import dataclass
from functools import partial

import structlog

from foundation.durable import replace_file
from foundation.errors import MessageError, SettingsError
from foundation.trouble import Trouble
from kiosk.provisioning.delivered_keys import delete_taken, is_there
from kiosk.roster.index import RosterIndex
from kiosk.settings import KioskFiles
from kiosk.storage.encrypted_files import AtRest, delete_durably
from kiosk.troubles import TerminalTrouble
from sync.contract import downlink, wire
from sync.contract.downlink import SettingsGiven, Told
from sync.contract.handover import write_handovers
from sync.contract.remote_settings import RefusedSetting, RemoteSettings, judge_settings
from sync.contract.roster import Roster, open_roster
from sync.contract.signing import SigningKey, VerifyKey
from sync.contract.wire import Ack, MessageKind, RejectCode

ROSTER = "roster"
SETTINGS = "settings"
_ROSTER_FILE = "roster_file"
_REVOKED = "revoked"

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class KeptRoster:
    """A roster that the centre signed for this terminal; `digest` is the SHA-256 of it as sealed."""

    index: RosterIndex
    digest: str

    @property
    def version(self) -> int:
        """Grows with every roster of a terminal."""
        return self.index.roster.version


@dataclass(frozen=True, slots=True)
class KeptSettings:
    """Settings that the centre signed for this terminal, and the values among them that it refuses."""

    settings: RemoteSettings
    refused: tuple[RefusedSetting, ...]
    version: int
    digest: str


class CentreData:
    """The files of one terminal; `keep_…` believes nothing that the centre did not sign."""

    def __init__(self, files: KioskFiles, at_rest: AtRest | None = None) -> None:
        """`at_rest` is where encrypted files lie, the state folder when left out."""
        self._files = files
        self._terminal = files.settings.terminal
        self._realm = files.settings.realm
        self._centre = files.centre_keys()
        self._at_rest = at_rest or AtRest(files.state_folder, files.device_secret_file)
        self._revoked_file = files.state_folder / _REVOKED
        self._roster_file = files.path(files.settings.roster_file)

    def roster(self) -> KeptRoster | None:
        """The newest roster: the one that was kept, or the settings' `roster_file`.

        None where there is neither. Raises SettingsError for a `roster_file` that can't be read, or can't be
        believed while no other is held.
        """
        return self._newest_roster()[0]

    def import_roster(self) -> KeptRoster | None:
        """As `roster`; a newer `roster_file` is kept from now on.

        The file itself is deleted, an older or a wrong one too: names don't lie in the open while the
        terminal works. Raises SettingsError where that can't be done.
        """
        held, sealed = self._newest_roster()
        if held and sealed:
            try:
                self._at_rest.keep(ROSTER, sealed)
            except SettingsError as error:  # a full disk; it is tried again at the next start
                _logger.warning("roster_not_kept", error=error.trouble)
                return held
            _logger.info("roster_imported", version=held.version)
        path = self._roster_file
        if held and is_there(path, _ROSTER_FILE):
            delete_taken(path, _ROSTER_FILE)
        return held

    @property
    def believes(self) -> str:
        """The id of the centre's key whose word is taken."""
        return self._centre.newest.key_id

    def follow(self, handover: bytes) -> None:
        """Believe the key that the one believed so far hands over to; raises MessageError for any other.

        What was kept of the keys before is believed as it was. Where it can't be written, it holds until the
        next start, and the centre is asked for it then.
        """
        followed = self._centre.follow(handover, self._realm)
        if followed is self._centre:
            return
        self._centre = followed
        _logger.warning("centre_key_replaced", key=self.believes)
        try:
            write_handovers(self._files.handovers_file, self._centre.handovers)
        except OSError as error:
            _logger.warning("handover_not_kept", error=str(error))

    def open_ack(self, sealed: bytes) -> Ack:
        """The acknowledgement, seen to be the centre's and for this terminal; raises MessageError."""
        ack = wire.unseal(wire.read_envelope(sealed), MessageKind.ACK, Ack, self._centre.newest)
        if ack.terminal != self._terminal:
            raise MessageError(RejectCode.AUTH, TerminalTrouble.ACK_OTHER_TERMINAL, terminal=ack.terminal)
        return ack

    def settings(self) -> KeptSettings | None:
        """The centre's settings that were kept, or None."""
        try:
            message = self._at_rest.read(SETTINGS)
            if message is None:
                return None
            return self._open_settings(message, self._centre.named(wire.read_envelope(message).key))
        except (MessageError, SettingsError) as error:
            _logger.warning("settings_lost", error=error.trouble)
            return None

    def open(self, payload: bytes, into: type[Told]) -> tuple[Told, bytes]:
        """A message of the centre to this terminal, and its body; raises MessageError for any other."""
        return self._open_by(self._centre.newest, payload, into)

    def keep_roster(self, sealed: bytes, version: int) -> KeptRoster:
        """Keep a roster of that version durably; raises SettingsError for any other, or the disk."""
        held = self._open_roster(sealed)
        if held.version != version:
            raise SettingsError(TerminalTrouble.ROSTER_OTHER_NUMBER, version=version, called=held.version)
        self._at_rest.keep(ROSTER, sealed)
        return held

    def keep_settings(self, message: bytes) -> KeptSettings:
        """Keep settings durably; raises MessageError for any that are not the centre's, SettingsError."""
        held = self._open_settings(message, self._centre.newest)
        self._at_rest.keep(SETTINGS, message)
        return held

    def revoked(self) -> bool:
        """Whether this terminal was revoked, and not enrolled anew with another key since."""
        return was_revoked(self._files)

    def wipe(self, key_id: str) -> bool:
        """Forget names, settings, codes and keys where `key_id` is this terminal's own; False otherwise.

        First of all it is noted that the terminal was revoked: interrupted, it is done again at the next
        start (`finish_wipe`). The log stays: what was not delivered is evidence. Raises SettingsError,
        everything else done, when a file can't be written or deleted.
        """
        if key_id != self._own_key_id():
            return False
        self._wipe(key_id)
        return True

    def finish_wipe(self) -> None:
        """Forget again whatever a revoked terminal still holds; as `wipe`."""
        self._wipe(self._own_key_id())

    def _wipe(self, key_id: str) -> None:
        self._note_revoked(key_id)
        settings = self._files.settings
        plain = filter(None, (settings.pseudonym_key_file, settings.ntag424_key_file, settings.roster_file))
        left: list[Trouble] = []
        for delete in (
            self._at_rest.forget_everything,
            partial(delete_durably, *map(self._files.path, plain)),
        ):
            try:
                delete()
            except SettingsError as error:
                left.append(error.trouble)
        # A full disk may have room for the note now.
        if not self.revoked() and not self._note_revoked(key_id):
            left.append(Trouble.of(TerminalTrouble.REVOCATION_NOT_NOTED, path=self._revoked_file))
        if left:
            raise SettingsError(TerminalTrouble.STILL_HELD, left=left)

    def _note_revoked(self, key_id: str) -> bool:
        try:
            replace_file(self._revoked_file, key_id.encode(), 0o600)
        except OSError as error:
            _logger.warning("revocation_not_noted", error=str(error))
            return False
        return True

    def _own_key_id(self) -> str:
        return _own_key_id(self._files)

    def _newest_roster(self) -> tuple[KeptRoster | None, bytes]:
        """The roster, and what is to be kept of it, empty where it was kept already."""
        held = self._kept_roster()
        path = self._roster_file
        try:
            sealed = path.read_bytes() if is_there(path, _ROSTER_FILE) else b""
            given = self._open_roster(sealed) if sealed else None
        except OSError as error:
            raise SettingsError(
                TerminalTrouble.ROSTER_FILE_NOT_READ, path=path, key=_ROSTER_FILE, why=error.strerror
            ) from error
        except SettingsError as error:
            if held is None:
                raise SettingsError(
                    TerminalTrouble.DELIVERED_FILE_WRONG, path=path, key=_ROSTER_FILE, why=error.trouble
                ) from error
            _logger.warning("roster_file_refused", file=str(path), error=error.trouble)
            return held, b""
        if given is None or (held and held.version >= given.version):
            return held, b""
        return given, sealed

    def _kept_roster(self) -> KeptRoster | None:
        try:
            sealed = self._at_rest.read(ROSTER)
            return self._open_roster(sealed) if sealed is not None else None
        except SettingsError as error:
            # The centre is told that there is none, and sends it again.
            _logger.warning("roster_lost", error=error.trouble)
            return None

    def _open_roster(self, sealed: bytes) -> KeptRoster:
        roster: Roster = open_roster(sealed, self._centre, self._terminal, self._realm)
        return KeptRoster(RosterIndex(roster), hashlib.sha256(sealed).hexdigest())

    def _open_by(self, key: VerifyKey, payload: bytes, into: type[Told]) -> tuple[Told, bytes]:
        return downlink.open_told(payload, into, centre=key, terminal=self._terminal, realm=self._realm)

    def _open_settings(self, message: bytes, key: VerifyKey) -> KeptSettings:
        given, _ = self._open_by(key, message, SettingsGiven)
        taken, refused = judge_settings(given.values)
        return KeptSettings(taken, refused, given.version, hashlib.sha256(message).hexdigest())


def was_revoked(files: KioskFiles) -> bool:
    """Whether a terminal was revoked under the key that it has now; raises SettingsError for no such key."""
    try:
        key = (files.state_folder / _REVOKED).read_bytes()
    except OSError:
        return False
    return key == _own_key_id(files).encode()


def _own_key_id(files: KioskFiles) -> str:
    return SigningKey.load(files.path(files.settings.signing_key_file)).public.key_id
