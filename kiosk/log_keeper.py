"""What the engine does for its log besides writing readings: opening, salvaging, alarms."""

import contextlib
from pathlib import Path
from typing import Any

import structlog

from kiosk.clock_trust import clock_trust
from muster.clock import Clock
from muster.errors import LogError
from sync import log_schema
from sync.events import Alarm, ConfigApplied, Event
from sync.log import LoggedEvent, Stamp
from sync.log_salvage import open_or_salvage

LONGEST_DETAIL = 200

_logger = structlog.get_logger()


def stamp_now(clock: Clock) -> Stamp:
    """This moment, for an event that no reading caused."""
    return Stamp(clock.boot_id, clock.mono_ms(), clock.wall_ms(), clock_trust(clock))


class LogKeeper:
    """Opens the terminal's log and looks after it; `trouble` is a sentence for staff, else empty."""

    def __init__(self, path: Path, terminal: str, clock: Clock, software: str) -> None:
        """Open the log, salvaging a torn one; raises LogError when that can't be done."""
        self._clock = clock
        self.trouble = ""
        with contextlib.suppress(OSError):  # the log itself says what is wrong with its folder
            path.parent.mkdir(parents=True, exist_ok=True)
        self.log, salvaged = open_or_salvage(path, terminal, stamp_now(clock), software)
        if salvaged:
            self.trouble = salvaged.words
            self.alarm("log_salvaged", salvaged.words)

    def alarm(self, code: str, detail: str = "") -> None:
        """Tell the centre of something by way of the log."""
        self._note_now(Alarm, code=code, detail=detail[:LONGEST_DETAIL])

    def applied(self, what: str, version: int, digest: str) -> None:
        """Let the log say that a roster or settings hold from here on; `digest` is their SHA-256."""
        _logger.info("config_applied", what=what, version=version)
        self._note_now(ConfigApplied, what=what, version=version, digest=digest)

    def note(self, event: LoggedEvent) -> LoggedEvent | None:
        """Write an event that no reading caused; None where the log refuses, which is told."""
        try:
            return self.log.append(event)
        except LogError as error:
            _logger.critical("not_recorded", error=str(error))
            return None

    def _note_now(self, kind: type[Event], **fields: Any) -> None:  # noqa: ANN401 - any event's fields
        now = stamp_now(self._clock)
        self.note(
            kind(
                terminal=self.log.terminal,
                boot=now.boot,
                mono_ms=now.mono_ms,
                wall_ms=now.wall_ms,
                clock=now.clock,
                **fields,
            )
        )

    def look(self) -> None:
        """Called between readings; raises LogDamagedError when a torn page was met: the next start salvages.

        The service manager starts the engine anew within two seconds.
        """
        if log_schema.suspect_mark(self.log.path).exists():
            raise log_schema.damaged(self.log.path, "a torn page was met while it was in use")
