"""Where the local socket's thread meets Textual: what both screens share."""

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App
from textual.message import Message

from foundation.service_manager import ServiceManager
from kiosk.local_api.client import Heard, LocalClient
from kiosk.local_api.messages import Notice, Showed, ToEngine
from kiosk.screens.display import TERMINAL_KEEPS_OUR_ORDER, TERMINAL_ORDERS_ITSELF
from kiosk.screens.results import IN_SIXTEEN, SKY_BLUE, VERMILLION
from kiosk.screens.terminal_state import TerminalState

_TURN_S = 1.0
"""How often the service manager hears that the loop turns, where one wants to."""


class EngineApp(App[None]):
    """An app that follows the engine: `state` is what it knows.

    The client's thread only posts messages, which Textual allows from any thread; state and widgets are
    touched in Textual's own.
    """

    CLIENT: ClassVar[str]
    """How the engine's log names this screen."""
    ENABLE_COMMAND_PALETTE = False  # its screenshots would put names into files

    class Told(Message):
        """The engine said something, or can't be reached."""

        def __init__(self, heard: Heard) -> None:
            self.heard = heard
            super().__init__()

    def __init__(self, socket: Path, language: str | None, hear: Callable[[Heard], None]) -> None:
        """`hear` is called for each message, to draw what has changed; `state` is up to date then."""
        super().__init__()
        self.animation_level = "none"  # a terminal's small machine has better things to do
        self.language = language
        self._hear = hear
        self.state = TerminalState()
        self._client = LocalClient(socket, self.CLIENT, self._post)
        self._request_numbers = itertools.count(1)
        self._manager = ServiceManager()
        self._showed: set[str] = set()

    @property
    def has_sixteen_colours(self) -> bool:
        """Whether this is a console that can draw no others, whatever its surroundings promise."""
        drawn_on = sys.__stderr__
        if drawn_on is None or not drawn_on.isatty():
            return False  # a picture has all colours
        return os.environ.get("TERM") == "linux" or self.console.color_system == "standard"

    def get_css_variables(self) -> dict[str, str]:
        """`$alarm` to write on in `$on-alarm`, `$warns` to write with on black, `$focused` of frames."""
        alarm, black = (VERMILLION, "#000000"), "#000000"
        paper, ink = IN_SIXTEEN[alarm] if self.has_sixteen_colours else alarm
        warns = IN_SIXTEEN[black, VERMILLION][1] if self.has_sixteen_colours else VERMILLION
        return {
            **super().get_css_variables(),
            "alarm": paper,
            "on-alarm": ink,
            "warns": warns,
            "focused": SKY_BLUE,
        }

    def on_mount(self) -> None:
        """Begin to listen once there are widgets to draw on."""
        self._client.start()
        self.set_interval(_TURN_S, self._manager.alive)

    def on_unmount(self) -> None:
        """End the conversation before the screen is gone."""
        self._client.close()

    def came_back(self) -> None:
        """Called before `hear`, when the engine answers again after it was lost."""

    def send(self, message: ToEngine) -> bool:
        """Hand a message to the engine; False when it can't be reached."""
        return self._client.send(message)

    def next_request(self) -> int:
        """A number for a request, which its answer carries."""
        return next(self._request_numbers)

    def tell_shown(self, notices: Iterable[Notice]) -> None:
        """These stand on the screen now: the engine is told of each once, as long as it lives."""
        for notice in notices:
            if notice.id not in self._showed and self.send(Showed(notice.id)):
                self._showed.add(notice.id)

    def _post(self, heard: Heard) -> None:
        self.post_message(self.Told(heard))

    @on(Told)
    def _take(self, told: Told) -> None:
        was_lost = self.state.gone is not None and self.state.snapshot is not None
        self.state = self.state.after(told.heard)
        if self.state.gone is not None:
            self._showed.clear()
        if was_lost and self.state.gone is None:
            self.came_back()
        self._hear(told.heard)


def run(app: EngineApp) -> bool:
    """Run a screen until it is left or the service is stopped; leaves the terminal as it was.

    Returns whether the service was stopped.
    """
    _write_to_terminal(TERMINAL_KEEPS_OUR_ORDER)
    try:
        return asyncio.run(_run_until_told(app))
    finally:
        _write_to_terminal(TERMINAL_ORDERS_ITSELF)


async def _run_until_told(app: EngineApp) -> bool:
    told = asyncio.Event()

    def end() -> None:
        told.set()
        app.exit()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    await app.run_async()
    return told.is_set()


def _write_to_terminal(control: str) -> None:
    if sys.stderr.isatty():  # where Textual draws
        sys.stderr.write(control)
        sys.stderr.flush()
