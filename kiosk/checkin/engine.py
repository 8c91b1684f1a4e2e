"""The engine: reading → who → decision → log → feedback, one reading at a time.

Nothing is shown as accepted before the log's transaction is durable. A reading is decided on the thread that
brings it, its device's own: handing it to another would take about as long again as all that is computed.
"""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import structlog

from drivers.contactless.ntag424 import TagKeys
from drivers.reading import Instant, Presented, Reading, Secret
from foundation.clock import Clock
from foundation.errors import LogError
from foundation.refusal import Refusal
from foundation.trouble import Trouble
from kiosk.checkin.decision import Decision, Policy, decide
from kiosk.checkin.foreign_codes import ForeignCodes, OldNews
from kiosk.checkin.heads import who_is_here
from kiosk.checkin.look_up_next import LookUpNext
from kiosk.checkin.misread_at import misread_after
from kiosk.checkin.overrides import StaffOverrides
from kiosk.checkin.receipts import receipt_for
from kiosk.checkin.restart import code_limits_of, presence_of, spend_used_codes
from kiosk.checkin.served import Served
from kiosk.checkin.text_replies import AboutText, TextDecided
from kiosk.clock.trust import RecentTrust
from kiosk.credentials.code_check import CodeChecker
from kiosk.credentials.code_limits import CodeLimits
from kiosk.credentials.identify import Identified, refuse_replay
from kiosk.local_api.messages import Decided, Outcome, TakenBack, Typed
from kiosk.presence.elsewhere import SitePresence
from kiosk.presence.standings import Presence
from kiosk.roster.activity import activity_under
from kiosk.roster.index import RosterIndex
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.walk_ins import WalkIns
from sync.contract.downlink import Codes, SitePresenceUpdate
from sync.contract.events import CheckIn, CheckOut, ClockTrust, CodeIssued, Credential, Event, Refused
from sync.contract.one_time_code import DrawnCode
from sync.log.writer import Log

RECENT = 50
_LOOK_EVERY_S = 0.25
_COUNT_ANEW_MS = 60_000
_TURN_WITHIN_S = 5.0
"""A disk that hangs for so long keeps people waiting: they are told to present it again."""

_logger = structlog.get_logger()

Light = Callable[[Outcome], None]
"""Lamp and buzzer: the first to be told, as soon as the log holds what was decided; must not wait."""
Announce = Callable[[Decided], None]
"""Tells everybody of a decision; called in turn, so it must not wait for anybody who waits for a decision."""
Task = Callable[[], Decided | None]
"""Something that must happen between two readings."""

_Presented = TypeVar("_Presented")


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
        light: Light = lambda _: None,
        tag_keys: TagKeys | None = None,
        at_rest: AtRest | None = None,
    ) -> None:
        self._log = log
        self.steps_missed = 0
        """How many words of the centre about the site's other terminals could not be used, one being lost."""
        self._roster, self._key = roster, pseudonym_key
        limits = code_limits_of(log, clock.boot_id)
        self._codes = CodeChecker(limits, pseudonym_key, clock.boot_id, at_rest, tag_keys)
        self._set_policy = self._policy = policy
        self._foreign, self._served, self.walk_ins = ForeignCodes(), Served(), WalkIns(at_rest)
        self.overrides = StaffOverrides()
        self._clock, self._trust = clock, RecentTrust(clock)
        self._announce, self._light = announce, light
        self._refuse_all: Refusal | None = None
        self._turn = threading.Lock()
        self._presence = presence_of(log, roster, clock)
        self._elsewhere = SitePresence()
        self.recent: tuple[Decided, ...] = ()
        self._counted: tuple[int, int] | None = None
        self._look_who_is_here()
        self.elsewhere: int | None = None
        self.misread: Mapping[str, Trouble] = {}
        """What is wrong with scanners, by their names, as long as they read nobody's badge as it is."""
        self.look_up = LookUpNext()
        self.added_to: Callable[[Decided], Decided] = lambda decided: decided
        """What is announced of a decision besides: what staff left for the person to read."""

    def adopt(self, roster: RosterIndex) -> None:
        """Decide by another roster from the next reading on; only from `beat`, between two readings.

        Who is here stays here, whether the new roster names them or not.
        """
        if roster.one_use_methods - self._roster.one_use_methods:
            # What was used before this engine started was looked up only for the old roster's methods.
            spend_used_codes(self._presence, self._log, roster, self._clock.wall_ms())
        self._roster = roster
        self._presence.is_too_long = roster.is_too_long
        self._presence.learn_walk_ins(roster.walk_ins)
        self._look_who_is_here()

    def decide_by(self, policy: Policy) -> None:
        """Decide by other settings from the next reading on; only from `beat`."""
        self._set_policy = policy
        self._policy = self.overrides.applied(policy)

    def obey(self, overrides: StaffOverrides) -> None:
        """Do what staff ordered from the next reading on; only from what is done between two readings."""
        self.overrides = overrides
        self._policy = overrides.applied(self._set_policy)

    def refuse_all(self, reason: Refusal) -> None:
        """Refuse whatever is presented from now on, for this reason, and forget who was here and the key."""
        self._refuse_all = reason
        self._codes, self._key = CodeChecker(CodeLimits(), b"", self._clock.boot_id), b""
        self._presence, self._elsewhere, self._counted = Presence(), SitePresence(), None
        self.recent, self.walk_ins = (), WalkIns(None)
        self._look_who_is_here()

    def deliver(self, reading: Reading) -> bool:
        """Decide on a reading; False when the engine can't keep up and the person must present it again."""
        return self._in_turn(self._take_unless_old_news, reading) is not None

    def take_text(self, reading: Reading) -> TextDecided | None:
        """Decide on a text message and say what became of it; None as `deliver`'s False."""
        about = AboutText()
        decided = self._in_turn(partial(self._take, about=about), reading)
        if not isinstance(decided, Decided):
            return None
        return TextDecided(decided, about.digits, self._roster.roster.zone, about.stranger)

    def learn(self, codes: Codes) -> None:
        """Take one-time codes of the centre; to be called from `beat`."""
        self._codes.learn(codes, self._now())

    def learn_elsewhere(self, step: SitePresenceUpdate) -> None:
        """Take the centre's word of who was seen at the site's other terminals; to be called from `beat`."""
        if not self._elsewhere.learn(step, self._now(), self._clock.boot_id):
            self.steps_missed += 1
            _logger.warning("step_missed", follows=step.follows)
        told = self._elsewhere.told
        self._presence.learn_elsewhere(told.standings, told.heard)
        self._note_blindness()

    def living_codes(self) -> int:
        """How many one-time codes somebody could type here now; to be called from `beat`."""
        return self._codes.living(self._now())

    def unreadable(self, device: str) -> None:
        """Take a driver's word that something was presented but couldn't be read."""
        self._in_turn(partial(self._of_nobody, outcome=Outcome.UNREADABLE, reason=Refusal.UNREADABLE), device)

    def typed(self, typed: Typed) -> None:
        """Take digits from a screen's keypad, as a reading of this moment."""
        self.deliver(Reading("screen", Presented.KEYPAD, Secret(typed.digits), self._now()))

    @property
    def roster(self) -> RosterIndex:
        """The roster that is in force."""
        return self._roster

    @property
    def presence(self) -> Presence:
        """Who is here; only for what happens between two readings: announcements, beats and `do`."""
        return self._presence

    def do(self, task: Task) -> bool:
        """Do something between two readings; False when the engine can't keep up and nothing was done.

        What `task` decided on is announced like a reading. Not to be called from an announcement or a beat.
        """
        if not self._turn.acquire(timeout=_TURN_WITHIN_S):
            return False
        try:
            decided = task()
            if decided is not None:
                self._light(decided.outcome)
                self.announce(decided)
        finally:
            self._turn.release()
        return True

    def run(self, stop: threading.Event, beat: Callable[[], None]) -> None:
        """Four times a second, between two readings: look at the clock, count heads and call `beat`."""
        while not stop.is_set():
            with self._turn:
                self._trust.renew()
                self._follow_clock(self._now())
                self._note_blindness()
                self._count_heads()
                self._codes.keep_uses()
                beat()
            stop.wait(_LOOK_EVERY_S)

    def _in_turn(
        self, decide_on: Callable[[_Presented], Decided | OldNews], presented: _Presented
    ) -> Decided | OldNews | None:
        """What becomes of something presented, announced before anything else is decided."""
        if not self._turn.acquire(timeout=_TURN_WITHIN_S):
            return None
        try:
            decided = decide_on(presented)
            if isinstance(decided, Decided):
                self.announce(decided)
        finally:
            self._turn.release()
        return decided

    def note_taken_back(self, taken: TakenBack) -> None:
        """The last readings say from now on that this one was taken back; as `announce`."""
        self.recent = tuple(one.marked(taken) for one in self.recent)

    def announce(self, decided: Decided) -> None:
        """Tell everybody of a decision; only from what is done between two readings."""
        decided = self.added_to(decided)
        # Replaced, never changed: the local socket's threads read it at any time, and before the
        # announcement, so that nobody who connects now misses it.
        self.recent = (*self.recent, decided)[-RECENT:]
        self._announce(decided)

    def _now(self) -> Instant:
        return Instant(self._clock.mono_ms(), self._clock.wall_ms())

    def _take_unless_old_news(self, reading: Reading) -> Decided | OldNews:
        """Foreign codes that a camera sees again are nobody's presentation: no entry, no light, no word."""
        if self.look_up.takes(reading, self._identify):
            return OldNews.LOOKED_UP
        # The roster may know it by now, so it is looked up.
        if self._foreign.was_refused(reading) and self._foreign.note(reading, self._identify(reading).reason):
            return OldNews.FOREIGN_CODE
        if self._served.is_old_news(reading) or (
            reading.after and self._served.goes_on(reading, self._identify(reading))
        ):
            return OldNews.SAME_SHOWING
        decided = self._take(reading)
        self._foreign.note(reading, decided.reason)
        self._served.note(reading, decided)
        return decided

    def _take(self, reading: Reading, about: AboutText | None = None) -> Decided:
        """One reading, from who it is to what is announced; the log's commit lies in between.

        `about` takes what its sender is to be answered, beyond what everybody may hear.
        """
        now_ms = reading.at.wall_ms
        trust = self._trust.at(reading.at.mono_ms, now_ms)
        self._follow_clock(reading.at)
        try:
            identified = self._identify(reading)
        except LogError as error:
            _logger.critical("not_recorded", device=reading.device, error=error.trouble)
            return self._of_nobody(reading.device, Outcome.NOT_RECORDED, Refusal.NOT_RECORDED)
        self.misread = misread_after(self.misread, reading, identified)
        volunteer = identified.volunteer
        person = self._roster.person(volunteer) if volunteer else None
        decision = decide(
            identified,
            person,
            self._presence.standing(volunteer) if volunteer else None,
            identified.one_use and self._is_spent(identified.credential),
            activity_under(trust.state, self._roster, now_ms, self.overrides.activity),
            self._policy,
            now_ms,
            others_unheard=self._presence.is_blind,
            away_ms=self._served.away_ms(reading),
            seen_coming=reading.seen_coming,
        )
        drawn, logged, receipt = None, None, None
        if decision.outcome is Outcome.CODE_SENT and volunteer:
            drawn = self._codes.draw(volunteer, reading.at)
        try:
            logged = self._log.append(self._event(reading, trust, identified, decision, drawn))
        except LogError as error:
            _logger.critical("not_recorded", device=reading.device, error=error.trouble)
            decision = Decision(Outcome.NOT_RECORDED, Refusal.NOT_RECORDED, decision.activity)
        seq = logged.seq if logged else 0
        # Whoever stands there need not wait for the bookkeeping; a text from afar is nothing to them.
        if not identified.from_afar:
            self._light(decision.outcome)
        if about is not None:
            about.stranger = person is None
        if logged is not None:
            self._presence.fold(logged, volunteer)
            self._follow_up(logged, reading, drawn, about)
            receipt = receipt_for(logged, volunteer, self._key, self._log, self._presence, self._roster)
        left = self._codes.count(reading, identified)
        return Decided(
            at_ms=now_ms,
            device=reading.device,
            method=identified.credential.method if identified.credential else reading.presented,
            outcome=decision.outcome,
            reason=decision.reason,
            # Who sends a text may be anywhere: no name on any screen before they are here.
            name=person.name if person and not identified.from_afar else "",
            volunteer=volunteer if volunteer and person and not identified.from_afar else "",
            activity=decision.activity,
            since_ms=decision.since_ms,
            expected_at=decision.expected_at,
            opens_ms=decision.opens_ms,
            language=person.language if person else "",
            seq=seq,
            tries_left=left.tries,
            wait_s=left.wait_s,
            from_afar=identified.from_afar,
            receipt=receipt,
        )

    def _identify(self, reading: Reading) -> Identified:
        if self._refuse_all:
            return Identified(None, reason=self._refuse_all, from_afar=reading.presented is Presented.SMS)
        shown = self._codes.identify(reading, self._roster)
        if shown.credential is None or shown.credential.counter is None:
            return shown
        return refuse_replay(shown, self._log.highest_tap(shown.credential.ref))

    def _is_spent(self, shown: Credential | None) -> bool:
        return shown is not None and (self._presence.is_spent(shown) or self._codes.is_used(shown.ref))

    def _follow_up(
        self, logged: Event, reading: Reading, drawn: DrawnCode | None, about: AboutText | None
    ) -> None:
        """What a logged reading means for one-time codes: one more to be typed, or one less."""
        if isinstance(logged, CodeIssued) and drawn and about is not None:
            self._codes.handed_out(drawn.code, logged.credential.ref, reading.at)
            about.digits = Secret(drawn.digits)
        elif isinstance(logged, CheckIn | CheckOut):
            self._codes.note_used(logged.credential.ref)

    def _event(
        self,
        reading: Reading,
        trust: ClockTrust,
        identified: Identified,
        decision: Decision,
        drawn: DrawnCode | None,
    ) -> Event:
        """What the log keeps of a decided reading."""
        # As Stamp.moment makes it; by way of that, the light comes two hundredths of a commit later.
        moment: dict[str, Any] = {
            "terminal": self._log.terminal,
            "boot": self._clock.boot_id,
            "mono_ms": reading.at.mono_ms,
            "wall_ms": reading.at.wall_ms,
            "clock": trust,
        }
        credential, activity = identified.credential, decision.activity
        if credential and decision.outcome is Outcome.ACCEPTED_IN:
            return CheckIn(**moment, credential=credential, activity=activity)
        if credential and decision.outcome is Outcome.ACCEPTED_OUT:
            moment["on_break"] = decision.is_break
            return CheckOut(**moment, credential=credential, activity=activity)
        if credential and drawn:
            return CodeIssued(**moment, credential=credential, code=drawn.code.ref)
        return Refused(**moment, reason=decision.reason, credential=credential, activity=activity or None)

    def _of_nobody(self, device: str, outcome: Outcome, reason: Refusal) -> Decided:
        """What is announced where it can't be told who stands there."""
        self._light(outcome)
        return Decided(at_ms=self._clock.wall_ms(), device=device, method="", outcome=outcome, reason=reason)

    def _follow_clock(self, now: Instant) -> None:
        """The clock may have been set since: who is here since when is told by it as it is now."""
        self._presence.follow(self._clock.boot_id, now.wall_ms - now.mono_ms)

    def _note_blindness(self) -> None:
        current = self._elsewhere.is_current(self._clock.mono_ms())
        self._presence.is_blind = self._roster.roster.shared and not current
        self.elsewhere = self._elsewhere.told.inside if current else None

    def _count_heads(self) -> None:
        """Count who is here, if it can differ: somebody came or went, or stayed too long by now."""
        state = self._presence.changes, self._clock.wall_ms() // _COUNT_ANEW_MS
        if state != self._counted:
            self._counted = state
            self._look_who_is_here()

    def _look_who_is_here(self) -> None:
        now_ms, known = self._clock.wall_ms(), (self._presence, self._roster, self.walk_ins)
        self.here, self.on_break = who_is_here(*known, now_ms)
