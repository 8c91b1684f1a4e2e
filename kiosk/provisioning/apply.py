"""The roster and the settings that hold right now; a new one takes effect between two readings.

The centre's settings win over the terminal's own file, key by key; what the centre leaves out is the file's.
A change takes effect between two readings, and the log says from where on it holds.
"""

import msgspec
import structlog

from foundation.errors import SettingsError
from foundation.refusal import Refusal
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.provisioning.bare_roster import bare_roster
from kiosk.provisioning.centre_data import ROSTER, SETTINGS, CentreData, KeptRoster, KeptSettings
from kiosk.provisioning.receive import CentreKeyReplaced
from kiosk.roster.index import NO_VERSION, RosterIndex
from kiosk.settings import RETIRED, KioskFiles, KioskSettings
from kiosk.storage.log_keeper import LogKeeper
from sync.contract.downlink import Codes, SitePresenceUpdate, Wipe
from sync.contract.events import AlarmCode
from sync.contract.remote_settings import RETIRED_TO

Change = KeptRoster | KeptSettings | CentreKeyReplaced | Wipe | Codes | SitePresenceUpdate
"""What changes by which rules this terminal works."""

_logger = structlog.get_logger()


class ActiveSettings:
    """Settings and roster of one terminal as they hold now; changed only on the engine's own thread."""

    def __init__(self, files: KioskFiles, centre_data: CentreData) -> None:
        """Take up what is held; raises SettingsError for a roster or a zone of the files that is no good.

        Where the terminal was revoked, what a power cut left of the wipe is finished first.
        """
        for key in files.retired_keys():
            _logger.warning("setting_retired", key=key, instead=f"{RETIRED[key]}: {RETIRED_TO}")
        self._files = files
        self._centre_data = centre_data
        self.revoked = centre_data.revoked()
        self._not_wiped = self._finish_wipe() if self.revoked else ""
        self._told_of_defaults = False
        self._held_settings = None if self.revoked else centre_data.settings()
        self._held_roster = None if self.revoked else centre_data.import_roster()
        self._take_up()

    @property
    def roster_version(self) -> int:
        """The version of the roster, 0 while there is none."""
        return self._held_roster.version if self._held_roster else NO_VERSION

    @property
    def settings_version(self) -> int:
        """The version of the centre's settings, 0 while it has given none."""
        return self._held_settings.version if self._held_settings else NO_VERSION

    @property
    def believes(self) -> str:
        """The id of the centre's key whose word is taken."""
        return self._centre_data.believes

    @property
    def policy(self) -> Policy:
        """How the engine decides by these settings."""
        return Policy(self.settings.direction)

    @property
    def language(self) -> str:
        """The language of the screens and of answers to people whose own is not known."""
        return self.settings.language or self.roster.roster.language

    def begin(self, engine: Engine, keeper: LogKeeper) -> None:
        """Let the log say what this epoch begins with; a revoked terminal refuses everybody."""
        if self.revoked:
            engine.refuse_all(Refusal.TERMINAL_REVOKED)
            keeper.alarm(AlarmCode.TERMINAL_REVOKED, self._not_wiped)
        for held, what in ((self._held_roster, ROSTER), (self._held_settings, SETTINGS)):
            if held:
                keeper.applied(what, held.version, held.digest)

    def apply(self, change: Change, engine: Engine, keeper: LogKeeper) -> None:
        """Let a change take effect; only between two readings."""
        if self.revoked:
            if isinstance(change, Wipe):
                self._wipe_again(keeper)
            return
        match change:
            case KeptRoster():
                keeper.applied(ROSTER, change.version, change.digest)
                self._held_roster = change
            case KeptSettings():
                keeper.applied(SETTINGS, change.version, change.digest)
                for refused in change.refused:
                    if refused.is_retired:
                        _logger.warning("setting_retired", key=refused.key, instead=refused.allowed)
                        continue
                    _logger.warning("setting_refused", key=refused.key, allowed=refused.allowed)
                    keeper.alarm(AlarmCode.SETTING_REFUSED, f"{refused.key}: {refused.allowed}")
                self._held_settings = change
            case CentreKeyReplaced():
                return
            case Codes():
                engine.learn(change)
                return
            case SitePresenceUpdate():
                engine.learn_elsewhere(change)
                return
            case Wipe():
                self._wipe(change, engine, keeper)
        self._take_up()
        engine.adopt(self.roster)
        if not isinstance(change, KeptRoster):
            engine.decide_by(self.policy)

    def _note_policy(self) -> None:
        """Say by which numbers the terminal decides where an older centre tells none."""
        held = self._held_roster
        if held and held.index.roster.policy is None and not self._told_of_defaults:
            self._told_of_defaults = True
            _logger.warning(
                "roster_without_policy", roster=held.version, defaults=msgspec.to_builtins(held.index.policy)
            )

    def _take_up(self) -> None:
        own = self._files.settings
        given = self._held_settings.settings.given() if self._held_settings else {}
        self.settings: KioskSettings = msgspec.structs.replace(own, **given)
        self.roster = (
            self._held_roster.index if self._held_roster else RosterIndex(bare_roster(self.settings))
        )
        self._note_policy()

    def _wipe(self, wipe: Wipe, engine: Engine, keeper: LogKeeper) -> None:
        self._not_wiped = ""
        try:
            if not self._centre_data.wipe(wipe.key):
                _logger.warning("wipe_of_another_key_passed_over", key=wipe.key)
                return
        except SettingsError as error:
            self._not_wiped = _told(error)
        _logger.warning("terminal_revoked", key=wipe.key)
        self.revoked = True
        self._held_roster = self._held_settings = None
        engine.refuse_all(Refusal.TERMINAL_REVOKED)
        keeper.alarm(AlarmCode.TERMINAL_REVOKED, self._not_wiped)

    def _wipe_again(self, keeper: LogKeeper) -> None:
        """The centre says it at every greeting: only what became different is worth an alarm."""
        before, self._not_wiped = self._not_wiped, self._finish_wipe()
        if self._not_wiped != before:
            keeper.alarm(AlarmCode.TERMINAL_REVOKED, self._not_wiped)

    def _finish_wipe(self) -> str:
        """What is still held although the terminal was revoked; empty for nothing."""
        try:
            self._centre_data.finish_wipe()
        except SettingsError as error:
            return _told(error)
        return ""


def _told(error: SettingsError) -> str:
    _logger.critical("not_wiped", error=error.trouble)
    return error.what
