"""A box of the staff's view that stands until the engine answers what was asked, or Esc."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from foundation.words import Words
from kiosk.local_api.replies import Reply
from kiosk.screens.display import display
from kiosk.screens.monitor.forms import label


class Waiting(ModalScreen[Reply | None]):
    """Hands over the answer, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "leave")]
    CSS_PATH = "forms.tcss"

    def __init__(self, words: Words, title: str, text: str, ask: Callable[[], Awaitable[Reply]]) -> None:
        super().__init__()
        self._words = words
        self._title = title
        self._text = text
        self._ask_engine = ask

    def compose(self) -> ComposeResult:
        """What people are to do meanwhile."""
        with Vertical() as box:
            box.border_title = display(self._title, self._words.direction)
            yield label(self._text, self._words.direction)

    def on_mount(self) -> None:
        """Ask at once."""
        self._wait()

    @work
    async def _wait(self) -> None:
        self.dismiss(await self._ask_engine())

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
