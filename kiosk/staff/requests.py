"""Requests from screens over the local socket: checked, carried out, answered; and who is asked a question.

A request is judged between two readings, so that nothing happens in between; what it changes is in the log
before anybody hears that it was done. PINs are looked at before, because that takes a while.
"""

from collections.abc import Callable
from functools import partial

import msgspec
import structlog

from foundation.clock import Clock
from foundation.errors import SettingsError
from kiosk.checkin.engine import Engine
from kiosk.checkin.overrides import OverridesFile, StaffOverrides
from kiosk.clock.trust import clock_trust
from kiosk.credentials.identify import Identified
from kiosk.local_api.codes import DenialCode, DoneCode, QuestionEnd
from kiosk.local_api.messages import Decided, FromEngine, TakenBack
from kiosk.local_api.replies import BulkResult, LeftOut, Question, QuestionEnded, Result, SessionEnded
from kiosk.local_api.requests import (
    Answer,
    Cancel,
    Decline,
    DrawRoll,
    EndLookUp,
    EnterManually,
    Find,
    GroupCame,
    GroupLeft,
    JudgedRequest,
    LeaveInBulk,
    LeaveNote,
    ListGroups,
    Login,
    Logout,
    LookUpNext,
    Request,
    RestartDevice,
    SetOutOfOrder,
    SetTerminal,
    SignRoll,
    TellCentre,
    UpkeepRequest,
    WalkIn,
)
from kiosk.staff import events as entries
from kiosk.staff import groups, listings, questions
from kiosk.staff.answers import decided_by_staff, denied, done, said
from kiosk.staff.cards import card_of
from kiosk.staff.events import Denial, RequestContext
from kiosk.staff.person_notes import PersonNotes
from kiosk.staff.questions import QuestionPrompt
from kiosk.staff.roles import denied_to
from kiosk.staff.roll_calls import RollCalls
from kiosk.staff.sessions import Asker, StaffSessions
from kiosk.staff.typed_badges import number_in
from kiosk.storage.log_keeper import LogKeeper, stamp_now
from sync.contract.events import AlarmCode, Correction, Direction, Event, Manual, Method
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import StaffRole

_FOR_EVERYBODY = (Answer, Cancel, Decline, Login, Logout)
"""What a client may ask without a staff session; each is judged more strictly then."""

_logger = structlog.get_logger()

Publish = Callable[[FromEngine], None]
Restart = Callable[[str], bool]
"""Closes a device and opens it anew; False for a name that none has."""


Upkeep = Callable[[UpkeepRequest, Asker, str], None]
"""Answers the client what a member of staff (by reference) asks about the machine, now or later."""


class RequestHandler:
    """Carries out what one terminal's clients ask; `publish` tells every client what came of it."""

    def __init__(
        self,
        engine: Engine,
        keeper: LogKeeper,
        clock: Clock,
        *,
        question_shown_s: int,
        staff: StaffSessions,
        overrides: OverridesFile,
        notes: PersonNotes,
        restart: Restart,
        upkeep: Upkeep,
        publish: Publish,
    ) -> None:
        self._engine = engine
        self._keeper = keeper
        self._clock = clock
        self._staff = staff
        self._overrides = overrides
        self._notes = notes
        self._rolls = RollCalls()
        engine.added_to = notes.added_to
        self._restart = restart
        self._upkeep = upkeep
        self._publish = publish
        self._asked = QuestionPrompt(question_shown_s)

    def take(self, request: Request, asker: Asker) -> None:
        """Take a request on its client's thread; it is answered before this returns."""
        who = self._staff.of(asker, self._engine.roster)
        if who is None and not isinstance(request, _FOR_EVERYBODY):
            asker.tell(denied(request, Denial(DenialCode.NOT_LOGGED_IN)))
        elif who and (code := denied_to(who.role, request)):
            asker.tell(denied(request, Denial(code)))
        elif isinstance(request, Login | Logout):
            asker.tell(self._session(request, asker))
        elif isinstance(request, RestartDevice):
            # Not between two readings: the device may be waiting with one until it is its turn.
            known = self._restart(request.device)
            asker.tell(
                done(request, DoneCode.RESTARTED)
                if known
                else denied(request, Denial(DenialCode.NO_SUCH_DEVICE))
            )
        elif isinstance(request, UpkeepRequest):
            self._upkeep(request, asker, who.staff if who else "")
        elif isinstance(second := self._second(request), Denial):
            asker.tell(denied(request, second))
        elif isinstance(request, LeaveInBulk):
            asker.tell(self._all_left(request, who.staff if who else "", second))
        else:
            if isinstance(request, Find):
                _ = self._engine.roster.name_search  # made here, where nobody's reading waits for it
            self._judge(request, asker, who.staff if who else "", second)

    def announced(self, decided: Decided) -> None:
        """A reading was decided on: who forgot a check-out is asked now. Called in the engine's turn."""
        if decided.method == Method.MANUAL or decided.from_afar:
            return  # the person stands before the staff, or nobody knows where, but not before the screen
        trust, mono_ms = clock_trust(self._clock).state, self._clock.mono_ms()
        self._tell(self._asked.after(decided, self._engine.presence, self._engine.roster, trust, mono_ms))

    def beat(self) -> None:
        """Time goes by: a question that nobody answers ends, and so does a session. In the engine's turn."""
        self._tell(self._asked.beat(self._clock.mono_ms()))
        self._engine.look_up.beat(self._clock.mono_ms())
        self._notes.beat()
        for asker in self._staff.end_idle(self._engine.roster):
            asker.tell(SessionEnded())

    def adopt(self, question_shown_s: int, staff_idle_min: int) -> None:
        """Go by these settings from now on. Called in the engine's turn."""
        self._asked.adopt(question_shown_s)
        self._staff.adopt(staff_idle_min)

    def forget(self) -> None:
        """The terminal was revoked: no session and no question outlasts it. Called in the engine's turn."""
        self._staff.end_all()
        self._notes.forget()
        self._tell(self._asked.end(QuestionEnd.REPLACED))

    def _judge(self, request: JudgedRequest | LookUpNext, asker: Asker, staff: str, second: str) -> None:
        def judge() -> Decided | None:
            if isinstance(request, LookUpNext):
                self._look_up_next(request, asker, staff)
                return None
            reply, decided = self._judged(request, self._context(staff), second)
            asker.tell(reply)
            return decided

        if not self._engine.do(judge):
            asker.tell(denied(request, Denial(DenialCode.BUSY)))

    def _session(self, request: Login | Logout, asker: Asker) -> Result:
        if isinstance(request, Logout):
            self._staff.end(asker)
            return done(request, DoneCode.LOGGED_OUT)
        roster = self._engine.roster
        began = self._staff.begin(asker, number_in(request.staff, roster), request.pin, roster)
        if isinstance(began, Denial):
            return denied(request, began)
        role = "" if began.role is StaffRole.STAFF else began.role
        return msgspec.structs.replace(done(request, DoneCode.LOGGED_IN, began.name), role=role)

    def _second(self, request: Request) -> str | Denial:
        """The reference of the second person who signs a request; empty where none has to."""
        if not isinstance(request, EnterManually | WalkIn | LeaveInBulk):
            return ""
        roster = self._engine.roster
        signed = self._staff.check(number_in(request.second, roster), request.second_pin, roster)
        if isinstance(signed, Denial):
            return signed
        code = denied_to(signed.role, request)
        return Denial(code) if code else signed.staff

    def _context(self, staff: str) -> RequestContext:
        now, engine = stamp_now(self._clock), self._engine
        ordered = engine.overrides.activity
        here = (engine.presence, engine.roster, ordered, engine.walk_ins, self._notes.of)
        return RequestContext(self._keeper.log.terminal, now, staff, *here)

    def _look_up_next(self, request: LookUpNext, asker: Asker, staff: str) -> None:
        def tell(found: Identified | None) -> None:
            if found is None or found.volunteer is None:
                code = DenialCode.NOT_RECOGNISED if found else DenialCode.NOTHING_PRESENTED
                asker.tell(denied(request, Denial(code)))
                return
            card = card_of(found.volunteer, request.request, self._context(staff), found.reason)
            asker.tell(card or denied(request, Denial(DenialCode.NO_SUCH_VOLUNTEER)))

        self._engine.look_up.ask(tell, self._clock.mono_ms())

    def _note_left(self, request: LeaveNote, context: RequestContext) -> Result:
        person, text = context.roster.person(request.volunteer), " ".join(request.text.split())
        if person is None:
            return denied(request, Denial(DenialCode.NO_SUCH_VOLUNTEER))
        try:
            if not self._notes.leave(request.volunteer, text, context.staff):
                return denied(request, Denial(DenialCode.TOO_MANY_NOTES))
        except SettingsError as error:
            _logger.critical("notes_not_kept", error=error.trouble)
            return denied(request, Denial(DenialCode.NOT_RECORDED))
        return done(request, DoneCode.NOTED if text else DoneCode.NOTE_GONE, person.name)

    def _judged(
        self, request: JudgedRequest, context: RequestContext, second: str
    ) -> tuple[FromEngine, Decided | None]:
        """The answer to a request, and what everybody is told of it."""
        if isinstance(request, listings.Listing):
            listed = listings.listed(request, context)
            return listed or denied(request, Denial(DenialCode.NO_SUCH_VOLUNTEER)), None
        match request:
            case Answer():
                claim = entries.claim(request, self._asked.now, context)
                return self._answered(request, self._written(claim, context)), None
            case Cancel():
                made = entries.correction(request, self._keeper.log.epoch, context)
                correction = self._written(made, context)
                self._tell_taken_back(correction)
                return said(request, correction, DoneCode.CANCELLED, context), None
            case EnterManually():
                entry = self._written(entries.manual(request, second, context), context)
                code = DoneCode.ENTERED_IN if request.direction == Direction.IN else DoneCode.ENTERED_OUT
                code = DoneCode.ON_BREAK if isinstance(entry, Manual) and entry.on_break else code
                return said(request, entry, code, context), decided_by_staff(entry, context)
            case WalkIn():
                entry = self._written(entries.walk_in(request, second, context), context)
                if isinstance(entry, Manual):
                    self._engine.walk_ins.note(entry.walk_in, entries.name_in(request), entry.wall_ms)
                return said(request, entry, DoneCode.WALKED_IN, context), decided_by_staff(entry, context)
            case ListGroups() | GroupCame() | GroupLeft():
                return self._about_groups(request, context), None
            case Decline():
                return self._declined(request, context), None
            case LeaveNote() | EndLookUp() | DrawRoll() | SignRoll() | TellCentre():
                return self._done_at_the_desk(request, context), None
            case SetTerminal() | SetOutOfOrder():
                return self._ordered(request, context), None

    def _about_groups(
        self, request: ListGroups | GroupCame | GroupLeft, context: RequestContext
    ) -> FromEngine:
        match request:
            case ListGroups():
                return groups.listed(request, context)
            case GroupCame():
                made, code = groups.came(request, context), DoneCode.GROUP_CAME
            case GroupLeft():
                made, code = groups.left(request, context), DoneCode.GROUP_LEFT
        return said(request, self._written(made, context), code, context)

    def _done_at_the_desk(
        self, request: LeaveNote | EndLookUp | DrawRoll | SignRoll | TellCentre, context: RequestContext
    ) -> FromEngine:
        """What staff and inspectors ask for themselves; no volunteer's screen hears of it."""
        match request:
            case TellCentre():
                told = self._written(entries.message(request, context), context)
                return said(request, told, DoneCode.TOLD_CENTRE, context)
            case DrawRoll():
                drawn = self._rolls.draw(request, context)
                return denied(request, drawn) if isinstance(drawn, Denial) else drawn
            case SignRoll():
                called = self._written(self._rolls.signed(request, context), context)
                if not isinstance(called, Denial):
                    self._rolls.end(request.seed)
                return said(request, called, DoneCode.ROLL_SIGNED, context)
            case LeaveNote():
                return self._note_left(request, context)
            case EndLookUp():
                self._engine.look_up.end()
                return done(request, DoneCode.LOOK_UP_ENDED)

    def _all_left(self, request: LeaveInBulk, staff: str, second: str) -> BulkResult:
        """Each as if entered alone, and a turn for each: readings are decided on between them."""
        left_out: list[LeftOut] = []

        def write_down(volunteer: str) -> None:
            context = self._context(staff)
            made = entries.manual(entries.left(request, volunteer), second, context)
            entry = self._written(made, context)
            if isinstance(entry, Denial):
                left_out.append(LeftOut(volunteer, context.name_of(volunteer), entry.code))
            elif decided := decided_by_staff(entry, context):
                self._engine.announce(decided)

        busy = [one for one in request.volunteers if not self._engine.do(partial(write_down, one))]
        left_out += [LeftOut(one, "", DenialCode.BUSY) for one in busy]
        return BulkResult(request.request, len(request.volunteers) - len(left_out), left_out)

    def _tell_taken_back(self, correction: Event | Denial) -> None:
        if isinstance(correction, Correction) and correction.cancelled_epoch == self._keeper.log.epoch:
            told = TakenBack(correction.cancelled_seq, correction.wall_ms, correction.by)
            self._engine.note_taken_back(told)
            self._publish(told)

    def _answered(self, request: Answer, claim: Event | Denial) -> Result:
        if isinstance(claim, Denial):
            return denied(request, claim)
        self._tell(self._asked.end(QuestionEnd.ANSWERED, request.question))
        return done(request, DoneCode.ANSWERED)

    def _declined(self, request: Decline, context: RequestContext) -> Result:
        forgotten = questions.find(request.question, context.presence, context.stamp.wall_ms)
        if forgotten is None:
            return denied(request, Denial(DenialCode.NO_SUCH_QUESTION))
        if not context.staff and request.question != self._asked.now:
            return denied(request, Denial(DenialCode.NOT_LOGGED_IN))
        context.presence.leave_open(forgotten.volunteer)
        self._tell(self._asked.end(QuestionEnd.DECLINED, request.question))
        return done(request, DoneCode.DECLINED)

    def _ordered(self, request: SetTerminal | SetOutOfOrder, context: RequestContext) -> Result:
        """Staff's overrides: kept, obeyed, and told to the centre."""
        standing = self._engine.overrides
        if isinstance(request, SetOutOfOrder):
            code = DoneCode.OUT_OF_ORDER if request.out_of_order else DoneCode.IN_ORDER
            overrides = msgspec.structs.replace(standing, out_of_order=request.out_of_order)
        else:
            code = DoneCode.SET
            if request.activity and context.roster.activity(request.activity) is None:
                return denied(request, Denial(DenialCode.NO_SUCH_ACTIVITY))
            direction = TerminalDirection(request.direction) if request.direction else None
            overrides = StaffOverrides(direction, request.activity, standing.out_of_order)
        try:
            self._overrides.keep(overrides)
        except SettingsError as error:
            _logger.critical("orders_not_kept", error=error.trouble)
            return denied(request, Denial(DenialCode.NOT_RECORDED))
        self._engine.obey(overrides)
        self._keeper.alarm(AlarmCode.STAFF_ORDERS, f"{overrides.words}; by {context.staff}")
        return done(request, code)

    def _written(self, made: Event | Denial, context: RequestContext) -> Event | Denial:
        """The event with its place in the log, where who is here follows from it."""
        if isinstance(made, Denial):
            return made
        logged = self._keeper.note(made)
        if logged is None:
            return Denial(DenialCode.NOT_RECORDED)
        context.presence.fold(logged, context.roster.volunteer_in(logged))
        return logged

    def _tell(self, messages: list[Question | QuestionEnded]) -> None:
        for message in messages:
            self._publish(message)
