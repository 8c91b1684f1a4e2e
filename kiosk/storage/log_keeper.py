"""What the engine does for its log besides writing readings: opening, salvaging, alarms."""

import contextlib
import time
from pathlib import Path
from typing import Any

import structlog

from foundation.clock import Clock
from foundation.errors import LogError, MessageError
from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.clock.trust import TRUSTED, clock_trust
from kiosk.storage.ballast import Ballast
from kiosk.troubles import TerminalTrouble
from sync.contract.events import Alarm, AlarmCode, ConfigApplied, Event
from sync.contract.wire import Ack
from sync.log import integrity as log_integrity
from sync.log.check import LaterCheck
from sync.log.salvage import open_or_salvage
from sync.log.writer import PURGED_AT_ONCE, LoggedEvent, Stamp

LONGEST_DETAIL = 200
_DAY_MS = 86_400_000
_PURGE_EVERY_S = 600

_logger = structlog.get_logger()


def stamp_now(clock: Clock) -> Stamp:
    """This moment, for an event that no reading caused."""
    return Stamp(clock.boot_id, clock.mono_ms(), clock.wall_ms(), clock_trust(clock))


class LogKeeper:
    """Opens the terminal's log and looks after it."""

    def __init__(
        self,
        path: Path,
        terminal: str,
        clock: Clock,
        software: str,
        *,
        keep_days: int = 35,
        ballast_bytes: int = 0,
    ) -> None:
        """Open the log, salvaging a torn one; raises LogError when that can't be done."""
        self._clock = clock
        self._keep_ms = keep_days * _DAY_MS
        self._archived: dict[str, int] = {}
        self._purge_due_s = 0.0
        self._torn: Trouble | None = None
        self._ballast = Ballast(path.with_name(f"{path.name}.ballast"), ballast_bytes)
        released = False
        with contextlib.suppress(OSError):  # the log itself says what is wrong with its folder
            path.parent.mkdir(parents=True, exist_ok=True)
            released = self._ballast.look()  # an epoch needs room too
        self.log, salvaged = open_or_salvage(path, terminal, stamp_now(clock), software)
        if salvaged:
            self._torn = salvaged.trouble
            self.alarm(AlarmCode.LOG_SALVAGED, Words("en").what(salvaged.trouble))
        self.log.make_room = self._make_room
        self._full_untold = False
        if released:
            self.alarm(AlarmCode.DISK_FULL)
        self._later_check = LaterCheck(path)

    def begin(self) -> None:
        """The terminal is ready: now a log that was too large to be looked at whole is."""
        self._later_check.start()

    def close(self) -> None:
        """Let go of the log."""
        self._later_check.stop()
        self.log.close()

    @property
    def troubles(self) -> list[Trouble]:
        """What staff are told."""
        full = Trouble.of(TerminalTrouble.DISK_FULL) if self._ballast.released else None
        return [one for one in (self._torn, full) if one]

    def alarm(self, code: AlarmCode, detail: str = "") -> None:
        """Tell the centre of something by way of the log, where `detail` stands for ever, in English."""
        self.note_now(Alarm, code=code, detail=detail[:LONGEST_DETAIL])

    def applied(self, what: str, version: int, digest: str) -> None:
        """Let the log say that a roster or settings hold from here on; `digest` is their SHA-256."""
        _logger.info("config_applied", what=what, version=version)
        self.note_now(ConfigApplied, what=what, version=version, digest=digest)

    def acknowledged(self, ack: Ack) -> None:
        """Believe what the centre says it has archived, where its chain is this log's; from any thread."""
        try:
            digest = self.log.hash_at(ack.epoch, ack.contiguous)
        except LogError as error:
            _logger.warning("acknowledgement_passed_over", error=error.trouble)
            return
        if digest is not None and digest.hex() == ack.hash and ack.archived <= ack.contiguous:
            self._archived[ack.epoch] = max(ack.archived, self._archived.get(ack.epoch, 0))

    def purge_a_little(self) -> None:
        """Delete some events that the centre has archived and that are older than the settings keep them.

        Only under a clock that can be trusted: a wrong one would make everything look old.
        """
        now_s = time.monotonic()
        if now_s < self._purge_due_s:
            return
        purged = 0
        try:
            if clock_trust(self._clock).state in TRUSTED:
                purged = self.log.purge(dict(self._archived), self._clock.wall_ms() - self._keep_ms)
            if purged < PURGED_AT_ONCE:
                self.log.note_dates()
        except LogError as error:
            _logger.warning("not_purged", error=error.trouble)
        if purged:
            _logger.info("purged", events=purged)
        if purged < PURGED_AT_ONCE:
            self._purge_due_s = now_s + _PURGE_EVERY_S

    def note(self, event: LoggedEvent) -> LoggedEvent | None:
        """Write an event that no reading caused; None where the log refuses, which is told."""
        try:
            return self.log.append(event)
        except (LogError, MessageError) as error:  # the latter for one that is too large
            _logger.critical("not_recorded", error=error.trouble)
            return None

    def note_now(self, kind: type[Event], **fields: Any) -> Event | None:  # noqa: ANN401 - any event's fields
        """As `note`, of this moment."""
        return self.note(kind(**stamp_now(self._clock).moment(self.log.terminal), **fields))

    def look(self) -> None:
        """Called between readings; raises LogDamagedError when a torn page was met: the next start salvages.

        The service manager starts the engine anew within two seconds.
        """
        if log_integrity.suspect_mark(self.log.path).exists():
            raise log_integrity.torn_in_use(self.log.path)
        released, self._full_untold = self._ballast.look() or self._full_untold, False
        if released:
            self.alarm(AlarmCode.DISK_FULL)

    def _make_room(self) -> bool:
        """The disk ran full between two looks: nobody who is presenting now is turned away for it."""
        released = self._ballast.release()
        self._full_untold |= released
        return released
