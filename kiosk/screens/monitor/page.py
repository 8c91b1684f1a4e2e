"""The staff's view: `muster monitor`, on the terminal or over SSH."""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Event, Key
from textual.screen import Screen

from foundation.words import LANGUAGES, Direction, Words
from kiosk.local_api.client import EngineGone, Heard
from kiosk.local_api.replies import Reply, SessionEnded
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp, run
from kiosk.screens.lines import Lines, LinesOf
from kiosk.screens.monitor import actions, card, figures, groups, machine, people, roll_call
from kiosk.screens.monitor import view as monitor_view
from kiosk.screens.monitor.arranged import Arrangement
from kiosk.screens.monitor.choices import Choice
from kiosk.screens.monitor.keys import STAFF_KEYS, keys_line, keys_of
from kiosk.screens.monitor.session import StaffSession
from kiosk.screens.monitor.sheet import Sheet
from kiosk.screens.monitor.typed_badge import TypedBadge
from kiosk.screens.table import paragraph
from kiosk.screens.volunteer_view import heading, site_words, spread

_ACTIONS: Mapping[str, Callable[[StaffSession], Awaitable[None]]] = {
    "log_in_or_out": actions.log_in_or_out,
    "find": people.find,
    "walk_in": people.walk_in,
    "group": groups.group,
    "whose": card.whose,
    "missing": people.missing,
    "still_in": people.still_in,
    "figures": figures.show,
    "take_back": actions.take_back,
    "answer": actions.answer,
    "set_terminal": actions.set_terminal,
    "restart_device": actions.restart_device,
    "try_device": machine.try_device,
    "network": machine.network,
    "checkup": machine.checkup,
    "export": machine.export,
    "tell_centre": actions.tell_centre,
    "roll_call": roll_call.call_the_roll,
    "out_of_order": actions.out_of_order,
}


class Monitor(EngineApp):
    """One page: who is here, the last readings, the devices, the link, clock, disk and roster."""

    CLIENT = "monitor"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        *((key.pressed, key.action.removeprefix("app."), key.name) for key in STAFF_KEYS),
    ]
    CSS_PATH = "page.tcss"

    def __init__(self, socket: Path, language: str | None = None) -> None:
        """`language` overrides the site's; the key `l` changes it for as long as the view is open."""
        super().__init__(socket, language, self.hear)
        self._staff = StaffSession(self, self._words)
        self._typed = TypedBadge()
        self._arrangement = Arrangement()

    def compose(self) -> ComposeResult:
        """The page from top to bottom."""
        for name in ("demo", "heading", "lost"):
            yield Lines(id=name)
        with Vertical():
            with Horizontal():
                for name in ("here", "devices"):
                    yield _scrolled(name)
            yield _scrolled("readings")
            yield Lines(id="terminal")
        yield Lines(id="keys")

    def on_mount(self) -> None:
        """Draw before the engine answers; Textual calls the listening class's `on_mount` as well."""
        self._draw()

    def came_back(self) -> None:
        """Say so; the red lines above the page go away by themselves."""
        words = self._words()
        self.notify(display(words.say("engine-back"), words.direction), markup=False)

    def hear(self, heard: Heard) -> None:
        """Draw everything anew: it is one page."""
        match heard:
            case SessionEnded():
                self._staff.ended()
            case _ if isinstance(heard, Reply):
                self._staff.hear(heard)
            case EngineGone():
                self._staff.lost()
        self._draw()

    async def on_event(self, event: Event) -> None:
        """A scanner that types may do so anywhere on the page: none of it is a key of the page."""
        if not (isinstance(event, Key) and not event.is_forwarded and self._is_of_a_badge(event)):
            await super().on_event(event)
        elif self._typed.finished:
            self.action_typed(self._typed.finished)

    def _is_of_a_badge(self, event: Key) -> bool:
        is_page = len(self.screen_stack) == 1  # a form takes its own keys
        return is_page and self._typed.takes(event.key, event.character, time.monotonic())

    @work(exclusive=True)
    async def action_typed(self, text: str) -> None:
        """Look up whose badge or number was typed on the page."""
        if self._staff.name:
            await people.find_typed(self._staff, text)
        else:
            self._tell_to_log_in()
        self._draw()

    @work(exclusive=True)
    async def action_staff(self, action: str) -> None:
        """Do what somebody of the staff wants to, by the name of the action."""
        if len(self.screen_stack) > 1 or self.state.snapshot is None:
            return  # a form is open
        if action == "log_in_or_out" or self._staff.name:
            await _ACTIONS[action](self._staff)
        else:
            self._tell_to_log_in()
        self._draw()

    def _tell_to_log_in(self) -> None:
        words = self._words()
        self.notify(display(words.say("denied-not_logged_in"), words.direction), markup=False)

    @work(exclusive=True)
    async def action_commands(self) -> None:
        """Choose from all that can be done, by the arrow keys or with the mouse."""
        if len(self.screen_stack) > 1:
            return
        words = self._words()
        keys = {key.name: key for key in STAFF_KEYS if key.name != "commands"}
        options = [(name, f"{key.key}  {words.say(key.message)}") for name, key in keys.items()]
        chosen = await self.push_screen_wait(Choice(words, words.say("key-commands"), options))
        if chosen is not None:
            await self.run_action(keys[chosen].action)

    def action_language(self) -> None:
        """The next language."""
        place = LANGUAGES.index(self._words().language)
        self.language = LANGUAGES[(place + 1) % len(LANGUAGES)]
        self._draw()

    def action_order(self) -> None:
        """Who is here, by the next thing."""
        self._arrangement = self._arrangement.by_next()
        self._draw()

    def action_filter(self) -> None:
        """Who is here for the next activity alone."""
        if self.state.snapshot:
            self._arrangement = self._arrangement.of_next(monitor_view.entries_here(self.state.snapshot))
        self._draw()

    def action_help(self) -> None:
        """What the symbols and keys mean."""
        if not isinstance(self.screen, Sheet):
            words = self._words()
            self.push_screen(Sheet(words, words.say("help-title"), partial(_help, words)))

    def _words(self) -> Words:
        return site_words(self.state, self.language)

    def _draw(self) -> None:
        words, snapshot = self._words(), self.state.snapshot
        page = self.screen_stack[0]  # the help may lie over it
        page.set_class(words.direction is Direction.RTL, "rtl")
        place, clock = heading(self.state, self.language)
        if snapshot:
            place = " · ".join(filter(None, (snapshot.terminal, place)))
            place += f" · {self._staff.name}" if self._staff.name else ""
        banner = Content(display(words.say("demo-banner"), words.direction))
        page.query_one("#demo").display = bool(snapshot and snapshot.demo)
        lost = snapshot is None or self.state.gone is not None
        page.query_one("#lost").display = lost or (snapshot is not None and snapshot.enrolment is not None)
        drawn: dict[str, LinesOf] = {
            "#demo": lambda _: [banner],
            "#heading": lambda width: [Content(spread(place, clock, width, words.direction))],
            "#lost": partial(monitor_view.banner, self.state, words),
            "#keys": partial(keys_line, words, keys_of(self._staff.name, self._staff.role)),
        }
        if snapshot:
            drawn |= {
                "#here Lines": partial(monitor_view.here, snapshot, words, arrangement=self._arrangement),
                "#devices Lines": partial(monitor_view.devices, snapshot, words),
                "#readings Lines": partial(monitor_view.readings, snapshot, words),
                "#terminal": partial(monitor_view.terminal, snapshot, words),
            }
            self._title(page, monitor_view.here_title(snapshot, words, self._arrangement), words)
        for name, lines_of in drawn.items():
            page.query_one(name, Lines).show(lines_of)
        if snapshot and not lost:
            self.tell_shown(snapshot.notices)

    def _title(self, page: Screen[object], here: str, words: Words) -> None:
        titles = {"#here": here}
        titles |= {f"#{name}": words.say(f"label-{name}") for name in ("devices", "readings", "terminal")}
        for name, title in titles.items():
            page.query_one(name).border_title = display(title, words.direction)


def _help(words: Words, width: int) -> list[Content]:
    """The keys and symbols, one paragraph a subject."""
    staff = " · ".join(f"{key.key} {words.say(key.message)}" for key in STAFF_KEYS)
    texts = [words.say("help-keys"), words.say("help-staff", keys=staff), words.say("help-scanner")]
    texts += [words.say(f"help-{part}") for part in ("readings", "devices", "link", "close")]
    return _paragraphs(texts, words.direction, width)


def _paragraphs(texts: list[str], direction: Direction, width: int) -> list[Content]:
    drawn = [line for text in texts for line in (*paragraph(text, width, direction), Content(""))]
    return drawn[:-1]


def _scrolled(name: str) -> VerticalScroll:
    return VerticalScroll(Lines(), id=name)


def run_monitor(socket: Path, language: str | None) -> None:
    """Run the staff's view until it is quit."""
    run(Monitor(socket, language))
