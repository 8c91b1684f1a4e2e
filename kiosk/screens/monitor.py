"""The staff's view: `muster monitor`, on the terminal or over SSH."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.style import Style

from foundation.words import LANGUAGES, Direction, Words
from kiosk.local_api.client import EngineGone, Heard
from kiosk.local_api.requests import People, Questions, RecentEvents, Result
from kiosk.screens import monitor_view
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp, run
from kiosk.screens.lines import Lines, LinesOf
from kiosk.screens.results import SKY_BLUE
from kiosk.screens.staff_actions import StaffActions
from kiosk.screens.table import paragraph
from kiosk.screens.volunteer_view import heading, site_words, spread

_KEYS = (
    ("q", "key-quit", "app.quit"),
    ("l", "key-language", "app.language"),
    ("?", "key-help", "app.help"),
    ("s", "key-staff", "app.staff('log_in_or_out')"),
)
_STAFF_KEYS = (
    ("m", "key-write_down", "app.staff('write_down')"),
    ("c", "key-take_back", "app.staff('take_back')"),
    ("a", "key-answer", "app.staff('answer')"),
    ("t", "key-terminal", "app.staff('set_terminal')"),
    ("d", "key-restart_device", "app.staff('restart_device')"),
    ("o", "key-out_of_order", "app.staff('out_of_order')"),
    ("s", "key-log_out", "app.staff('log_in_or_out')"),
)
"""What stands in the last line while somebody of the staff is logged in."""


class Monitor(EngineApp):
    """One page: who is here, the last readings, the devices, the link, clock, disk and roster."""

    CLIENT = "monitor"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", "quit"),
        ("l", "language", "language"),
        ("question_mark", "help", "help"),
        *((key, action.removeprefix("app."), name) for key, name, action in (_KEYS[3], *_STAFF_KEYS[:-1])),
    ]
    CSS = f"""
    Screen {{ background: #000000; color: #FFFFFF; }}
    #demo {{ height: 1; background: $alarm; color: $on-alarm; text-style: bold; text-align: center; }}
    #heading, #keys {{ height: 1; padding: 0 1; }}
    #heading {{ text-style: bold; }}
    #keys {{ link-style: none; link-color: #FFFFFF; }}
    #lost {{ height: auto; padding: 0 1; background: $alarm; color: $on-alarm; }}
    Horizontal {{ height: 1fr; }}
    #here {{ width: 2fr; }}
    #devices {{ width: 3fr; }}
    #readings {{ height: 1fr; }}
    #terminal {{ height: auto; }}
    VerticalScroll, #terminal {{ border: round #A0A0A0; padding: 0 1; }}
    VerticalScroll {{ scrollbar-size-vertical: 1; scrollbar-gutter: stable; }}
    VerticalScroll:focus {{ border: heavy {SKY_BLUE}; }}
    .rtl VerticalScroll, .rtl #terminal {{ border-title-align: right; }}
    """

    def __init__(self, socket: Path, language: str | None = None) -> None:
        """`language` overrides the site's; the key `l` changes it for as long as the view is open."""
        super().__init__(socket, language, self.hear)
        self._staff = StaffActions(self, self._words)

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
            case Result() | People() | RecentEvents() | Questions():
                self._staff.hear(heard)
            case EngineGone():
                self._staff.lost()
        self._draw()

    @work(exclusive=True)
    async def action_staff(self, action: str) -> None:
        """Do what somebody of the staff wants to, by the name of the action."""
        actions = {
            "log_in_or_out": self._staff.log_in_or_out,
            "write_down": self._staff.write_down,
            "take_back": self._staff.take_back,
            "answer": self._staff.answer,
            "set_terminal": self._staff.set_terminal,
            "restart_device": self._staff.restart_device,
            "out_of_order": self._staff.out_of_order,
        }
        if len(self.screen_stack) > 1 or self.state.snapshot is None:
            return  # a form is open
        if action == "log_in_or_out" or self._staff.name:
            await actions[action]()
        else:
            self.notify(
                display(self._words().say("denied-not_logged_in"), self._words().direction), markup=False
            )
        self._draw()

    def action_language(self) -> None:
        """The next language."""
        place = LANGUAGES.index(self._words().language)
        self.language = LANGUAGES[(place + 1) % len(LANGUAGES)]
        self._draw()

    def action_help(self) -> None:
        """What the symbols and keys mean."""
        if not isinstance(self.screen, _Help):
            self.push_screen(_Help(self._words()))

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
            "#keys": partial(_keys, words, _STAFF_KEYS if self._staff.name else _KEYS),
        }
        if snapshot:
            drawn |= {
                "#here Lines": partial(monitor_view.here, snapshot, words),
                "#devices Lines": partial(monitor_view.devices, snapshot, words),
                "#readings Lines": partial(monitor_view.readings, snapshot, words),
                "#terminal": partial(monitor_view.terminal, snapshot, words),
            }
            self._title(page, monitor_view.here_title(snapshot, words), words)
        for name, lines_of in drawn.items():
            page.query_one(name, Lines).show(lines_of)
        if snapshot and not lost:
            self.tell_shown(snapshot.notices)

    def _title(self, page: Screen[object], here: str, words: Words) -> None:
        titles = {"#here": here}
        titles |= {f"#{name}": words.say(f"label-{name}") for name in ("devices", "readings", "terminal")}
        for name, title in titles.items():
            page.query_one(name).border_title = display(title, words.direction)


class _Help(ModalScreen[None]):
    """The keys and symbols, over the page; any of the named keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss", "close"),
        ("question_mark", "dismiss", "close"),
        ("q", "dismiss", "close"),
    ]
    CSS = f"""
    _Help {{ align: center middle; }}
    _Help Lines {{ width: 70; height: auto; padding: 1 2; background: #000000; border: round {SKY_BLUE}; }}
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """One paragraph a subject."""
        words = self._words
        texts = [words.say(f"help-{part}") for part in ("keys", "readings", "devices", "link", "close")]
        box = Lines()
        box.border_title = display(words.say("help-title"), words.direction)
        box.show(partial(_paragraphs, texts, words.direction))
        yield box


def _paragraphs(texts: list[str], direction: Direction, width: int) -> list[Content]:
    drawn = [line for text in texts for line in (*paragraph(text, width, direction), Content(""))]
    return drawn[:-1]


def _scrolled(name: str) -> VerticalScroll:
    return VerticalScroll(Lines(), id=name)


def _keys(words: Words, keys: Sequence[tuple[str, str, str]], width: int) -> list[Content]:
    """The last line: each key and what it does, which may be clicked as well."""
    parts = []
    for key, message, action in keys:
        shown = Content.styled(f" {key} ", f"reverse {SKY_BLUE}") + Content(
            f" {display(words.say(message), words.direction)}"
        )
        parts.append(shown.stylize(Style.from_meta({"@click": action})))
    if words.direction is Direction.LTR:
        return [Content("   ").join(parts)]
    line = Content("   ").join(parts[::-1])
    return [line.pad_left(max(0, width - line.cell_length))]


def run_monitor(socket: Path, language: str | None) -> None:
    """Run the staff's view until it is quit."""
    run(Monitor(socket, language))
