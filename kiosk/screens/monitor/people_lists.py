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


class _Arranged:
    """What both lists do by the two keys; each shows the arranged entries in its own way."""

    _words: Words
    _title: str

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._arrangement = Arrangement()

    def action_order(self) -> None:
        """By the next thing."""
        self._arrangement = self._arrangement.by_next()
        self._show_arranged()

    def action_filter(self) -> None:
        """Only the next activity or shift."""
        self._arrangement = self._arrangement.of_next(self._entries)
        self._show_arranged()

    @property
    def _heading(self) -> str:
        return display(f"{self._title} · {self._arrangement.title(self._words)}", self._words.direction)

    def _show_arranged(self) -> None:
        raise NotImplementedError


class PeopleChoice(_Arranged, Choice):
    """Asks for one of several people."""

    BINDINGS: ClassVar[list[BindingType]] = _KEYS
    CSS_PATH = "forms.tcss"

    def __init__(self, words: Words, title: str, entries: Sequence[Entry]) -> None:
        _Arranged.__init__(self, entries)
        Choice.__init__(self, words, title, [(one.key, one.text) for one in entries], how="people-how")

    def on_mount(self) -> None:
        """Say by what it is ordered."""
        self.query_one(Vertical).border_title = self._heading

    def _show_arranged(self) -> None:
        arrangement, direction = self._arrangement, self._words.direction
        for options in self.query(OptionList):
            options.clear_options()
            shown = arrangement.of(self._entries)
            options.add_options([Option(Content(display(one.text, direction)), id=one.key) for one in shown])
            options.highlighted = 0 if shown else None
        self.on_mount()


class PeopleSelection(_Arranged, Selection):
    """Asks for some of many people; who is not shown is not marked."""

    BINDINGS: ClassVar[list[BindingType]] = _KEYS
    CSS_PATH = "forms.tcss"

    def __init__(self, words: Words, title: str, entries: Sequence[Entry]) -> None:
        _Arranged.__init__(self, entries)
        Selection.__init__(
            self, words, title, [(one.key, one.text) for one in entries], how="people_selection-how"
        )

    def on_mount(self) -> None:
        """Say by what it is ordered."""
        self.query_one(Vertical).border_title = self._heading

    def _show_arranged(self) -> None:
        arrangement, direction = self._arrangement, self._words.direction
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
