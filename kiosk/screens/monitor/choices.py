"""The lists of the staff's view: one of several is chosen, or some of many are marked."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, SelectionList
from textual.widgets.option_list import Option
from textual.widgets.selection_list import Selection as Selected

from foundation.words import Words
from kiosk.screens.display import display
from kiosk.screens.monitor.forms import label


class Choice(ModalScreen[str | None]):
    """Asks for one of several; hands over its key, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "leave")]
    AUTO_FOCUS = "OptionList"
    CSS_PATH = "forms.tcss"

    def __init__(
        self,
        words: Words,
        title: str,
        options: Sequence[tuple[str, str]],
        above: Sequence[str] = (),
        how: str = "choice-how",
    ) -> None:
        """`options` are the keys and what stands for them, below the lines `above`; it may have none.

        `how` is the message that tells the keys.
        """
        super().__init__()
        self._words = words
        self._title = title
        self._options = options
        self._above = above
        self._how = how

    def compose(self) -> ComposeResult:
        """The list, to be walked by the arrow keys."""
        direction = self._words.direction
        with Vertical() as box:
            box.border_title = display(self._title, direction)
            for line in self._above:
                yield label(line, direction)
            if self._options:
                yield OptionList(
                    *(Option(Content(display(text, direction)), id=key) for key, text in self._options)
                )
                yield label(self._words.say(self._how), direction, "#A0A0A0")
            else:
                yield label(self._words.say("choice-nothing"), direction)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Leave without choosing."""
        self.dismiss(None)


class Selection(ModalScreen[tuple[str, ...] | None]):
    """Asks for some of many; hands over their keys, or None when it was left."""

    # Enter has priority: the list would take it for another mark.
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave", "leave"),
        ("a", "all", "all"),
        Binding("enter", "go_on", "go on", priority=True),
    ]
    AUTO_FOCUS = "SelectionList"
    CSS_PATH = "forms.tcss"

    def __init__(
        self, words: Words, title: str, options: Sequence[tuple[str, str]], how: str = "selection-how"
    ) -> None:
        """As a `Choice`."""
        super().__init__()
        self._words = words
        self._title = title
        self._options = options
        self._how = how

    def compose(self) -> ComposeResult:
        """The list, in which the space bar marks and `a` marks all, or none."""
        direction = self._words.direction
        with Vertical() as box:
            box.border_title = display(self._title, direction)
            if self._options:
                yield SelectionList[str](
                    *(Selected(Content(display(text, direction)), key) for key, text in self._options)
                )
                yield label(self._words.say(self._how), direction, "#A0A0A0")
            else:
                yield label(self._words.say("choice-nothing"), direction)

    def action_all(self) -> None:
        """Mark all; none, where all are marked."""
        for marks in self.query(SelectionList):
            is_full = len(marks.selected) == marks.option_count
            marks.deselect_all() if is_full else marks.select_all()

    def action_go_on(self) -> None:
        """Hand over what is marked; nothing marked hands over nothing, and stays."""
        chosen = [key for marks in self.query(SelectionList) for key in marks.selected]
        if chosen or not self._options:
            self.dismiss(tuple(chosen))

    def action_leave(self) -> None:
        """Leave without choosing."""
        self.dismiss(None)
