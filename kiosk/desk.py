"""Answers what clients ask on the local socket, and asks volunteers when they left.

A request is judged between two readings, so that nothing happens in between; what it changes is in the log
before anybody hears that it was done.
"""

from collections.abc import Callable
from typing import Protocol

import structlog

from kiosk import entries, questions
from kiosk.clock_trust import clock_trust
from kiosk.engine import Engine
from kiosk.entries import Denied, Scene
from kiosk.local_messages import Decided, FromEngine
from kiosk.log_keeper import stamp_now
from kiosk.questions import Asked, AskingPolicy
from kiosk.request_messages import Answer, Cancel, Decline, Question, QuestionEnded, Request, Result
from muster.clock import Clock
from muster.errors import LogError
from sync.events import Event
from sync.log import Log

_logger = structlog.get_logger()

Publish = Callable[[FromEngine], None]


class Asker(Protocol):
    """The client that a request came from."""

    def tell(self, message: FromEngine, /) -> None:
        """Send this client a message; returns at once."""


class Desk:
    """One terminal's desk: requests in, results out; `publish` tells every client."""

    def __init__(
        self, engine: Engine, log: Log, clock: Clock, policy: AskingPolicy, publish: Publish
    ) -> None:
        self._engine = engine
        self._log = log
        self._clock = clock
        self._policy = policy
        self._publish = publish
        self._asked = Asked(policy)

    def take(self, request: Request, asker: Asker) -> None:
        """Take a request on its client's thread; the answer follows, on the engine's."""

        def judge() -> None:
            asker.tell(self._judged(request, self._scene()))

        if not self._engine.do(judge):
            asker.tell(Result(request.request, ok=False, code="busy"))

    def announced(self, decided: Decided) -> None:
        """A reading was decided on: whoever has forgotten a check-out is asked now. The engine's thread."""

        trust, mono_ms = clock_trust(self._clock).state, self._clock.mono_ms()
        self._tell(self._asked.after(decided, self._engine.presence, self._engine.roster, trust, mono_ms))

    def beat(self) -> None:
        """Time goes by: a question that nobody answers ends. The engine's thread."""
        self._tell(self._asked.beat(self._clock.mono_ms()))

    def _judged(self, request: Request, scene: Scene) -> FromEngine:
        match request:
            case Answer():
                claim = entries.claim(request, self._asked.now, self._policy.close_after_min, scene)
                return self._write(request, claim, "answered", scene)
            case Decline():
                return self._decline(request, scene)
            case Cancel():
                correction = entries.correction(request, self._log.epoch, scene)
                return self._write(request, correction, "cancelled", scene)
            case _:
                return Result(request.request, ok=False, code="not_logged_in")

    def _scene(self) -> Scene:
        return Scene(
            self._log.terminal, stamp_now(self._clock), "", self._engine.presence, self._engine.roster
        )

    def _decline(self, request: Decline, scene: Scene) -> Result:
        forgotten = questions.find(request.question, scene.presence)
        if forgotten is None:
            return Result(request.request, ok=False, code="no_such_question")
        if not scene.staff and request.question != self._asked.now:
            return Result(request.request, ok=False, code="not_logged_in")
        scene.presence.leave_open(forgotten.volunteer)
        self._tell(self._asked.end("declined", request.question))
        return Result(request.request, ok=True, code="declined")

    def _write(self, request: Answer | Cancel, made: Event | Denied, done: str, scene: Scene) -> Result:
        """Log what was asked for, and only then say that it is done."""
        if isinstance(made, Denied):
            return Result(request.request, ok=False, code=made.code, name=made.name, seconds=made.seconds)
        try:
            logged = self._log.append(made)
        except LogError as error:
            _logger.critical("not_recorded", request=type(request).__name__, error=str(error))
            return Result(request.request, ok=False, code="not_recorded")
        volunteer = scene.roster.volunteer_in(logged)
        scene.presence.fold(logged, volunteer)
        if isinstance(request, Answer):
            self._tell(self._asked.end("answered", request.question))
        person = scene.roster.person(volunteer) if volunteer else None
        return Result(request.request, ok=True, code=done, name=person.name if person else "")

    def _tell(self, messages: list[Question | QuestionEnded]) -> None:
        for message in messages:
            self._publish(message)
