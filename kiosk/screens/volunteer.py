"""The volunteers' screen: `muster screen`, full screen on the terminal, readable from two metres."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Key, Resize
from textual.timer import Timer

from drivers.rhythms import Signal, bells
from foundation.words import Direction
from kiosk.local_api.client import EngineGone, Heard
from kiosk.local_api.codes import DenialCode
from kiosk.local_api.messages import Decided, Display, Outcome, ScreenSize, Seen, Snapshot, Typed
from kiosk.local_api.replies import Question, QuestionEnded, Result
from kiosk.local_api.requests import Answer, Cancel, Decline
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp
from kiosk.screens.lines import Lines
from kiosk.screens.panel import Face, Panel
from kiosk.screens.question_view import CAN_BE_TAKEN_BACK, LONGEST_TIME, choices_of, time_typed
from kiosk.screens.results import DIM
from kiosk.screens.terminal_state import moment_at, time_at_site
from kiosk.screens.volunteer_view import NO_ANSWER, Doing, heading, panel, site_words, spread, status_line
from kiosk.screens.volunteers.dimmed import Dimmed
from kiosk.screens.volunteers.idle import notices_for_all
from kiosk.screens.volunteers.panel_view import PanelView
from kiosk.screens.volunteers.reading_time import shown_for_s
from kiosk.screens.volunteers.strip import is_for_the_screen, strip

RESULT_SHOWN_S = 4
ANSWER_WITHIN_S = 5
TYPING_ENDS_AFTER_S = 30
"""A half-typed code is deleted so that the next person does not find it."""
CONFIRM_WITHIN_S = 20
MOST_DIGITS = 12
OPENS_STAFFS_VIEW = frozenset({"f2", "asterisk"})
"""What opens the staff's view: on a keyboard, and on a number pad."""
_BETWEEN_HOURS_AND_MINUTES = frozenset({"colon", "full_stop", "comma", "decimal"})
SHOWN_AT_LEAST_S = 1.0
"""Nobody's answer is taken away sooner, however many come at once."""


class VolunteerScreen(EngineApp):
    """Shows each result for a few seconds, and hands typed digits to the engine."""

    CLIENT = "screen"
    CSS_PATH = "volunteer.tcss"

    def __init__(
        self,
        socket: Path,
        language: str | None = None,
        seconds: int | None = None,
        *,
        answer: Decided | None = None,
    ) -> None:
        """`seconds`, how long a result stays, and `language` override what the engine says.

        `answer` is shown first: somebody was decided about while another view stood here.
        """
        super().__init__(socket, language, self.hear)
        self.staff_wanted = False
        self._answer_before = answer
        self._seconds = seconds
        self._doing = Doing()
        self._result_timer: Timer | None = None
        self._typing_timer: Timer | None = None
        self._dim_timer: Timer | None = None
        self._holds = False
        self._dimmed = False

    def compose(self) -> ComposeResult:
        """One line each round the panel, which takes what is left."""
        yield Lines(id="demo")
        yield Lines(id="heading")
        yield PanelView()
        yield Lines(id="code")
        yield Lines(id="status")

    def on_mount(self) -> None:
        """Draw before the engine answers; Textual calls the listening class's `on_mount` as well."""
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Tell the engine, so that a technician learns from how far this can be read."""
        self.send(ScreenSize(event.size.width, event.size.height))

    def hear(self, heard: Heard) -> None:
        """Show a result; forget what was going on when the engine is lost."""
        match heard:
            case Decided() if is_for_the_screen(heard):
                self._wake()
                self._ring(heard.outcome)
                self._show(heard)
            case Seen():
                self._wake()
                self._tell_seen(heard)
            case Question():
                self._wake()
                self._ask(heard)
            case QuestionEnded():
                self._end_question(heard.id)
            case Result():
                self._wake()
                self._notice(heard)
            case Snapshot():
                self.send(ScreenSize(self.size.width, self.size.height))
                if self._dim_timer is None:
                    self._wake()
                if self._answer_before is not None:
                    self._show(self._answer_before)
                    self._answer_before = None
            case EngineGone():
                self._doing = Doing()
                self._wake()
        self._draw()

    def on_click(self, _: Click) -> None:
        """A touch wakes the screen."""
        self._wake()
        self._draw()

    def on_key(self, event: Key) -> None:
        """The keypad: digits, Enter, Backspace, Escape, and what staff open their view with; nothing else."""
        if event.key in OPENS_STAFFS_VIEW:
            self.staff_wanted = True
            self.exit()
            return
        if self.state.gone:
            return  # nobody would receive the digits, and the next person must not find them
        self._wake()
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
            case _ if key in _BETWEEN_HOURS_AND_MINUTES and self._doing.question:
                pass  # 18:10 is what 1810 is
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
        self._hold()
        self._doing = Doing(
            typed=self._doing.typed,
            notice=result,
            language=self._doing.language,
            waiting=self._doing.waiting,
        )
        self._expect(self._result_shown_s(), self._end_result)

    def _type(self, digits: str) -> None:
        # Whoever types is the next person: the last result has been read.
        status = self.state.snapshot.status if self.state.snapshot else None
        until_ms = status.wall_ms + TYPING_ENDS_AFTER_S * 1000 if status and digits else None
        self._doing = replace(
            self._doing, typed=digits, typed_until_ms=until_ms, wrong="", shown=None, notice=None
        )
        _stop(self._typing_timer)
        if digits:
            self._typing_timer = self.set_timer(TYPING_ENDS_AFTER_S, self._forget_typed)

    def _submit(self) -> None:
        typed, question = self._doing.typed, self._doing.question
        if question and len(typed) <= LONGEST_TIME:
            choices, clock = choices_of(question), time_typed(typed)
            if typed in choices:
                self._reply(question, choices[typed])
            elif clock and self.state.snapshot:
                self._reply_at(question, moment_at(self.state.snapshot, clock, question.earliest_ms))
            else:
                _stop(self._typing_timer)
                self._doing = replace(self._doing, typed="", wrong=typed)
        elif typed and self.send(Typed(typed)):
            _stop(self._typing_timer)
            self._doing = Doing(checked=typed)
            self._expect(ANSWER_WITHIN_S, self._miss_answer)

    def _show(self, decided: Decided) -> None:
        """Now, or once the answer before has stood long enough to be seen."""
        if self._holds:
            self._doing = replace(self._doing, waiting=(*self._doing.waiting, decided))
            return
        self._hold()
        self._doing = Doing(typed=self._doing.typed, shown=decided, waiting=self._doing.waiting)
        self._expect(self._shown_for_s(decided), self._end_result)

    def _tell_seen(self, seen: Seen) -> None:
        """Unless somebody reads their own answer, or is being asked."""
        if not self._holds and self._doing.taking_back is None and self._doing.question is None:
            self._doing = replace(self._doing, seen=seen.presented, shown=None, notice=None)
            self._expect(ANSWER_WITHIN_S, self._end_seen)

    def _end_seen(self) -> None:
        self._doing = replace(self._doing, seen="")
        self._draw()

    def _ask(self, question: Question) -> None:
        """A question comes with its person's own answer, and waits for its turn as that does."""
        shown = self._doing.shown
        of_them = shown if shown and shown.volunteer == question.volunteer else None
        if self._holds and (self._doing.waiting or of_them is None):
            self._doing = replace(self._doing, waiting=(*self._doing.waiting, question))
        else:
            self._doing = replace(self._doing, question=question, asked_with=of_them)

    def _end_question(self, question: str) -> None:
        waiting = tuple(one for one in self._doing.waiting if isinstance(one, Decided) or one.id != question)
        asked = self._doing.question
        is_asked = asked is not None and asked.id == question
        self._doing = replace(self._doing, question=None if is_asked else asked, waiting=waiting)

    def _hold(self) -> None:
        if SHOWN_AT_LEAST_S:
            self._holds = True
            self.set_timer(SHOWN_AT_LEAST_S, self._show_waiting)

    def _show_waiting(self) -> None:
        """Whose turn it is: an answer, and the questions that came right after it."""
        self._holds = False
        while self._doing.waiting and not self._holds:
            first, *others = self._doing.waiting
            self._doing = replace(self._doing, waiting=tuple(others))
            if isinstance(first, Decided):
                self._show(first)
                following = self._doing.waiting[:1]
                if following and isinstance(following[0], Question):
                    self._doing = replace(
                        self._doing,
                        question=following[0],
                        asked_with=first if first.volunteer == following[0].volunteer else None,
                        waiting=self._doing.waiting[1:],
                    )
            else:
                self._ask(first)
        self._draw()

    def _ring(self, outcome: Outcome) -> None:
        """As often as the outcome's rhythm beeps, where nothing but this terminal sounds."""
        if self.state.snapshot and self.state.snapshot.status.bell:
            self.bell()
            for after_ms in bells(Signal(outcome))[1:]:
                self.set_timer(after_ms / 1000, self.bell)

    def _shown_for_s(self, decided: Decided) -> int:
        if self._seconds is not None or self.state.snapshot is None:
            return self._result_shown_s()
        shown = panel(self.state, Doing(shown=decided), self.language)
        return shown_for_s(decided, shown, self._result_shown_s())

    def _result_shown_s(self) -> int:
        """As the settings that are in force now say."""
        said = self.state.snapshot.result_shown_s if self.state.snapshot else RESULT_SHOWN_S
        return said if self._seconds is None else self._seconds

    def _wake(self) -> None:
        """Somebody is there: be bright, and begin to wait for nobody anew."""
        self._dimmed = False
        _stop(self._dim_timer)
        minutes = self.state.snapshot.display.dims_after_min if self.state.snapshot else 0
        self._dim_timer = self.set_timer(minutes * 60, self._dim) if minutes else None

    def _dim(self) -> None:
        self._dimmed = True
        self._draw()

    def _expect(self, seconds: int, then: Callable[[], None]) -> None:
        """After so long, unless something else happens first."""
        _stop(self._result_timer)
        self._result_timer = self.set_timer(seconds, then)

    def _end_result(self) -> None:
        self._doing = replace(self._doing, shown=None, taking_back=None, notice=None)
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
        shown = panel(state, self._doing, language)
        dimmed = self._dimmed_now(shown)
        self.query_one("#demo").display = bool(state.snapshot and state.snapshot.demo)
        banner = Content(display(words.say("demo-banner"), words.direction))
        self.query_one("#demo", Lines).show(lambda _: [banner])
        for name, ends in (
            ("#heading", heading(state, language)),
            ("#status", (status_line(state, language), "")),
        ):
            self.query_one(name, Lines).show(partial(_spread, ("", "") if dimmed else ends, words.direction))
        self.query_one("#code", Lines).show(self._code_or_strip)
        given = state.snapshot.display if state.snapshot else Display()
        self.query_one(PanelView).show(shown, given, dimmed, sixteen=self.has_sixteen_colours)
        if shown.face is Face.IDLE and state.snapshot and not dimmed:
            self.tell_shown(notices_for_all(state.snapshot))

    def _code_or_strip(self, width: int) -> list[Content]:
        """What is being typed, else who came just now."""
        words, doing = site_words(self.state, self.language), self._doing
        if doing.typed and (doing.question is None or len(doing.typed) > LONGEST_TIME):
            return _spread((f"{words.say('typing-label')}: {doing.typed}", ""), words.direction, width)
        if self.state.snapshot is None or self.state.gone:
            return [Content("")]
        stands = doing.asked_with if doing.question else doing.shown
        return [Content(strip(self.state.snapshot, stands, words, width))]

    def _dimmed_now(self, shown: Panel) -> Dimmed | None:
        snapshot = self.state.snapshot
        if not self._dimmed or snapshot is None or shown.face is not Face.IDLE:
            return None
        now_ms = snapshot.status.wall_ms
        words = site_words(self.state, self.language)
        said = next((text.text for text in shown.paragraphs if not text.strong), "")
        return Dimmed(DIM, time_at_site(snapshot, now_ms), said, words.direction, now_ms // 60_000)


def _spread(ends: tuple[str, str], direction: Direction, width: int) -> list[Content]:
    return [Content(spread(*ends, width, direction))]


def _stop(timer: Timer | None) -> None:
    if timer is not None:
        timer.stop()
