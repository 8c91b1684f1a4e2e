"""What staff do about people: look them up, write down that they came or left, see who is missing."""

from collections.abc import Sequence

from kiosk.local_api.replies import BulkResult, Found, Missing, MissingPerson, People, PersonCard, StillIn
from kiosk.local_api.requests import (
    DenialCode,
    EnterManually,
    Find,
    LeaveInBulk,
    ListMissing,
    ListStillIn,
    LookUp,
    WalkIn,
)
from kiosk.screens.monitor.choices import Choice, Selection
from kiosk.screens.monitor.forms import Entered, Fault
from kiosk.screens.monitor.session import StaffSession
from kiosk.screens.terminal_state import moment_at
from sync.contract.events import Direction, is_walk_in

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_BREAK = "break"
_FIELDS = ("time", "reason", "second", "second_pin")


async def find(session: StaffSession) -> None:
    """Look for somebody of the roster, see where they stand, write down that they came or left."""
    listed: list[People] = []

    async def submit(entered: Entered) -> Fault | None:
        reply = await session.ask(Find(0, entered["text"]))
        if not isinstance(reply, People):
            return session.refused(reply, ("text",))
        if not reply.found:
            return Fault(session.words().say("staff-nobody_found"), "text")
        listed[:] = [reply]
        return None

    if await session.form("staff-find", ("text",), submit) is None:
        return
    words, people = session.words(), listed[0]
    options = [(one.volunteer, _found(session, one)) for one in people.found]
    above = (words.say("staff-more_found", count=len(options)),) if people.more else ()
    chosen = await session.show(Choice(words, words.say("staff-find"), options, above=above))
    if chosen is not None:
        await card(session, chosen)


async def missing(session: StaffSession) -> None:
    """Who is expected today and has not come yet; choosing one shows their card."""
    listed = await session.ask(ListMissing(0))
    if not isinstance(listed, Missing):
        session.tell(listed)
        return
    words = session.words()
    options = [(one.volunteer, _missing(session, one)) for one in listed.people]
    title = words.say("staff-missing", count=listed.count)
    chosen = await session.show(Choice(words, title, options))
    if chosen is not None:
        await card(session, chosen)


async def still_in(session: StaffSession) -> None:
    """The end of the day: who is still checked in, and that these left, with a reason and a second person."""
    listed = await session.ask(ListStillIn(0))
    if not isinstance(listed, StillIn):
        session.tell(listed)
        return
    words = session.words()
    options = [
        (one.volunteer, f"{one.name or one.volunteer}  {session.time(one.since_ms)}  {one.activity}")
        for one in listed.people
    ]
    title = words.say("staff-still_in", count=len(options))
    chosen = await session.show(Selection(words, title, options))
    if not chosen:
        return
    told: list[BulkResult] = []

    async def submit(entered: Entered) -> Fault | None:
        signed = _signed(session, entered)
        if isinstance(signed, Fault):
            return signed
        reply = await session.ask(LeaveInBulk(0, list(chosen), *signed))
        if not isinstance(reply, BulkResult):
            return session.refused(reply, _FIELDS)
        told[:] = [reply]
        return None

    if await session.form("staff-all_left", _FIELDS, submit, words.say("staff-people", count=len(chosen))):
        await _tell_bulk(session, told[0])


async def card(session: StaffSession, volunteer: str) -> None:
    """Where somebody stands, what was recorded of them today, and from there: came, left."""
    shown = await session.ask(LookUp(0, volunteer))
    if not isinstance(shown, PersonCard):
        session.tell(shown)
        return
    words = session.words()
    likely = Direction.IN if shown.since_ms is None else Direction.OUT
    other = Direction.OUT if likely is Direction.IN else Direction.IN
    offered = [str(likely), str(other)]
    if likely is Direction.OUT:
        offered.insert(1, _BREAK)
    options = [(each, words.say(f"staff-write_{each}")) for each in offered]
    chosen = await session.show(Choice(words, _whom(shown), options, above=_standing(session, shown)))
    if chosen is None:
        return

    async def submit(entered: Entered) -> Fault | None:
        signed = _signed(session, entered)
        if isinstance(signed, Fault):
            return signed
        direction = Direction.OUT if chosen == _BREAK else Direction(chosen)
        entry = EnterManually(0, volunteer, direction, *signed, on_break=chosen == _BREAK)
        return await session.do(entry, _FIELDS)

    about = f"{shown.name or volunteer} {words.say(f'staff-{chosen}')}"
    await session.form("staff-write_down", _FIELDS, submit, about)


async def walk_in(session: StaffSession) -> None:
    """Somebody who is not on the roster came: who it is goes sealed to the centre."""
    fields = ("name", "telephone", *_FIELDS)

    async def submit(entered: Entered) -> Fault | None:
        signed = _signed(session, entered)
        if isinstance(signed, Fault):
            return signed
        return await session.do(WalkIn(0, entered["name"], entered["telephone"], *signed), fields)

    await session.form("staff-walk_in", fields, submit)


def _signed(session: StaffSession, entered: Entered) -> tuple[int, str, str, str] | Fault:
    """What a form of these fields says, as an entry wants it: when, why, second person, PIN."""
    at_ms = _moment(session, entered["time"])
    if at_ms is None:
        return session.denied(DenialCode.NO_SUCH_TIME, _FIELDS)
    return at_ms, entered["reason"], entered["second"], entered["second_pin"]


def _moment(session: StaffSession, typed: str) -> int | None:
    """The moment of the last day at which the site's clock showed it; now for nothing at all."""
    snapshot = session.app.state.snapshot
    if snapshot is None:
        return None
    now_ms = snapshot.status.wall_ms
    return moment_at(snapshot, typed, now_ms - _DAY_MS + _MINUTE_MS) if typed.strip() else now_ms


def _whom(shown: PersonCard) -> str:
    return shown.name if is_walk_in(shown.volunteer) else f"{shown.volunteer}  {shown.name}".rstrip()


def _found(session: StaffSession, one: Found) -> str:
    words = session.words()
    since = words.say("staff-since", time=session.time(one.since_ms)) if one.since_ms is not None else ""
    number = "" if is_walk_in(one.volunteer) else one.volunteer
    return "  ".join(filter(None, (number, one.name, since)))


def _missing(session: StaffSession, one: MissingPerson) -> str:
    shift = ""
    if one.start_ms is not None and one.end_ms is not None:
        shift = f"{session.time(one.start_ms)}–{session.time(one.end_ms)}"
    return "  ".join(filter(None, (one.name or one.volunteer, shift, one.activity)))


def _standing(session: StaffSession, shown: PersonCard) -> Sequence[str]:
    words = session.words()
    lines = [words.say("staff-not_in")]
    if shown.since_ms is not None:
        lines = [words.say("staff-since", time=session.time(shown.since_ms))]
    elif shown.on_break_ms is not None:
        lines = [words.say("staff-break_since", time=session.time(shown.on_break_ms))]
    if is_walk_in(shown.volunteer):
        lines.append(words.say("staff-walked_in"))
    if shown.suspended:
        lines.append(words.say("staff-suspended"))
    if shown.expected_at:
        lines.append(words.say("staff-expected_at", site=shown.expected_at))
    for one in shown.events:
        came = words.say(f"staff-{one.direction}")
        lines.append(f"{session.time(one.at_ms)}  {came}  {words.code('method', one.method)}")
    lines += [words.say("staff-credential", method=words.code("method", one)) for one in shown.methods]
    return lines


async def _tell_bulk(session: StaffSession, result: BulkResult) -> None:
    words = session.words()
    session.say("staff-all_written", count=result.entered)
    if result.left_out:
        lines = []
        for one in result.left_out:
            why = words.code("denied", one.code, name=one.name, wait="")
            lines.append((one.volunteer, f"{one.name or one.volunteer}: {why}"))
        await session.show(Choice(words, words.say("staff-not_written", count=len(lines)), lines))
