"""Lists of people over the staff's view, which two keys order and filter."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, SelectionList
from textual.widgets.option_list import Option
from textual.widgets.selection_list import Selection as Selected

from foundation.words import Words
from kiosk.screens.display import display
from kiosk.screens.monitor.arranged import Arrangement, Entry
from kiosk.screens.monitor.choices import Choice, Selection

_KEYS: list[BindingType] = [("o", "order", "order"), ("f", "filter", "filter")]


class PeopleChoice(Choice):
    """Asks for one of several people."""

    BINDINGS: ClassVar[list[BindingType]] = _KEYS
    CSS_PATH = "forms.tcss"

    def __init__(self, words: Words, title: str, entries: Sequence[Entry]) -> None:
        super().__init__(words, title, [(one.key, one.text) for one in entries], how="people-how")
        self._entries = entries
        self._arrangement = Arrangement()

    def on_mount(self) -> None:
        """Say by what it is ordered."""
        _entitle(self, self._title, self._arrangement, self._words)

    def action_order(self) -> None:
        """By the next thing."""
        self._arrange(self._arrangement.by_next())

    def action_filter(self) -> None:
        """Only the next activity or shift."""
        self._arrange(self._arrangement.of_next(self._entries))

    def _arrange(self, arrangement: Arrangement) -> None:
        self._arrangement, direction = arrangement, self._words.direction
        for options in self.query(OptionList):
            options.clear_options()
            shown = arrangement.of(self._entries)
            options.add_options([Option(Content(display(one.text, direction)), id=one.key) for one in shown])
            options.highlighted = 0 if shown else None
        self.on_mount()


class PeopleSelection(Selection):
    """Asks for some of many people; who is not shown is not marked."""

    BINDINGS: ClassVar[list[BindingType]] = _KEYS
    CSS_PATH = "forms.tcss"

    def __init__(self, words: Words, title: str, entries: Sequence[Entry]) -> None:
        super().__init__(words, title, [(one.key, one.text) for one in entries], how="people_selection-how")
        self._entries = entries
        self._arrangement = Arrangement()

    def on_mount(self) -> None:
        """Say by what it is ordered."""
        _entitle(self, self._title, self._arrangement, self._words)

    def action_order(self) -> None:
        """By the next thing."""
        self._arrange(self._arrangement.by_next())

    def action_filter(self) -> None:
        """Only the next activity or shift."""
        self._arrange(self._arrangement.of_next(self._entries))

    def _arrange(self, arrangement: Arrangement) -> None:
        self._arrangement, direction = arrangement, self._words.direction
        for marks in self.query(SelectionList):
            marked = set(marks.selected)
            marks.clear_options()
            marks.add_options(
                [
                    Selected(Content(display(one.text, direction)), one.key, one.key in marked)
                    for one in arrangement.of(self._entries)
                ]
            )
        self.on_mount()


def _entitle(screen: Choice | Selection, title: str, arrangement: Arrangement, words: Words) -> None:
    said = f"{title} · {arrangement.title(words)}"
    screen.query_one(Vertical).border_title = display(said, words.direction)
