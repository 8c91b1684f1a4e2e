"""An inspector calls the roll at the monitor: names one by one, found or not, signed at the end."""

from kiosk.local_api.replies import Roll, RollName
from kiosk.local_api.requests import MOST_CALLED, DrawRoll, RollAnswer, SignRoll
from kiosk.screens.monitor.choices import Choice
from kiosk.screens.monitor.forms import Entered, Fault
from kiosk.screens.monitor.session import StaffSession

_USUAL = "5"
_ANSWERS = ("seen", "not_seen", "seen_remark", "not_seen_remark")
_WITH_REMARK = "_remark"


async def call_the_roll(session: StaffSession) -> None:
    """Draw names of those who are here, take down what was found, sign it."""
    rolls: list[Roll] = []

    async def submit(entered: Entered) -> Fault | None:
        count = int(entered["draw"]) if entered["draw"].isdecimal() else 0
        if not 0 < count <= MOST_CALLED:
            return Fault(session.words().say("staff-roll_count", most=MOST_CALLED), "draw")
        reply = await session.ask(DrawRoll(0, count))
        if not isinstance(reply, Roll):
            return session.refused(reply, ("draw",))
        rolls[:] = [reply]
        return None

    if await session.form("staff-roll", ("draw",), submit, given={"draw": _USUAL}) is None:
        return
    answers: list[RollAnswer] = []
    for place, name in enumerate(rolls[0].names, 1):
        answer = await _ask(session, name, f"{place}/{len(rolls[0].names)}")
        if answer is None:
            return
        answers.append(answer)
    await _sign(session, rolls[0], answers)


async def _ask(session: StaffSession, name: RollName, place: str) -> RollAnswer | None:
    words = session.words()
    options = [(one, words.say(f"roll-{one}")) for one in _ANSWERS]
    title = f"{words.say('staff-roll')} · {place}"
    chosen = await session.show(Choice(words, title, options, above=(_whom(name), name.activity)))
    if chosen is None:
        return None
    is_seen, remark = chosen.startswith("seen"), ""
    if chosen.endswith(_WITH_REMARK):

        async def submit(_: Entered) -> Fault | None:
            return None

        entered = await session.form("staff-roll_remark", ("finding",), submit, _whom(name))
        if entered is None:
            return None
        remark = entered["finding"]
    return RollAnswer(name.volunteer, is_seen, remark)


async def _sign(session: StaffSession, roll: Roll, answers: list[RollAnswer]) -> None:
    words = session.words()
    names = {name.volunteer: name for name in roll.names}
    lines = [words.say("staff-roll_drawn", count=len(answers), present=roll.present)]
    for one in answers:
        found = words.say("roll-seen" if one.seen else "roll-not_seen")
        lines.append(f"{_whom(names[one.volunteer])}: {found}  {one.remark}".rstrip())
    options = [("sign", words.say("staff-roll_sign"))]
    if await session.show(Choice(words, words.say("staff-roll"), options, above=lines)):
        session.tell(await session.ask(SignRoll(0, roll.seed, answers)))


def _whom(name: RollName) -> str:
    return f"{name.volunteer}  {name.name}".rstrip()
