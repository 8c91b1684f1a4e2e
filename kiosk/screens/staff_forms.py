"""The forms of the staff's view: each asks for a few things and hands over what was entered.

Everything works by keyboard: Enter goes to the next field and ends the form in the last one, Esc leaves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from foundation.words import Direction, Words
from kiosk.screens.display import display
from kiosk.screens.lines import Lines
from kiosk.screens.results import SKY_BLUE
from kiosk.screens.table import paragraph

_BOX = f"""
    align: center middle;
    Vertical {{
        width: 72; height: auto; max-height: 90%; padding: 1 2; background: #000000; border: round {SKY_BLUE};
    }}
    Input {{ border: tall #A0A0A0; background: #000000; color: #FFFFFF; margin: 0; }}
    Input:focus {{ border: tall {SKY_BLUE}; }}
    OptionList {{ height: auto; max-height: 16; background: #000000; border: none; }}
    .wrong {{ color: $warns; }}
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks for; `secret` ones are not shown."""

    name: str
    label: str
    value: str = ""
    secret: bool = False


Entered = dict[str, str]


class Form(ModalScreen[Entered | None]):
    """Asks for its fields, one below the other; None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "leave")]
    AUTO_FOCUS = "Input"
    CSS = f"Form {{ {_BOX} }}"

    def __init__(self, words: Words, title: str, fields: Sequence[Field]) -> None:
        super().__init__()
        self._words = words
        self._title = title
        self._fields = fields

    def compose(self) -> ComposeResult:
        """A label and an input a field."""
        with Vertical() as box:
            box.border_title = display(self._title, self._words.direction)
            for field in self._fields:
                yield _label(field.label, self._words.direction)
                yield Input(field.value, password=field.secret, id=field.name)
            yield _label(self._words.say("form-how"), self._words.direction, "#A0A0A0")

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        inputs = list(self.query(Input))
        place = inputs.index(event.input)
        if place + 1 < len(inputs):
            inputs[place + 1].focus()
        else:
            self.dismiss({one.id or "": one.value for one in inputs})

    def action_leave(self) -> None:
        """Leave without handing over anything."""
        self.dismiss(None)


class Choice(ModalScreen[str | None]):
    """Asks for one of several; hands over its key, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "leave")]
    AUTO_FOCUS = "OptionList"
    CSS = f"Choice {{ {_BOX} }}"

    def __init__(self, words: Words, title: str, options: Sequence[tuple[str, str]]) -> None:
        """`options` are the keys and what stands for them; without any, it says that there is nothing."""
        super().__init__()
        self._words = words
        self._title = title
        self._options = options

    def compose(self) -> ComposeResult:
        """The list, to be walked by the arrow keys."""
        direction = self._words.direction
        with Vertical() as box:
            box.border_title = display(self._title, direction)
            if self._options:
                yield OptionList(
                    *(Option(Content(display(text, direction)), id=key) for key, text in self._options)
                )
                yield _label(self._words.say("choice-how"), direction, "#A0A0A0")
            else:
                yield _label(self._words.say("choice-nothing"), direction)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Leave without choosing."""
        self.dismiss(None)


def _label(text: str, direction: Direction, style: str = "") -> Lines:
    label = Lines()
    label.show(partial(_paragraph, text, direction, style))
    return label


def _paragraph(text: str, direction: Direction, style: str, width: int) -> list[Content]:
    return paragraph(text, width, direction, style)
