"""Who of the staff works at a client: sessions by PIN, each of one connection, until they stand idle.

A wrong PIN is answered after pauses that grow (`kiosk.credentials.code_limits`), counted here and not at the
client: a client that starts anew tries no faster. One PIN is looked at a time.
"""

import functools
import threading
import weakref
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from foundation.clock import Clock
from kiosk.credentials.code_limits import CodeLimits
from kiosk.local_api.codes import DenialCode
from kiosk.local_api.messages import FromEngine
from kiosk.roster.index import RosterIndex
from kiosk.staff.events import Denial
from sync.contract import staff_pin
from sync.contract.roster import RosterStaff

_NOBODY = "unknown"
"""The place of all tries with references that the roster doesn't name."""
_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Session:
    staff: RosterStaff
    used_mono_ms: int


class Asker(Protocol):
    """The client that a request came from."""

    def tell(self, message: FromEngine, /) -> None:
        """Send this client a message; returns at once."""


class StaffSessions:
    """The sessions of all clients of one engine; safe from any thread."""

    def __init__(self, clock: Clock, idle_min: int) -> None:
        """`idle_min` is after how many minutes without an action a session ends."""
        self._clock = clock
        self.adopt(idle_min)
        self._limits = CodeLimits()
        self._sessions: weakref.WeakKeyDictionary[Asker, _Session] = weakref.WeakKeyDictionary()
        self._one_at_a_time = threading.Lock()
        self._changing = threading.RLock()
        """Clients' threads begin and end sessions while the engine's looks which ones stand idle."""

    def adopt(self, idle_min: int) -> None:
        """End sessions after so many minutes without an action from now on, those that have begun too."""
        self._idle_ms = idle_min * 60_000

    def begin(self, client: Asker, staff: str, pin: str, roster: RosterIndex) -> RosterStaff | Denial:
        """Begin a session of the client, which ends with it; or why not."""
        checked = self.check(staff, pin, roster)
        if isinstance(checked, RosterStaff):
            with self._changing:
                self._sessions[client] = _Session(checked, self._clock.mono_ms())
            _logger.info("staff_session_began", staff=checked.staff)
        return checked

    def check(self, staff: str, pin: str, roster: RosterIndex) -> RosterStaff | Denial:
        """The staff member whose PIN this is; or why not."""
        if not roster.roster.staff:
            return Denial(DenialCode.NO_STAFF)
        known = roster.staff(staff.strip())
        place = known.staff if known else _NOBODY
        with self._one_at_a_time:
            now_ms = self._clock.mono_ms()
            if pause_ms := self._limits.tries(place).pause_ms(now_ms):
                return Denial(DenialCode.PIN_PAUSED, seconds=-(-pause_ms // 1000))
            if staff_pin.fits(known.verifier if known else _nobodys_verifier(), pin) and known:
                return known
            self._limits.note_wrong(place, now_ms)
        _logger.warning("staff_pin_wrong", staff=place)
        return Denial(DenialCode.WRONG_PIN)

    def of(self, client: Asker, roster: RosterIndex) -> RosterStaff | None:
        """Whose session the client has; using it keeps it from ending."""
        with self._changing:
            return self._used(client, roster)

    def _used(self, client: Asker, roster: RosterIndex) -> RosterStaff | None:
        session = self._sessions.get(client)
        if session is None:
            return None
        now_ms = self._clock.mono_ms()
        if now_ms - session.used_mono_ms > self._idle_ms or not _is_known(session, roster):
            self.end(client)
            return None
        self._sessions[client] = replace(session, used_mono_ms=now_ms)
        return session.staff

    def end_idle(self, roster: RosterIndex) -> list[Asker]:
        """The clients whose session is over by itself: nobody used it, or the roster knows them no longer."""
        now_ms = self._clock.mono_ms()
        with self._changing:
            over = [
                client
                for client, session in self._sessions.items()
                if now_ms - session.used_mono_ms > self._idle_ms or not _is_known(session, roster)
            ]
            for client in over:
                self.end(client)
        return over

    def end(self, client: Asker) -> None:
        """End the client's session, if it has one."""
        with self._changing:
            ended = self._sessions.pop(client, None)
        if ended:
            _logger.info("staff_session_ended")

    def end_all(self) -> None:
        """End every client's session."""
        with self._changing:
            self._sessions.clear()


def _is_known(session: _Session, roster: RosterIndex) -> bool:
    """A roster that came since may know the person no longer."""
    return roster.staff(session.staff.staff) == session.staff


@functools.cache
def _nobodys_verifier() -> str:
    """Checked for somebody unknown, so that the time of the answer doesn't tell who exists."""
    return staff_pin.verifier_of("730519")
