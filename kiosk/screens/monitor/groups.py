"""What staff do about groups without names: note that one came, and that they left."""

from kiosk.local_api.codes import DenialCode
from kiosk.local_api.replies import Activities, GroupListed, GroupsHere
from kiosk.local_api.requests import GroupCame, GroupLeft, ListActivities, ListGroups
from kiosk.screens.monitor.choices import Choice
from kiosk.screens.monitor.forms import Entered, Fault
from kiosk.screens.monitor.session import StaffSession

_CAME = "came"


async def group(session: StaffSession) -> None:
    """A group came, or one of those that are here leaves."""
    told = await session.ask(ListGroups(0))
    if not isinstance(told, GroupsHere):
        session.tell(told)
        return
    words = session.words()
    known = {one.group: one for one in told.groups}
    options = [(_CAME, words.say("staff-group_came"))]
    options += [(one.group, _here(session, one)) for one in told.groups]
    chosen = await session.show(Choice(words, words.say("staff-group"), options))
    if chosen == _CAME:
        await _came(session)
    elif chosen is not None:
        await _left(session, known[chosen])


async def _came(session: StaffSession) -> None:
    listed = await session.ask(ListActivities(0))
    if not isinstance(listed, Activities):
        session.tell(listed)
        return
    running = [(one.id, one.title) for one in listed.activities if one.is_executing]
    activity, words = "", session.words()
    if len(running) > 1:
        chosen = await session.show(Choice(words, words.say("staff-group_for"), running))
        if chosen is None:
            return
        activity = chosen
    fields = ("count", "remark")

    async def submit(entered: Entered) -> Fault | None:
        count = _count(entered["count"])
        if count is None:
            return session.denied(DenialCode.WRONG_COUNT, fields)
        return await session.do(GroupCame(0, count, entered["remark"], activity), fields)

    await session.form("staff-group_came", fields, submit, dict(running).get(activity, ""))


async def _left(session: StaffSession, one: GroupListed) -> None:
    fields = ("count",)

    async def submit(entered: Entered) -> Fault | None:
        count = _count(entered["count"])
        if count is None:
            return session.denied(DenialCode.WRONG_COUNT, fields)
        return await session.do(GroupLeft(0, one.group, count), fields)

    await session.form("staff-group_left", fields, submit, _here(session, one))


def _here(session: StaffSession, one: GroupListed) -> str:
    words = session.words()
    people = words.say("staff-people", count=one.count)
    return words.say("staff-group_here", people=people, remark=one.remark, time=session.time(one.since_ms))


def _count(typed: str) -> int | None:
    """The number that was typed, in whatever digits; None for anything else."""
    text = typed.strip()
    return int(text) if text.isdecimal() else None
