"""The window of a show: terminals, the staff's view of one of them, the centre, and the sum below."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.message import Message

from foundation.errors import MusterError
from foundation.words import FALLBACK
from kiosk.local_api.client import EngineGone, Heard
from kiosk.local_api.messages import Decided, Display
from kiosk.screens.lines import Lines
from kiosk.screens.terminal_state import TerminalState
from kiosk.screens.volunteer_view import Doing, panel
from kiosk.screens.volunteers.panel_view import PanelView
from muster.demo.show import panels
from muster.demo.show.counted import Centre
from muster.demo.show.deeds import GATE_KEYS, NAMES, OF_CENTRE, QUIT, Deed
from muster.demo.show.gate import Gate
from muster.demo.show.script import Cue
from muster.demo.show.stage import ShowStage
from muster.demo.show.tally import Tally

TITLE = "DEMO: made-up people at three terminals. Everything else is real; break it with the keys below."
_ANSWER_SHOWN_S = 2.2
_COUNT_EVERY_S = 0.6
_ENDS_WITHIN_S = 90.0
_KEPT_LINES = 20
_AT_ONCE_S = 0.01  # a timer of nothing is none
PHOTOGRAPHED_EVERY_S = 1.25

Photographed = Callable[[str], None]
"""Takes a picture of the window (SVG)."""


class ShowApp(App[Tally]):
    """Runs over a stage that stands; returns the last sum."""

    CSS_PATH: ClassVar[str | Path] = "show.tcss"
    ENABLE_COMMAND_PALETTE = False

    class Told(Message):
        """A terminal said something."""

        def __init__(self, gate: str, heard: Heard) -> None:
            self.gate = gate
            self.heard = heard
            super().__init__()

    def __init__(
        self, stage: ShowStage, cues: Sequence[Cue] = (), photographed: Photographed | None = None
    ) -> None:
        """`cues` press their keys by themselves; `photographed` gets the window now and then."""
        super().__init__()
        self.animation_level = "none"
        self.counted = Tally()
        self._stage, self._cues, self._photographed = stage, cues, photographed
        self._centre = Centre()
        self._picked = stage.gates[0]
        self._happened: list[str] = []
        self._shown: dict[str, Decided] = {}
        self._ending = False
        self._one_at_a_time = threading.Lock()

    def compose(self) -> ComposeResult:
        """The window from top to bottom."""
        yield Lines(id="title")
        with Horizontal(id="gates"):
            for gate in self._stage.gates:
                with Vertical(classes="gate", id=gate.name):
                    yield PanelView()
                    with Vertical(classes="under"):
                        yield Lines(id=f"{gate.name}-under")
        with Horizontal(id="below"):
            with Vertical(id="monitor"):
                yield Lines()
            with Vertical(id="centre"):
                yield Lines()
        yield Lines(id="sum")
        yield Lines(id="keys")

    def on_mount(self) -> None:
        """Begin: people come, and the script's keys are pressed in their time."""
        self.query_one("#title", Lines).show(lambda _: [Content(TITLE)])
        self.query_one("#keys", Lines).show(panels.keys)
        self.query_one("#centre").border_title = "Centre"
        self._stage.told = self._hear
        self._draw()
        self._stage.open_doors()
        self._count()
        for cue in self._cues:
            self.set_timer(max(cue.at_s, _AT_ONCE_S), partial(self._press, cue.key))
        if self._photographed:
            self.set_interval(PHOTOGRAPHED_EVERY_S, self._photograph)

    @on(Told)
    def _take(self, told: Told) -> None:
        if isinstance(told.heard, EngineGone):
            self._shown.pop(told.gate, None)
        elif isinstance(told.heard, Decided):
            self._shown[told.gate] = told.heard
            self.set_timer(_ANSWER_SHOWN_S, partial(self._clear, told.gate, told.heard))
        self._draw()

    def on_key(self, event: Key) -> None:
        """A key of the show; Ctrl-C leaves at once."""
        self._press(event.character or event.key)

    def action_help_quit(self) -> None:
        """Ctrl-C."""
        self.exit(self.counted)

    def _hear(self, gate: str, heard: Heard) -> None:
        self.post_message(self.Told(gate, heard))

    def _press(self, key: str) -> None:
        if key in GATE_KEYS:
            self._picked = self._stage.gates[GATE_KEYS.index(key)]
        elif key == QUIT:
            self._end()
        elif key in {str(deed) for deed in NAMES} and not self._ending:
            self._do(Deed(key), self._picked)
        self._draw()

    def _end(self) -> None:
        """First everything is mended and counted; pressed again, it ends as it is."""
        if self._ending:
            self.exit(self.counted)
            return
        self._ending = True
        self._settle_all()

    @work(thread=True)
    def _do(self, deed: Deed, gate: Gate) -> None:
        with self._one_at_a_time:
            try:
                said = self._stage.do(deed, gate)
            except MusterError as error:
                said = str(error)
        where = "" if deed in OF_CENTRE else f"{gate.name}: "
        self.call_from_thread(self._note, f"{where}{said}")

    @work(thread=True)
    def _settle_all(self) -> None:
        with self._one_at_a_time:
            self._stage.close_doors()
            self._stage.mend()
        self.call_from_thread(self._note, "all is mended, and nobody else comes")
        give_up_at_s = time.monotonic() + _ENDS_WITHIN_S
        while not self._stage.count()[0].is_even and time.monotonic() < give_up_at_s:
            time.sleep(_COUNT_EVERY_S)
        counted = self._stage.count()[0]
        self.call_from_thread(self.exit, counted)

    @work(thread=True, exclusive=True, group="count")
    def _count(self) -> None:
        while self.is_running:
            counted = self._stage.count()
            with contextlib.suppress(RuntimeError):  # the window is being closed
                self.call_from_thread(self._take_count, *counted)
            time.sleep(_COUNT_EVERY_S)

    def _take_count(self, counted: Tally, centre: Centre) -> None:
        self.counted, self._centre = counted, centre
        self._draw()

    def _note(self, text: str) -> None:
        self._happened = [*self._happened, text][-_KEPT_LINES:]
        self._draw()

    def _clear(self, gate: str, decided: Decided) -> None:
        if self._shown.get(gate) is decided:
            del self._shown[gate]
            self._draw()

    def _photograph(self) -> None:
        if self._photographed:
            self._photographed(self.export_screenshot(title="muster demo --show"))

    def _draw(self) -> None:
        for key, gate, watched in zip(GATE_KEYS, self._stage.gates, self._stage.watched, strict=True):
            state = watched.state
            view = self.query_one(f"#{gate.name} PanelView", PanelView)
            language = None if state.snapshot else FALLBACK
            doing = Doing(shown=self._shown.get(gate.name))
            view.show(panel(state, doing, language), Display(), None, sixteen=False)
            view.border_title = f"{key} {gate.name}{' ◂' if gate is self._picked else ''}"
            self.query_one(f"#{gate.name}").set_class(gate is self._picked, "picked")
            self.query_one(f"#{gate.name}-under", Lines).show(partial(panels.under_gate, gate, state))
            if gate is self._picked:
                self._draw_monitor(state)
        room = self.query_one("#centre Lines", Lines)
        room.show(lambda width: panels.centre(self._centre, self._happened, width, room.size.height))
        self.query_one("#sum", Lines).show(lambda _: [panels.total(self.counted, ending=self._ending)])

    def _draw_monitor(self, state: TerminalState) -> None:
        below = self.query_one("#monitor Lines", Lines)
        below.show(lambda width: panels.monitor(state, width, below.size.height))
        self.query_one("#monitor").border_title = f"Staff's monitor of {self._picked.name}"
