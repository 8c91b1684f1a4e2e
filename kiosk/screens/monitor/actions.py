"""What staff do at the monitor, each from its first form to the sentence that says what became of it.

An action is a coroutine: it asks with forms, sends a request, waits for the answer, and tells it. The engine
judges; nothing is decided here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from textual.screen import Screen

from foundation.words import Words
from kiosk.local_api.messages import Snapshot
from kiosk.local_api.requests import (
    Answer,
    Cancel,
    Decline,
    DenialCode,
    EnterManually,
    Find,
    ListQuestions,
    ListRecent,
    Login,
    Logout,
    People,
    Questions,
    RecentEvents,
    Reply,
    Request,
    RestartDevice,
    Result,
    SetOutOfOrder,
    SetTerminal,
)
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp
from kiosk.screens.monitor.forms import Choice, Entered, Field, Form
from kiosk.screens.question_view import result_text
from kiosk.screens.terminal_state import moment_at, time_at_site
from sync.contract.events import Direction

ANSWER_WITHIN_S = 20
_DAY_MS = 86_400_000
_DECLINE, _OTHER_TIME = "decline", "other"

_Asked = TypeVar("_Asked")


class StaffActions:
    """The actions of one monitor; `name` is who is logged in, "" for nobody."""

    def __init__(self, app: EngineApp, words: Callable[[], Words]) -> None:
        self._app = app
        self._words = words
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self.name = ""

    def hear(self, reply: Reply) -> None:
        """Take the engine's answer to a request."""
        waiting = self._waiting.pop(reply.request, None)
        if waiting and not waiting.done():
            waiting.set_result(reply)

    def lost(self) -> None:
        """The engine is gone, and with the connection the session."""
        self.name = ""
        for number in list(self._waiting):
            self.hear(Result(number, ok=False, code=DenialCode.NO_ANSWER))

    async def log_in_or_out(self) -> None:
        """Begin a session with reference and PIN, or end the one there is."""
        if self.name:
            self._tell(await self._ask(Logout(self._number())))
            self.name = ""
            return
        entered = await self._form("staff-log_in", ("staff", "pin"))
        if entered is None:
            return
        result = await self._ask(Login(self._number(), entered["staff"], entered["pin"]))
        if isinstance(result, Result) and result.ok:
            self.name = result.name
        self._tell(result)

    async def write_down(self) -> None:
        """Somebody came or left without the terminal's devices; a second person signs."""
        volunteer = await self._find()
        if volunteer is None:
            return
        words = self._words()
        directions = [(str(each), words.say(f"staff-{each}")) for each in Direction]
        direction = await self._show(Choice(words, words.say("staff-direction"), directions))
        if direction is None:
            return
        entered = await self._form("staff-write_down", ("time", "reason", "second", "second_pin"))
        snapshot = self._app.state.snapshot
        if entered is None or snapshot is None:
            return
        now_ms = snapshot.status.wall_ms
        at_ms = now_ms
        if entered["time"].strip():
            given_ms = moment_at(snapshot, entered["time"], now_ms - _DAY_MS + 60_000)
            if given_ms is None:
                self._tell(Result(0, ok=False, code=DenialCode.NO_SUCH_TIME))
                return
            at_ms = given_ms
        signed = (entered["reason"], entered["second"], entered["second_pin"])
        self._tell(
            await self._ask(EnterManually(self._number(), volunteer, Direction(direction), at_ms, *signed))
        )

    async def take_back(self) -> None:
        """Take back what was accepted by mistake within the last minutes."""
        recent = await self._ask(ListRecent(self._number()))
        if not isinstance(recent, RecentEvents):
            self._tell(recent)
            return
        words = self._words()
        known = {str(number): event for number, event in enumerate(recent.events)}
        options = [
            (key, f"{self._time(event.at_ms)}  {words.say(f'staff-{event.direction}')}  {event.name}")
            for key, event in known.items()
        ]
        chosen = await self._show(Choice(words, words.say("staff-take_back"), options))
        entered = await self._form("staff-take_back", ("reason",)) if chosen else None
        if chosen is None or entered is None:
            return
        event = known[chosen]
        asked = Cancel(self._number(), event.seq, event.epoch, entered["reason"])
        self._tell(await self._ask(asked))

    async def answer(self) -> None:
        """Enter for a volunteer when they left."""
        listed = await self._ask(ListQuestions(self._number()))
        snapshot = self._app.state.snapshot
        if not isinstance(listed, Questions) or snapshot is None:
            self._tell(listed)
            return
        words = self._words()
        known = {one.id: one for one in listed.open}
        options = [(one.id, f"{one.name}  {self._time(one.came_ms)}  {one.activity}") for one in listed.open]
        chosen = await self._show(Choice(words, words.say("question-when"), options))
        if chosen is None:
            return
        question = known[chosen]
        moments = [
            (str(at_ms), time_at_site(snapshot, at_ms, beside_ms=question.came_ms))
            for at_ms in question.likely_ms
        ]
        others = [(_OTHER_TIME, words.say("staff-other_time")), (_DECLINE, words.say("question-unknown"))]
        left = await self._show(Choice(words, words.say("question-when"), [*moments, *others]))
        if left is None:
            return
        if left == _DECLINE:
            self._tell(await self._ask(Decline(self._number(), question.id)))
            return
        at_ms = await self._other_time(snapshot, question.earliest_ms) if left == _OTHER_TIME else int(left)
        if at_ms is not None:
            self._tell(await self._ask(Answer(self._number(), question.id, at_ms)))

    async def set_terminal(self) -> None:
        """What a scan means here until further notice."""
        words = self._words()
        options = [
            (each or "set", words.say(f"direction-{each or 'set'}")) for each in ("", "toggle", "in", "out")
        ]
        chosen = await self._show(Choice(words, words.say("staff-terminal"), options))
        entered = await self._form("staff-terminal", ("activity",)) if chosen else None
        if chosen is not None and entered is not None:
            direction = "" if chosen == "set" else chosen
            asked = SetTerminal(self._number(), direction, entered["activity"].strip())
            self._tell(await self._ask(asked))

    async def out_of_order(self) -> None:
        """Take the terminal out of service, or put it back."""
        snapshot = self._app.state.snapshot
        if snapshot is not None:
            wanted = not snapshot.status.out_of_order
            self._tell(await self._ask(SetOutOfOrder(self._number(), out_of_order=wanted)))

    async def restart_device(self) -> None:
        """Close a device and open it anew."""
        snapshot, words = self._app.state.snapshot, self._words()
        devices = snapshot.status.devices if snapshot else []
        options = [(one.name, f"{one.name}  {words.code('device', one.state)}") for one in devices]
        chosen = await self._show(Choice(words, words.say("staff-restart_device"), options))
        if chosen is not None:
            self._tell(await self._ask(RestartDevice(self._number(), chosen)))

    async def _find(self) -> str | None:
        """The number of a volunteer whom staff looked for and chose."""
        entered = await self._form("staff-find", ("text",))
        if entered is None:
            return None
        people = await self._ask(Find(self._number(), entered["text"]))
        if not isinstance(people, People):
            self._tell(people)
            return None
        words = self._words()
        options = [(one.volunteer, f"{one.volunteer}  {one.name}") for one in people.found]
        return await self._show(Choice(words, words.say("staff-find"), options))

    async def _other_time(self, snapshot: Snapshot, from_ms: int) -> int | None:
        entered = await self._form("question-when", ("time",))
        if entered is None:
            return None
        at_ms = moment_at(snapshot, entered["time"], from_ms)
        if at_ms is None:
            self._tell(Result(0, ok=False, code=DenialCode.NO_SUCH_TIME))
        return at_ms

    async def _form(self, title: str, names: tuple[str, ...]) -> Entered | None:
        words = self._words()
        fields = [Field(name, words.say(f"field-{name}"), secret=name.endswith("pin")) for name in names]
        return await self._show(Form(words, words.say(title), fields))

    def _show(self, screen: Screen[_Asked]) -> Awaitable[_Asked | None]:
        return self._app.push_screen_wait(screen)

    async def _ask(self, request: Request) -> Reply:
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[request.request] = waiting
        if not self._app.send(request):
            return Result(request.request, ok=False, code=DenialCode.NO_ANSWER)
        try:
            reply = await asyncio.wait_for(waiting, ANSWER_WITHIN_S)
        except TimeoutError:
            self._waiting.pop(request.request, None)
            return Result(request.request, ok=False, code=DenialCode.NO_ANSWER)
        if isinstance(reply, Result) and reply.code == DenialCode.NOT_LOGGED_IN:
            self.name = ""
        return reply

    def _tell(self, reply: Reply) -> None:
        if isinstance(reply, Result):
            words = self._words()
            text = display(result_text(reply, words), words.direction)
            self._app.notify(text, severity="information" if reply.ok else "warning", markup=False)

    def _number(self) -> int:
        return self._app.next_request()

    def _time(self, at_ms: int) -> str:
        snapshot = self._app.state.snapshot
        return time_at_site(snapshot, at_ms) if snapshot else ""
