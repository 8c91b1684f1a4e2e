"""What staff do about people: find them, see who is missing and who is still in."""

from kiosk.local_api.replies import BulkResult, Found, Missing, MissingPerson, People, StillIn
from kiosk.local_api.requests import Find, LeaveInBulk, ListMissing, ListStillIn, WalkIn
from kiosk.screens.monitor.arranged import Entry
from kiosk.screens.monitor.card import card
from kiosk.screens.monitor.choices import Choice
from kiosk.screens.monitor.entries import ENTRY_FIELDS, signed
from kiosk.screens.monitor.forms import Entered, Fault
from kiosk.screens.monitor.people_lists import PeopleChoice, PeopleSelection
from kiosk.screens.monitor.session import StaffSession
from sync.contract.events import is_walk_in


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

    if await session.form("staff-find", ("text",), submit) is not None:
        await _choose(session, listed[0])


async def find_typed(session: StaffSession, text: str) -> None:
    """The person whose badge a scanner typed, or whose number somebody did; several are chosen from."""
    reply = await session.ask(Find(0, text))
    if not isinstance(reply, People):
        session.tell(reply)
    elif len(reply.found) == 1:
        await card(session, reply.found[0].volunteer)
    elif not reply.found:
        session.say("staff-nobody_found")
    else:
        await _choose(session, reply)


async def _choose(session: StaffSession, people: People) -> None:
    words = session.words()
    options = [(one.volunteer, _found(session, one)) for one in people.found]
    above = (words.say("staff-more_found", count=len(options)),) if people.more else ()
    chosen = await session.show(Choice(words, words.say("staff-find"), options, above=above))
    if chosen is not None:
        await card(session, chosen)


async def walk_in(session: StaffSession) -> None:
    """Somebody who is not on the roster came: who it is goes sealed to the centre."""
    fields = ("name", "telephone", *ENTRY_FIELDS)

    async def submit(entered: Entered) -> Fault | None:
        entry = signed(session, entered)
        if isinstance(entry, Fault):
            return entry
        return await session.do(WalkIn(0, entered["name"], entered["telephone"], *entry), fields)

    await session.form("staff-walk_in", fields, submit)


async def missing(session: StaffSession) -> None:
    """Who is expected today and has not come yet; choosing one shows their card."""
    listed = await session.ask(ListMissing(0))
    if not isinstance(listed, Missing):
        session.tell(listed)
        return
    words = session.words()
    entries = [_missing(session, one) for one in listed.people]
    title = words.say("staff-missing", count=listed.count)
    chosen = await session.show(PeopleChoice(words, title, entries))
    if chosen is not None:
        await card(session, chosen)


async def still_in(session: StaffSession) -> None:
    """The end of the day: who is still checked in, and that these left, with a reason and a second person."""
    listed = await session.ask(ListStillIn(0))
    if not isinstance(listed, StillIn):
        session.tell(listed)
        return
    words = session.words()
    entries = [
        Entry(
            one.volunteer,
            f"{one.name or one.volunteer}  {session.time(one.since_ms)}  {one.activity}",
            one.name,
            one.activity,
        )
        for one in listed.people
    ]
    title = words.say("staff-still_in", count=len(entries))
    chosen = await session.show(PeopleSelection(words, title, entries))
    if not chosen:
        return
    told: list[BulkResult] = []

    async def submit(entered: Entered) -> Fault | None:
        entry = signed(session, entered)
        if isinstance(entry, Fault):
            return entry
        reply = await session.ask(LeaveInBulk(0, list(chosen), *entry))
        if not isinstance(reply, BulkResult):
            return session.refused(reply, ENTRY_FIELDS)
        told[:] = [reply]
        return None

    if await session.form(
        "staff-all_left", ENTRY_FIELDS, submit, words.say("staff-people", count=len(chosen))
    ):
        await _tell_bulk(session, told[0])


def _found(session: StaffSession, one: Found) -> str:
    words = session.words()
    since = words.say("staff-since", time=session.time(one.since_ms)) if one.since_ms is not None else ""
    number = "" if is_walk_in(one.volunteer) else one.volunteer
    return "  ".join(filter(None, (number, one.name, since)))


def _missing(session: StaffSession, one: MissingPerson) -> Entry:
    shift = ""
    if one.start_ms is not None and one.end_ms is not None:
        shift = f"{session.time(one.start_ms)}–{session.time(one.end_ms)}"
    text = "  ".join(filter(None, (one.name or one.volunteer, shift, one.activity)))
    return Entry(one.volunteer, text, one.name, one.activity, shift)


async def _tell_bulk(session: StaffSession, result: BulkResult) -> None:
    words = session.words()
    session.say("staff-all_written", count=result.entered)
    if result.left_out:
        lines = []
        for one in result.left_out:
            why = words.code("denied", one.code, name=one.name, wait="")
            lines.append((one.volunteer, f"{one.name or one.volunteer}: {why}"))
        await session.show(Choice(words, words.say("staff-not_written", count=len(lines)), lines))
