"""The conversation of one monitor with the engine: requests and their answers, and who is logged in.

A session that ends while a form is open is begun again by the same person's PIN, and the request goes on:
nothing that was entered is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec
from textual.screen import Screen

from foundation.words import Words
from kiosk.local_api.codes import DenialCode
from kiosk.local_api.replies import Reply, Result
from kiosk.local_api.requests import (
    LONGEST_MESSAGE,
    LONGEST_NOTE,
    LONGEST_REMARK,
    Examine,
    ExportLog,
    LeaveInBulk,
    Login,
    Logout,
    Request,
    TryDevice,
)
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp
from kiosk.screens.monitor.forms import Entered, Fault, Field, Form
from kiosk.screens.question_view import result_text
from kiosk.screens.terminal_state import time_at_site

ANSWER_WITHIN_S = 20
EACH_WITHIN_S = 0.1
"""More for each person whom one request writes down: a slow card takes its time for each."""
LONGER_S: dict[type[Request], int] = {TryDevice: 30, Examine: 60, ExportLog: 600}
"""How much longer some requests may take than the others."""
_ABOUT = {
    DenialCode.WRONG_PIN: ("second_pin", "pin"),
    DenialCode.PIN_PAUSED: ("second_pin", "pin"),
    DenialCode.SAME_PERSON: ("second",),
    DenialCode.OWN_TIME: ("second",),
    DenialCode.NO_REASON: ("reason",),
    DenialCode.NO_NAME: ("name",),
    DenialCode.NO_REMARK: ("remark",),
    DenialCode.WRONG_COUNT: ("count",),
    DenialCode.NO_TEXT: ("message",),
    DenialCode.NO_SUCH_TIME: ("time",),
    DenialCode.FUTURE_TIME: ("time",),
    DenialCode.TOO_LONG_AGO: ("time",),
    DenialCode.OUT_OF_BOUNDS: ("time",),
    DenialCode.BEFORE_CHECK_IN: ("time",),
    DenialCode.ACTIVITY_NOT_EXECUTING: ("time",),
}
"""Beside which field a denial is told: the first of these that the form has."""

_LONGEST_NAME = 80
_LONGEST = {
    "staff": 300,
    "second": 300,
    "reason": 300,
    "remark": 300,
    "text": 300,
    "telephone": 30,
    "count": 5,
    "note": LONGEST_NOTE,
    "finding": LONGEST_REMARK,
    "message": LONGEST_MESSAGE,
}
"""How many characters the engine takes."""

_Asked = TypeVar("_Asked")


class StaffSession:
    """Asks the engine for one monitor; `name` is who is logged in, "" for nobody."""

    def __init__(self, app: EngineApp, words: Callable[[], Words]) -> None:
        self.app = app
        self.words = words
        self.name = ""
        self.role = ""
        self._reference = ""
        self._waiting: dict[int, asyncio.Future[Reply]] = {}

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

    def ended(self) -> None:
        """The engine ended the session, because nobody used it."""
        self.name = ""

    async def log_in(self) -> None:
        """Begin a session with reference and PIN."""

        async def try_it(entered: Entered) -> Fault | None:
            return await self._begin(entered["staff"], entered["pin"], ("pin",))

        await self.form("staff-log_in", ("staff", "pin"), try_it)

    async def log_out(self) -> None:
        """End the session."""
        self.tell(await self._sent(Logout(0)))
        self.name = self._reference = ""

    async def ask(self, request: Request) -> Reply:
        """The engine's answer; whoever's session ended meanwhile is asked for their PIN once more."""
        reply = await self._sent(request)
        if not isinstance(reply, Result) or reply.code != DenialCode.NOT_LOGGED_IN:
            return reply
        whose, self.name = self._reference, ""
        if whose and await self._begun_again(whose):
            return await self._sent(request)
        return reply

    async def do(self, request: Request, fields: tuple[str, ...] = ()) -> Fault | None:
        """Ask for something to be done and tell that it is; why not, beside one of the form's fields."""
        reply = await self.ask(request)
        if isinstance(reply, Result) and not reply.ok:
            return self.fault(reply, fields)
        self.tell(reply)
        return None

    async def form(
        self,
        title: str,
        names: tuple[str, ...],
        submit: Callable[[Entered], Awaitable[Fault | None]],
        about: str = "",
        given: Mapping[str, str] | None = None,
    ) -> Entered | None:
        """What was entered once it was taken; `about` names whom and what; `given` stands in it."""
        words = self.words()
        fields = [
            Field(
                name,
                words.say(f"field-{name}", most=_LONGEST.get(name, _LONGEST_NAME)),
                (given or {}).get(name, ""),
                secret=name.endswith("pin"),
                most=_LONGEST.get(name, _LONGEST_NAME),
            )
            for name in names
        ]
        heading = " · ".join(filter(None, (words.say(title), about)))
        return await self.show(Form(words, heading, fields, submit))

    def show(self, screen: Screen[_Asked]) -> Awaitable[_Asked | None]:
        """Lay a form over the page and wait for what comes of it."""
        return self.app.push_screen_wait(screen)

    def fault(self, result: Result, fields: tuple[str, ...]) -> Fault:
        """A denial as the form tells it."""
        places = _ABOUT.get(DenialCode(result.code), ()) if result.code in set(DenialCode) else ()
        place = next((field for field in places if field in fields), "")
        return Fault(result_text(result, self.words()), place)

    def refused(self, reply: Reply, fields: tuple[str, ...]) -> Fault | None:
        """Why there is no list to show, as the form tells it."""
        return self.fault(reply, fields) if isinstance(reply, Result) else None

    def denied(self, code: DenialCode, fields: tuple[str, ...]) -> Fault:
        """What the monitor sees by itself."""
        return self.fault(Result(0, ok=False, code=code), fields)

    def is_done(self, reply: Reply) -> bool:
        """Whether the engine did what it was asked for."""
        return isinstance(reply, Result) and reply.ok

    def say(self, message: str, **arguments: int) -> None:
        """Tell something that is done."""
        words = self.words()
        self.app.notify(display(words.say(message, **arguments), words.direction), markup=False)

    def time(self, at_ms: int) -> str:
        """A moment by the site's clock."""
        snapshot = self.app.state.snapshot
        return time_at_site(snapshot, at_ms) if snapshot else ""

    def tell(self, reply: Reply) -> None:
        """Say what became of a request."""
        if isinstance(reply, Result):
            words = self.words()
            text = display(result_text(reply, words), words.direction)
            self.app.notify(text, severity="information" if reply.ok else "warning", markup=False)

    async def _begin(self, staff: str, pin: str, fields: tuple[str, ...]) -> Fault | None:
        result = await self._sent(Login(0, staff, pin))
        if not isinstance(result, Result) or not result.ok:
            return self.fault(result, fields) if isinstance(result, Result) else None
        self.name, self.role, self._reference = result.name, result.role, staff
        self.tell(result)
        return None

    async def _begun_again(self, whose: str) -> bool:
        async def try_it(entered: Entered) -> Fault | None:
            return await self._begin(whose, entered["pin"], ("pin",))

        return await self.form("staff-log_in_again", ("pin",), try_it, whose) is not None

    async def _sent(self, request: Request) -> Reply:
        request = msgspec.structs.replace(request, request=self.app.next_request())
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[request.request] = waiting
        if not self.app.send(request):
            return Result(request.request, ok=False, code=DenialCode.NO_ANSWER)
        try:
            people = len(request.volunteers) if isinstance(request, LeaveInBulk) else 0
            longer_s = LONGER_S.get(type(request), 0) + people * EACH_WITHIN_S
            return await asyncio.wait_for(waiting, ANSWER_WITHIN_S + longer_s)
        except TimeoutError:
            self._waiting.pop(request.request, None)
            return Result(request.request, ok=False, code=DenialCode.NO_ANSWER)
