"""What staff do at the monitor, each from its first form to the sentence that says what became of it.

An action is a coroutine: it asks with forms, sends a request, waits for the answer, and tells it. The engine
judges; nothing is decided here.
"""

from collections.abc import Sequence

from kiosk.local_api.codes import DenialCode
from kiosk.local_api.replies import Activities, ActivityListed, Question, Questions, RecentEvents
from kiosk.local_api.requests import (
    Answer,
    Cancel,
    Decline,
    ListActivities,
    ListQuestions,
    ListRecent,
    RestartDevice,
    SetOutOfOrder,
    SetTerminal,
    TellCentre,
)
from kiosk.screens.monitor.choices import Choice
from kiosk.screens.monitor.forms import Entered, Fault
from kiosk.screens.monitor.session import StaffSession
from kiosk.screens.terminal_state import moment_at, time_at_site

_DECLINE, _OTHER_TIME, _ALL = "decline", "other", "all"
_BY_TIME = "="


async def log_in_or_out(session: StaffSession) -> None:
    """Begin a session with reference and PIN, or end the one there is."""
    await (session.log_out() if session.name else session.log_in())


async def take_back(session: StaffSession) -> None:
    """Take back what was accepted by mistake within the last minutes."""
    recent = await session.ask(ListRecent(0))
    if not isinstance(recent, RecentEvents):
        session.tell(recent)
        return
    words = session.words()
    known = {str(number): event for number, event in enumerate(recent.events)}
    options = [
        (key, f"{session.time(event.at_ms)}  {words.say(f'staff-{event.direction}')}  {event.name}")
        for key, event in known.items()
    ]
    chosen = await session.show(Choice(words, words.say("staff-take_back"), options))
    if chosen is None:
        return
    event, fields = known[chosen], ("reason",)

    async def submit(entered: Entered) -> Fault | None:
        return await session.do(Cancel(0, event.seq, event.epoch, entered["reason"]), fields)

    await session.form("staff-take_back", fields, submit, dict(options)[chosen])


async def answer(session: StaffSession) -> None:
    """Enter for a volunteer when they left, or for all of whom nobody said it."""
    listed = await session.ask(ListQuestions(0))
    if not isinstance(listed, Questions):
        session.tell(listed)
        return
    words = session.words()
    known = {one.id: one for one in listed.open}
    options = [
        (one.id, f"{one.name or one.volunteer}  {session.time(one.came_ms)}  {one.activity}")
        for one in listed.open
    ]
    if len(options) > 1:
        options.append((_ALL, words.say("staff-answer_all", count=len(known))))
    chosen = await session.show(Choice(words, words.say("question-when"), options))
    if chosen == _ALL:
        await _answer_all(session, listed.open)
    elif chosen is not None:
        await answer_one(session, known[chosen])


async def tell_centre(session: StaffSession) -> None:
    """Write a few words to whoever runs the centre."""
    fields = ("message",)

    async def submit(entered: Entered) -> Fault | None:
        return await session.do(TellCentre(0, entered["message"]), fields)

    await session.form("staff-tell_centre", fields, submit)


async def set_terminal(session: StaffSession) -> None:
    """What a scan means here until further notice."""
    words = session.words()
    options = [(each, words.say(f"direction-{each}")) for each in ("set", "toggle", "in", "out", "break")]
    chosen = await session.show(Choice(words, words.say("staff-terminal"), options))
    if chosen is None:
        return
    listed = await session.ask(ListActivities(0))
    if not isinstance(listed, Activities):
        session.tell(listed)
        return
    known = [(_BY_TIME, words.say("staff-activity_by_time"))]
    known += [(f"={one.id}", _activity(one, session)) for one in listed.activities]
    activity = await session.show(Choice(words, dict(options)[chosen], known))
    if activity is not None:
        direction = "" if chosen == "set" else chosen
        session.tell(await session.ask(SetTerminal(0, direction, activity.removeprefix("="))))


async def out_of_order(session: StaffSession) -> None:
    """Take the terminal out of service, or put it back."""
    snapshot = session.app.state.snapshot
    if snapshot is not None:
        wanted = not snapshot.status.out_of_order
        session.tell(await session.ask(SetOutOfOrder(0, out_of_order=wanted)))


async def restart_device(session: StaffSession) -> None:
    """Close a device and open it anew."""
    snapshot, words = session.app.state.snapshot, session.words()
    devices = snapshot.status.devices if snapshot else []
    options = [(one.name, f"{one.name}  {words.code('device', one.state)}") for one in devices]
    chosen = await session.show(Choice(words, words.say("staff-restart_device"), options))
    if chosen is not None:
        session.tell(await session.ask(RestartDevice(0, chosen)))


async def answer_one(session: StaffSession, question: Question) -> None:
    """Enter for one volunteer when they left."""
    words, snapshot = session.words(), session.app.state.snapshot
    if snapshot is None:
        return
    came_ms = question.came_ms
    moments = [(str(at), time_at_site(snapshot, at, beside_ms=came_ms)) for at in question.likely_ms]
    others = [(_OTHER_TIME, words.say("staff-other_time")), (_DECLINE, words.say("question-unknown"))]
    about = f"{question.name or question.volunteer}  {session.time(question.came_ms)}"
    left = await session.show(Choice(words, words.say("question-when"), [*moments, *others], above=(about,)))
    if left == _OTHER_TIME:
        await _answer_with_a_time(session, question, about)
    elif left == _DECLINE:
        session.tell(await session.ask(Decline(0, question.id)))
    elif left is not None:
        session.tell(await session.ask(Answer(0, question.id, int(left))))


async def _answer_with_a_time(session: StaffSession, question: Question, about: str) -> None:
    fields = ("time",)

    async def submit(entered: Entered) -> Fault | None:
        snapshot = session.app.state.snapshot
        at_ms = moment_at(snapshot, entered["time"], question.earliest_ms) if snapshot else None
        if at_ms is None:
            return session.denied(DenialCode.NO_SUCH_TIME, fields)
        return await session.do(Answer(0, question.id, at_ms), fields)

    await session.form("question-when", fields, submit, about)


async def _answer_all(session: StaffSession, questions: Sequence[Question]) -> None:
    """Each at the likeliest moment, the end of the shift where it is known; the centre has them confirmed."""
    for question in questions:
        likely_ms = question.put_down_ms or question.likely_ms[len(question.likely_ms) // 2]
        reply = await session.ask(Answer(0, question.id, likely_ms))
        if not session.is_done(reply):
            session.tell(reply)
            return
    session.say("staff-answered_all", count=len(questions))


def _activity(listed: ActivityListed, session: StaffSession) -> str:
    running = "" if listed.is_executing else session.words().say("staff-activity_not_running")
    return f"{listed.title}  {running}".rstrip()
