"""The volunteers' screen: `muster screen`, full screen on the terminal, readable from two metres."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget

from foundation.words import Direction
from kiosk.local_api.client import EngineGone, Heard
from kiosk.local_api.messages import Decided, Outcome, Typed
from kiosk.local_api.replies import Question, QuestionEnded, Result
from kiosk.local_api.requests import Answer, Cancel, Decline, DenialCode
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp, run
from kiosk.screens.lines import Lines
from kiosk.screens.panel import DrawnLine, Face, Panel, drawn
from kiosk.screens.question_view import CAN_BE_TAKEN_BACK, LONGEST_TIME, choices_of, time_typed
from kiosk.screens.results import VERMILLION
from kiosk.screens.terminal_state import moment_at
from kiosk.screens.volunteer_view import (
    NO_ANSWER,
    Doing,
    beside,
    heading,
    notices_for_all,
    panel,
    site_words,
    spread,
    status_line,
)
from sync.contract.events import Method

RESULT_SHOWN_S = 4
ANSWER_WITHIN_S = 5
TYPING_ENDS_AFTER_S = 30
"""A half-typed code is deleted so that the next person does not find it."""
CONFIRM_WITHIN_S = 20
MOST_DIGITS = 12


class VolunteerScreen(EngineApp):
    """Shows each result for a few seconds, and hands typed digits to the engine."""

    CLIENT = "screen"
    CSS = f"""
    Screen {{ background: #000000; color: #FFFFFF; overflow: hidden; }}
    #demo {{ height: 1; background: {VERMILLION}; color: #000000; text-style: bold; text-align: center; }}
    _PanelView {{ height: 1fr; padding: 0 1; content-align: center middle; text-align: center; }}
    #heading, #code, #status {{ height: 1; padding: 0 1; }}
    #code {{ text-style: bold; }}
    """

    def __init__(self, socket: Path, language: str | None = None, seconds: int | None = None) -> None:
        """`seconds`, how long a result stays, and `language` override what the engine says."""
        super().__init__(socket, language, self.hear)
        self._seconds = seconds
        self._doing = Doing()
        self._result_timer: Timer | None = None
        self._typing_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """One line each round the panel, which takes what is left."""
        yield Lines(id="demo")
        yield Lines(id="heading")
        yield _PanelView()
        yield Lines(id="code")
        yield Lines(id="status")

    def on_mount(self) -> None:
        """Draw before the engine answers; Textual calls the listening class's `on_mount` as well."""
        self._draw()

    def hear(self, heard: Heard) -> None:
        """Show a result; forget what was going on when the engine is lost."""
        match heard:
            # Whom staff write down stands elsewhere; who sends a text without the screen's digits may, too.
            case Decided() if heard.method != Method.MANUAL and not heard.from_afar:
                self._show(heard)
            case Question():
                shown = self._doing.shown
                of_them = shown if shown and shown.volunteer == heard.volunteer else None
                self._doing = replace(self._doing, question=heard, asked_with=of_them)
            case QuestionEnded() if self._doing.question and self._doing.question.id == heard.id:
                self._doing = replace(self._doing, question=None)
            case Result():
                self._notice(heard)
            case EngineGone():
                self._doing = Doing()
        self._draw()

    def on_key(self, event: Key) -> None:
        """The keypad: digits, Enter, Backspace, Escape; nothing else does anything."""
        if self.state.gone:
            return  # nobody would receive the digits, and the next person must not find them
        key = event.key
        if event.character and event.character.isdecimal():
            key = str(unicodedata.decimal(event.character))
        if self._press(key):
            event.stop()
            self._draw()

    def action_press(self, key: str) -> None:
        """Touching a line does what its key does; a touched choice needs no Enter."""
        if not self.state.gone and self._press(key):
            if key.isdecimal():
                self._submit()
            self._draw()

    def _press(self, key: str) -> bool:
        """What a key does; False for one that does nothing."""
        typed = self._doing.typed
        if self._doing.taking_back:
            self._confirm(yes=key == "enter")
            return True
        match key:
            case "enter":
                self._submit()
            case "backspace" | "delete" if not typed and self._can_take_back():
                self._doing = replace(self._doing, taking_back=self._doing.shown)
                self._expect(CONFIRM_WITHIN_S, self._end_result)
            case "backspace" | "delete":
                self._type(typed[:-1])
            case "escape":
                self._type("")
            case _ if key.isdecimal():
                self._type((typed + key)[:MOST_DIGITS])
            case _:
                return False
        return True

    def _can_take_back(self) -> bool:
        shown = self._doing.shown
        return shown is not None and bool(shown.seq) and shown.outcome in CAN_BE_TAKEN_BACK

    def _confirm(self, *, yes: bool) -> None:
        shown = self._doing.taking_back
        if shown and yes and self.send(Cancel(self.next_request(), shown.seq)):
            self._doing = Doing(language=shown.language)
            self._expect(ANSWER_WITHIN_S, self._miss_answer)
        else:
            self._doing = replace(self._doing, taking_back=None)
            self._expect(self._result_shown_s(), self._end_result)

    def _reply_at(self, question: Question, at_ms: int | None) -> None:
        """Answer by a time that was typed; one that cannot be is told at once, and the question stays."""
        if at_ms is not None and at_ms <= question.latest_ms:
            self._reply(question, at_ms)
            return
        denied = Result(0, ok=False, code=DenialCode.OUT_OF_BOUNDS)
        self._doing = replace(self._doing, typed="", notice=denied, language=question.language)
        self._expect(self._result_shown_s(), self._end_result)

    def _reply(self, question: Question, at_ms: int | None) -> None:
        number = self.next_request()
        asked = Decline(number, question.id) if at_ms is None else Answer(number, question.id, at_ms)
        if self.send(asked):
            _stop(self._typing_timer)
            self._doing = Doing(language=question.language)
            self._expect(ANSWER_WITHIN_S, self._miss_answer)

    def _notice(self, result: Result) -> None:
        self._doing = Doing(typed=self._doing.typed, notice=result, language=self._doing.language)
        self._expect(self._result_shown_s(), self._end_result)

    def _type(self, digits: str) -> None:
        # Whoever types is the next person: the last result has been read.
        self._doing = replace(self._doing, typed=digits, shown=None, beside=(), notice=None)
        _stop(self._typing_timer)
        if digits:
            self._typing_timer = self.set_timer(TYPING_ENDS_AFTER_S, self._forget_typed)

    def _submit(self) -> None:
        typed, question = self._doing.typed, self._doing.question
        if question and len(typed) <= 1:
            choices = choices_of(question)
            if typed in choices:
                self._reply(question, choices[typed])
        elif question and (clock := time_typed(typed)) and self.state.snapshot:
            self._reply_at(question, moment_at(self.state.snapshot, clock, question.earliest_ms))
        elif typed and self.send(Typed(typed)):
            _stop(self._typing_timer)
            self._doing = Doing(checked=typed)
            self._expect(ANSWER_WITHIN_S, self._miss_answer)

    def _show(self, decided: Decided) -> None:
        others = beside(self._doing, decided)
        self._doing = Doing(typed=self._doing.typed, shown=decided, beside=others)
        self._expect(self._result_shown_s(), self._end_result)

    def _result_shown_s(self) -> int:
        """As the settings that are in force now say."""
        said = self.state.snapshot.result_shown_s if self.state.snapshot else RESULT_SHOWN_S
        return said if self._seconds is None else self._seconds

    def _expect(self, seconds: int, then: Callable[[], None]) -> None:
        """After so long, unless something else happens first."""
        _stop(self._result_timer)
        self._result_timer = self.set_timer(seconds, then)

    def _end_result(self) -> None:
        self._doing = replace(self._doing, shown=None, beside=(), taking_back=None, notice=None)
        self._draw()

    def _miss_answer(self) -> None:
        status = self.state.snapshot.status if self.state.snapshot else None
        at_ms = status.wall_ms if status else 0
        self._show(Decided(at_ms, self.CLIENT, "", Outcome.NOT_RECORDED, NO_ANSWER))
        self._draw()

    def _forget_typed(self) -> None:
        self._doing = replace(self._doing, typed="")
        self._draw()

    def _draw(self) -> None:
        state, language = self.state, self.language
        words = site_words(state, language)
        answers = self._doing.question is not None and len(self._doing.typed) <= LONGEST_TIME
        types = self._doing.typed and not answers
        code = f"{words.say('typing-label')}: {self._doing.typed}" if types else ""
        self.query_one("#demo").display = bool(state.snapshot and state.snapshot.demo)
        banner = Content(display(words.say("demo-banner"), words.direction))
        self.query_one("#demo", Lines).show(lambda _: [banner])
        for name, ends in (
            ("#heading", heading(state, language)),
            ("#code", (code, "")),
            ("#status", (status_line(state, language), "")),
        ):
            self.query_one(name, Lines).show(partial(_spread, ends, words.direction))
        shown = panel(state, self._doing, language)
        self.query_one(_PanelView).show(shown)
        if shown.face is Face.IDLE and state.snapshot:
            self.tell_shown(notices_for_all(state.snapshot))


class _PanelView(Widget):
    """The middle of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._panel: Panel | None = None

    def show(self, shown: Panel) -> None:
        self._panel = shown
        self.styles.background = shown.look.paper
        self.styles.color = shown.look.ink
        self.styles.border = (shown.look.border, shown.look.ink)
        self.refresh(layout=True)

    def render(self) -> Content:
        if self._panel is None:
            return Content("")
        parts = drawn(self._panel, self.content_size.width, self.content_size.height)
        return Content("\n").join(map(_content, parts))


def _content(line: DrawnLine) -> Content:
    shown = Content.styled(line.text, "bold" if line.strong else "")
    if not line.key:
        return shown
    return shown.stylize(Style.from_meta({"@click": f"app.press('{line.key}')"}))


def _spread(ends: tuple[str, str], direction: Direction, width: int) -> list[Content]:
    return [Content(spread(*ends, width, direction))]


def _stop(timer: Timer | None) -> None:
    if timer is not None:
        timer.stop()


def run_screen(socket: Path, language: str | None) -> None:
    """Run the volunteers' screen until its service is stopped."""
    run(VolunteerScreen(socket, language))
