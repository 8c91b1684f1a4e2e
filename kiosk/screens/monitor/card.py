"""A person's card at the monitor, and what staff do from it: came, left, take back, answer, a note."""

from collections.abc import Sequence

from kiosk.local_api.replies import Movement, PersonCard, Questions
from kiosk.local_api.requests import (
    Cancel,
    EndLookUp,
    EnterManually,
    LeaveNote,
    ListQuestions,
    LookUp,
    LookUpNext,
)
from kiosk.screens.monitor.actions import answer_one
from kiosk.screens.monitor.choices import Choice
from kiosk.screens.monitor.entries import ENTRY_FIELDS, signed
from kiosk.screens.monitor.forms import Entered, Fault
from kiosk.screens.monitor.session import StaffSession
from kiosk.screens.monitor.waiting import Waiting
from sync.contract.events import Direction, is_walk_in

_BREAK = "break"
_TAKE_BACK, _ANSWER, _NOTE = "take_back", "answer", "note"


async def whose(session: StaffSession) -> None:
    """Whose badge or card is this? The terminal's next reading says so, and records nobody."""
    words = session.words()
    title, how = words.say("staff-look_up"), words.say("staff-look_up.how")
    told = await session.show(Waiting(words, title, how, lambda: session.ask(LookUpNext(0))))
    if told is None:
        await session.ask(EndLookUp(0))
    elif isinstance(told, PersonCard):
        await _shown(session, told)
    else:
        session.tell(told)


async def card(session: StaffSession, volunteer: str) -> None:
    """Where somebody stands, what was recorded of them, and from there what is to be done."""
    told = await session.ask(LookUp(0, volunteer))
    if isinstance(told, PersonCard):
        await _shown(session, told)
    else:
        session.tell(told)


async def _shown(session: StaffSession, shown: PersonCard) -> None:
    words = session.words()
    likely = Direction.IN if shown.since_ms is None else Direction.OUT
    other = Direction.OUT if likely is Direction.IN else Direction.IN
    entries = [str(likely), str(other)]
    if likely is Direction.OUT:
        entries.insert(1, _BREAK)
    options = [(each, words.say(f"staff-write_{each}")) for each in entries]
    newest = next((one for one in reversed(shown.events) if one.seq), None)
    if newest is not None:
        options.append((_TAKE_BACK, words.say("staff-take_back_this", event=_event(session, newest))))
    if shown.has_question:
        options.append((_ANSWER, words.say("question-when")))
    if not is_walk_in(shown.volunteer):
        options.append((_NOTE, words.say("staff-note")))
    chosen = await session.show(Choice(words, _whom(shown), options, above=_lines(session, shown)))
    if chosen == _TAKE_BACK and newest is not None:
        await _take_back(session, shown, newest)
    elif chosen == _ANSWER:
        await _answer(session, shown.volunteer)
    elif chosen == _NOTE:
        await _leave_note(session, shown)
    elif chosen is not None:
        await _write_down(session, shown, chosen)


async def _write_down(session: StaffSession, shown: PersonCard, chosen: str) -> None:
    """That they came, left, or left for a break."""
    direction = Direction.OUT if chosen == _BREAK else Direction(chosen)

    async def submit(entered: Entered) -> Fault | None:
        entry = signed(session, entered)
        if isinstance(entry, Fault):
            return entry
        asked = EnterManually(0, shown.volunteer, direction, *entry, on_break=chosen == _BREAK)
        return await session.do(asked, ENTRY_FIELDS)

    about = f"{shown.name or shown.volunteer} {session.words().say(f'staff-{chosen}')}"
    await session.form("staff-write_down", ENTRY_FIELDS, submit, about)


async def _take_back(session: StaffSession, shown: PersonCard, newest: Movement) -> None:
    """What was a mistake counts no more; then the card again, to write down what is right."""
    fields = ("reason",)

    async def submit(entered: Entered) -> Fault | None:
        return await session.do(Cancel(0, newest.seq, newest.epoch, entered["reason"]), fields)

    about = f"{shown.name or shown.volunteer}  {_event(session, newest)}"
    if await session.form("staff-take_back", fields, submit, about) is not None:
        await card(session, shown.volunteer)


async def _answer(session: StaffSession, volunteer: str) -> None:
    listed = await session.ask(ListQuestions(0))
    if not isinstance(listed, Questions):
        session.tell(listed)
        return
    for question in listed.open:
        if question.volunteer == volunteer:
            await answer_one(session, question)
            return


async def _leave_note(session: StaffSession, shown: PersonCard) -> None:
    """What they are to read at their next scan; an empty one takes it away."""
    fields = ("note",)

    async def submit(entered: Entered) -> Fault | None:
        return await session.do(LeaveNote(0, shown.volunteer, entered["note"]), fields)

    waiting = shown.note.text if shown.note and shown.note.shown_ms is None else ""
    await session.form("staff-note", fields, submit, _whom(shown), {"note": waiting})


def _whom(shown: PersonCard) -> str:
    return shown.name if is_walk_in(shown.volunteer) else f"{shown.volunteer}  {shown.name}".rstrip()


def _event(session: StaffSession, one: Movement) -> str:
    words = session.words()
    return f"{session.time(one.at_ms)}  {words.say(f'staff-{one.direction}')}"


def _lines(session: StaffSession, shown: PersonCard) -> Sequence[str]:
    words = session.words()
    since = words.say("staff-since", time=session.time(shown.since_ms)) if shown.since_ms is not None else ""
    lines = [f"{since}  {shown.activity}".rstrip() if since else words.say("staff-not_in")]
    if shown.since_ms is None and shown.on_break_ms is not None:
        lines = [words.say("staff-break_since", time=session.time(shown.on_break_ms))]
    if is_walk_in(shown.volunteer):
        lines.append(words.say("staff-walked_in"))
    if shown.reason:
        lines.append(words.say("staff-presented", why=words.code("reason", shown.reason, "short")))
    if shown.suspended:
        lines.append(words.say("staff-suspended"))
    if shown.expected_at:
        lines.append(words.say("staff-expected_at", site=shown.expected_at))
    lines += [_movement(session, one) for one in shown.events]
    lines += [words.say("staff-credential", method=words.code("method", one)) for one in shown.methods]
    if shown.badges_revoked:
        lines.append(words.say("staff-badges_revoked", count=shown.badges_revoked))
    if note := shown.note:
        if note.shown_ms is None:
            lines.append(words.say("staff-note_waits", text=note.text, by=note.by))
        else:
            when = session.time(note.shown_ms)
            lines.append(words.say("staff-note_shown", text=note.text, by=note.by, time=when))
    return lines


def _movement(session: StaffSession, one: Movement) -> str:
    """When, what and by what; why it was entered, or that it counts no more."""
    words = session.words()
    line = f"{_event(session, one)}  {words.code('method', one.method)}  {one.reason}".rstrip()
    if one.taken_back_ms is None:
        return line
    by = one.taken_back_by or words.say("reading-by_volunteer")
    taken = words.say("reading-taken_back", time=session.time(one.taken_back_ms), by=by)
    return f"✖ {line}: {taken}"
