"""The engine's loop: reading → who → decision → log → feedback, one reading at a time.

Nothing is shown as accepted before the log's transaction is durable.
"""

import queue
import threading
from collections.abc import Callable

import structlog

from drivers.reading import Instant, Presented, Reading, Secret
from kiosk.clock_trust import clock_trust
from kiosk.code_desk import CodeDesk
from kiosk.credentials import Identified
from kiosk.decision import Decision, Policy, decide
from kiosk.local_messages import Decided, Here, Outcome, Typed
from kiosk.remembered import code_limits_of, presence_of
from kiosk.roster_index import RosterIndex
from muster.clock import Clock
from muster.errors import LogError
from sync.events import CheckIn, CheckOut, Event, Refused
from sync.log import Log, Stamp

QUEUE_LENGTH = 64
RECENT = 50
_LOOK_EVERY_S = 0.25

_logger = structlog.get_logger()

_TEXT_DECIDED_WITHIN_S = 5.0

Announce = Callable[[Decided], None]


class _Text:
    """A text message whose driver waits until it is decided and logged."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.decided: queue.SimpleQueue[Decided] = queue.SimpleQueue()


def stamp_now(clock: Clock) -> Stamp:
    """This moment, for an event that no reading caused."""
    return Stamp(clock.boot_id, clock.mono_ms(), clock.wall_ms(), clock_trust(clock))


class Engine:
    """Decides on readings and keeps the log; drivers and screens hand it what they have."""

    def __init__(
        self,
        *,
        log: Log,
        roster: RosterIndex,
        pseudonym_key: bytes,
        policy: Policy,
        clock: Clock,
        announce: Announce,
    ) -> None:
        self._log = log
        self._roster = roster
        self._codes = CodeDesk(code_limits_of(log, clock.boot_id), pseudonym_key)
        self._policy = policy
        self._clock = clock
        self._announce = announce
        self._waiting: queue.Queue[Reading | _Text | str] = queue.Queue(QUEUE_LENGTH)
        self._presence = presence_of(log, roster, clock.wall_ms())
        self.recent: tuple[Decided, ...] = ()
        self.here = self._who_is_here()

    def deliver(self, reading: Reading) -> bool:
        """Take a reading; False when the engine can't keep up and the person must present it again."""
        return self._enqueue(reading)

    def take_text(self, reading: Reading) -> Decided | None:
        """Take a text message and wait until it is decided and logged; None when that took too long."""
        text = _Text(reading)
        if not self._enqueue(text):
            return None
        try:
            return text.decided.get(timeout=_TEXT_DECIDED_WITHIN_S)
        except queue.Empty:
            return None

    def unreadable(self, device: str) -> None:
        """Take a driver's word that something was presented but couldn't be read."""
        self._enqueue(device)

    def typed(self, typed: Typed) -> None:
        """Take digits from a screen's keypad, as a reading of this moment."""
        now = Instant(self._clock.mono_ms(), self._clock.wall_ms())
        self._enqueue(Reading("screen", Presented.KEYPAD, Secret(typed.digits), now))

    def run(self, stop: threading.Event, beat: Callable[[], None]) -> None:
        """Decide on whatever arrives until `stop` is set; `beat` is called at least four times a second."""
        while not stop.is_set():
            beat()
            try:
                waiting = self._waiting.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                continue
            decided = self._decide(waiting)
            # Replaced, never changed: the local socket's threads read both at any time.
            self.recent = (*self.recent, decided)[-RECENT:]
            self._announce(decided)
            # After the light: counting heads must not keep anybody waiting.
            self.here = self._who_is_here()
            if isinstance(waiting, _Text):
                waiting.decided.put(decided)

    def _decide(self, waiting: Reading | _Text | str) -> Decided:
        match waiting:
            case str():
                return self._unreadable(waiting)
            case _Text():
                return self._take(waiting.reading)
            case Reading():
                return self._take(waiting)

    def _enqueue(self, waiting: Reading | _Text | str) -> bool:
        try:
            self._waiting.put_nowait(waiting)
        except queue.Full:
            return False
        return True

    def _take(self, reading: Reading) -> Decided:
        """One reading, from who it is to what is announced; the log's commit lies in between."""
        now_ms = reading.at.wall_ms
        identified = self._codes.identify(reading, self._roster)
        volunteer = identified.volunteer
        person = self._roster.person(volunteer) if volunteer else None
        decision = decide(
            identified,
            person,
            self._presence.standing(volunteer) if volunteer else None,
            identified.credential is not None and self._presence.is_spent(identified.credential),
            self._roster.activity_now(now_ms),
            self._policy,
            now_ms,
        )
        try:
            logged = self._log.append(self._event(reading, identified, decision))
        except LogError as error:
            _logger.critical("not_recorded", device=reading.device, error=str(error))
            decision = Decision(Outcome.NOT_RECORDED, "not_recorded", decision.activity)
            seq = 0
        else:
            self._presence.fold(logged, volunteer)
            seq = logged.seq
        left = self._codes.count(reading, identified)
        return Decided(
            at_ms=now_ms,
            device=reading.device,
            method=identified.credential.method if identified.credential else reading.presented,
            outcome=decision.outcome,
            reason=decision.reason,
            name=person.name if person else "",
            volunteer=volunteer if volunteer and person else "",
            activity=decision.activity,
            since_ms=decision.since_ms,
            language=person.language if person else "",
            seq=seq,
            tries_left=left.tries,
            wait_s=left.wait_s,
        )

    def _event(self, reading: Reading, identified: Identified, decision: Decision) -> Event:
        """What the log keeps of a decided reading."""
        terminal, boot, trust = self._log.terminal, self._clock.boot_id, clock_trust(self._clock)
        mono_ms, wall_ms = reading.at.mono_ms, reading.at.wall_ms
        credential, activity = identified.credential, decision.activity
        if credential and decision.outcome in {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT}:
            kind = CheckIn if decision.outcome is Outcome.ACCEPTED_IN else CheckOut
            return kind(
                terminal=terminal,
                boot=boot,
                mono_ms=mono_ms,
                wall_ms=wall_ms,
                clock=trust,
                credential=credential,
                activity=activity,
            )
        return Refused(
            terminal=terminal,
            boot=boot,
            mono_ms=mono_ms,
            wall_ms=wall_ms,
            clock=trust,
            reason=decision.reason,
            credential=credential,
            activity=activity or None,
        )

    def _unreadable(self, device: str) -> Decided:
        return Decided(
            at_ms=self._clock.wall_ms(),
            device=device,
            method="",
            outcome=Outcome.UNREADABLE,
            reason="unreadable",
        )

    def _who_is_here(self) -> tuple[Here, ...]:
        return tuple(
            Here(volunteer, self._name_of(volunteer), since_ms, activity)
            for volunteer, since_ms, activity in self._presence.here(self._clock.wall_ms())
        )

    def _name_of(self, volunteer: str) -> str:
        person = self._roster.person(volunteer)
        return person.name if person else volunteer
