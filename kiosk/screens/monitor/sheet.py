"""Something to read over the staff's view, until a key puts it away: the help, the figures of the day."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from foundation.words import Words
from kiosk.screens.display import display
from kiosk.screens.lines import Lines, LinesOf


class Sheet(ModalScreen[None]):
    """Lines with a title; Esc, `q` and `?` close it, the arrow keys scroll what does not fit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss", "close"),
        ("question_mark", "dismiss", "close"),
        ("q", "dismiss", "close"),
    ]
    CSS_PATH = "sheet.tcss"

    def __init__(self, words: Words, title: str, lines_of: LinesOf) -> None:
        super().__init__()
        self._words = words
        self._title = title
        self._lines_of = lines_of

    def compose(self) -> ComposeResult:
        """One box in the middle."""
        lines = Lines()
        lines.show(self._lines_of)
        with VerticalScroll() as box:
            box.border_title = display(self._title, self._words.direction)
            yield lines
