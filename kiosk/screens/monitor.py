"""The staff's view: `muster monitor`, on the terminal or over SSH."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen, Screen
from textual.style import Style
from textual.widgets import Static

from kiosk.local_client import Heard
from kiosk.local_messages import Snapshot
from kiosk.screens import monitor_view
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp, run
from kiosk.screens.results import SKY_BLUE, VERMILLION
from kiosk.screens.table import paragraph
from kiosk.screens.volunteer_view import heading, site_words, spread
from muster.words import LANGUAGES, Direction, Words

_KEYS = (("q", "key-quit", "app.quit"), ("l", "key-language", "app.language"), ("?", "key-help", "app.help"))


class Monitor(EngineApp):
    """One page: who is here, the last readings, the devices, the link, clock, disk and roster."""

    CLIENT = "monitor"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", "quit"),
        ("l", "language", "language"),
        ("question_mark", "help", "help"),
    ]
    CSS = f"""
    Screen {{ background: #000000; color: #FFFFFF; }}
    #demo {{ height: 1; background: {VERMILLION}; color: #000000; text-style: bold; text-align: center; }}
    #heading, #keys {{ height: 1; padding: 0 1; }}
    #heading {{ text-style: bold; }}
    #keys {{ link-style: none; link-color: #FFFFFF; }}
    #lost {{ height: auto; padding: 0 1; background: {VERMILLION}; color: #000000; }}
    Horizontal {{ height: 1fr; }}
    #here {{ width: 2fr; }}
    #devices {{ width: 3fr; }}
    #readings {{ height: 1fr; }}
    #terminal {{ height: auto; }}
    VerticalScroll, #terminal {{ border: round #A0A0A0; padding: 0 1; }}
    VerticalScroll {{ scrollbar-size-vertical: 1; scrollbar-gutter: stable; }}
    VerticalScroll:focus {{ border: heavy {SKY_BLUE}; }}
    .rtl VerticalScroll, .rtl #terminal {{ border-title-align: right; }}
    Static {{ text-wrap: nowrap; }}
    """

    def __init__(self, socket: Path, language: str | None = None) -> None:
        """`language` overrides the site's; the key `l` changes it for as long as the view is open."""
        super().__init__(socket, language)

    def compose(self) -> ComposeResult:
        """The page from top to bottom."""
        yield Static(id="demo", markup=False)
        yield Static(id="heading", markup=False)
        yield Static(id="lost", markup=False)
        with Vertical():
            with Horizontal():
                for name in ("here", "devices"):
                    yield _scrolled(name)
            yield _scrolled("readings")
            yield Static(id="terminal", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Draw once the sizes are known, before the engine answers."""
        self.call_after_refresh(self._draw)

    def on_resize(self, _: Resize) -> None:
        """Lines are laid out by cells, so a new size means new lines."""
        self.call_after_refresh(self._draw)

    def came_back(self) -> None:
        """Say so; the red lines above the page go away by themselves."""
        words = self._words()
        self.notify(display(words.say("engine-back"), words.direction), markup=False)

    def hear(self, _: Heard) -> None:
        """Draw everything anew: it is one page."""
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
        page = self.screen_stack[0]
        page.set_class(words.direction is Direction.RTL, "rtl")
        width = self.size.width - 2
        demo = page.query_one("#demo", Static)
        demo.display = bool(snapshot and snapshot.demo)
        demo.update(display(words.say("demo-banner"), words.direction))
        place, clock = heading(self.state, self.language)
        terminal = f"{snapshot.terminal} · {place}" if snapshot else ""
        page.query_one("#heading", Static).update(spread(terminal, clock, width, words.direction))
        lost = monitor_view.banner(self.state, words, width)
        page.query_one("#lost", Static).display = bool(lost)
        page.query_one("#lost", Static).update(_joined(lost))
        page.query_one("#keys", Static).update(_keys(words, width))
        if snapshot:
            self._draw_lists(page, snapshot, words)

    def _draw_lists(self, page: Screen[object], snapshot: Snapshot, words: Words) -> None:
        parts = (
            ("here", monitor_view.here_title(snapshot, words), monitor_view.here),
            ("devices", words.say("label-devices"), monitor_view.devices),
            ("readings", words.say("label-readings"), monitor_view.readings),
            ("terminal", words.say("label-terminal"), monitor_view.terminal),
        )
        for name, title, lines_of in parts:
            frame = page.query_one(f"#{name}")
            frame.border_title = display(title, words.direction)
            width = frame.scrollable_content_region.width
            body = frame if isinstance(frame, Static) else frame.query_one(Static)
            body.update(_joined(lines_of(snapshot, words, width)))


class _Help(ModalScreen[None]):
    """The keys and symbols, over the page; any of the named keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss", "close"),
        ("question_mark", "dismiss", "close"),
        ("q", "dismiss", "close"),
    ]
    CSS = f"""
    _Help {{ align: center middle; }}
    _Help Static {{ width: 70; height: auto; padding: 1 2; background: #000000; border: round {SKY_BLUE}; }}
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """One paragraph a subject."""
        words = self._words
        texts = [words.say(f"help-{part}") for part in ("keys", "readings", "devices", "link", "close")]
        body = [line for text in texts for line in (*paragraph(text, 64, words.direction), Content(""))]
        box = Static(_joined(body[:-1]))
        box.border_title = display(words.say("help-title"), words.direction)
        yield box


def _scrolled(name: str) -> VerticalScroll:
    return VerticalScroll(Static(markup=False), id=name)


def _joined(drawn: list[Content]) -> Content:
    return Content("\n").join(drawn)


def _keys(words: Words, width: int) -> Content:
    """The last line: each key and what it does, which may be clicked as well."""
    parts = []
    for key, message, action in _KEYS:
        shown = Content.styled(f" {key} ", f"reverse {SKY_BLUE}") + Content(
            f" {display(words.say(message), words.direction)}"
        )
        parts.append(shown.stylize(Style.from_meta({"@click": action})))
    if words.direction is Direction.LTR:
        return Content("   ").join(parts)
    line = Content("   ").join(parts[::-1])
    return line.pad_left(max(0, width - line.cell_length))


def run_monitor(socket: Path, language: str | None) -> None:
    """Run the staff's view until it is quit."""
    run(Monitor(socket, language))
