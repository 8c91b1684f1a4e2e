"""The volunteers' screen: `muster screen`, full screen on the terminal, readable from two metres."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key, Resize
from textual.timer import Timer
from textual.widgets import Static

from kiosk.local_client import EngineGone, Heard
from kiosk.local_messages import Decided, Outcome, Typed
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp, run
from kiosk.screens.results import VERMILLION
from kiosk.screens.volunteer_view import (
    NO_ANSWER,
    Doing,
    drawn,
    heading,
    panel,
    site_words,
    spread,
    status_line,
)

RESULT_SHOWN_S = 4
ANSWER_WITHIN_S = 5
TYPING_ENDS_AFTER_S = 30
"""A half-typed code is deleted so that the next person does not find it."""
MOST_DIGITS = 12

_ROWS_AROUND_PANEL = 2
_COLUMNS_AROUND_PANEL = 4


class VolunteerScreen(EngineApp):
    """Shows each result for a few seconds, and hands typed digits to the engine."""

    CLIENT = "screen"
    CSS = f"""
    Screen {{ background: #000000; color: #FFFFFF; overflow: hidden; }}
    Static {{ height: 1; text-wrap: nowrap; }}
    #demo {{ background: {VERMILLION}; color: #000000; text-style: bold; text-align: center; }}
    #heading {{ padding: 0 1; }}
    #panel {{ height: 1fr; padding: 0 1; content-align: center middle; text-align: center; }}
    #code {{ padding: 0 1; text-style: bold; }}
    #status {{ padding: 0 1; }}
    """

    def __init__(self, socket: Path, language: str | None = None, seconds: int = RESULT_SHOWN_S) -> None:
        """`seconds` is how long a result stays; `language` overrides the site's."""
        super().__init__(socket, language)
        self._seconds = seconds
        self._doing = Doing()
        self._result_timer: Timer | None = None
        self._typing_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """One line each round the panel, which takes what is left."""
        for name in ("demo", "heading", "panel", "code", "status"):
            yield Static(id=name, markup=False)

    def on_mount(self) -> None:
        """Draw before the engine answers; Textual calls the listening class's `on_mount` as well."""
        self._draw()

    def on_resize(self, _: Resize) -> None:
        """Lines are laid out by cells, so a new size means new lines."""
        self.call_after_refresh(self._draw)

    def hear(self, heard: Heard) -> None:
        """Show a result; forget what was going on when the engine is lost."""
        match heard:
            case Decided():
                self._show(heard)
            case EngineGone():
                self._doing = Doing()
        self._draw()

    def on_key(self, event: Key) -> None:
        """The keypad: digits, Enter, Backspace, Escape; nothing else does anything."""
        if self.state.gone:
            return  # nobody would receive the digits, and the next person must not find them
        typed = self._doing.typed
        match event.key:
            case "enter":
                self._submit()
            case "backspace" | "delete":
                self._type(typed[:-1])
            case "escape":
                self._type("")
            case _ if event.character and event.character.isdecimal():
                self._type((typed + str(unicodedata.decimal(event.character)))[:MOST_DIGITS])
            case _:
                return
        event.stop()
        self._draw()

    def _type(self, digits: str) -> None:
        # Whoever types is the next person: the last result has been read.
        self._doing = replace(self._doing, typed=digits, shown=None)
        _stop(self._typing_timer)
        if digits:
            self._typing_timer = self.set_timer(TYPING_ENDS_AFTER_S, self._forget_typed)

    def _submit(self) -> None:
        typed = self._doing.typed
        if typed and self.send(Typed(typed)):
            _stop(self._typing_timer)
            self._doing = Doing(checked=typed)
            self._expect(ANSWER_WITHIN_S, self._miss_answer)

    def _show(self, decided: Decided) -> None:
        self._doing = Doing(typed=self._doing.typed, shown=decided)
        self._expect(self._seconds, self._end_result)

    def _expect(self, seconds: int, then: Callable[[], None]) -> None:
        """After so long, unless something else happens first."""
        _stop(self._result_timer)
        self._result_timer = self.set_timer(seconds, then)

    def _end_result(self) -> None:
        self._doing = replace(self._doing, shown=None)
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
        words = site_words(self.state, self.language)
        direction = words.direction
        width = self.size.width - 2
        demo = self.query_one("#demo", Static)
        demo.display = bool(self.state.snapshot and self.state.snapshot.demo)
        demo.update(display(words.say("demo-banner"), direction))
        self.query_one("#heading", Static).update(
            spread(*heading(self.state, self.language), width, direction)
        )
        code = f"{words.say('typing-label')}: {self._doing.typed}" if self._doing.typed else ""
        self.query_one("#code", Static).update(spread(code, "", width, direction))
        line = status_line(self.state, self.language)
        self.query_one("#status", Static).update(spread(line, "", width, direction))
        self._draw_panel(4 + demo.display)

    def _draw_panel(self, other_rows: int) -> None:
        widget = self.query_one("#panel", Static)
        shown = panel(self.state, self._doing, self.language)
        widget.styles.background = shown.look.paper
        widget.styles.color = shown.look.ink
        widget.styles.border = (shown.look.border, shown.look.ink)
        width = max(1, self.size.width - _COLUMNS_AROUND_PANEL)
        height = self.size.height - other_rows - _ROWS_AROUND_PANEL
        parts = [(line, "bold" if strong else "") for line, strong in drawn(shown, width, height)]
        widget.update(Content("\n").join(Content.styled(line, style) for line, style in parts))


def _stop(timer: Timer | None) -> None:
    if timer is not None:
        timer.stop()


def run_screen(socket: Path, language: str | None, seconds: int) -> None:
    """Run the volunteers' screen until its service is stopped."""
    run(VolunteerScreen(socket, language, seconds))
