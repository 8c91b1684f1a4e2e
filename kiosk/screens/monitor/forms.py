"""The forms of the staff's view: each asks for a few things, and stays filled in until they are right.

Everything works by keyboard: Enter goes to the next field and ends the form in the last one, Esc leaves it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from foundation.words import Direction, Words
from kiosk.screens.display import display
from kiosk.screens.lines import Lines
from kiosk.screens.table import paragraph


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks for, in at most `most` characters; `secret` ones are not shown."""

    name: str
    label: str
    value: str = ""
    secret: bool = False
    most: int = 80


Entered = dict[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why what was entered can't be taken, in words; `field` is what it is about, "" for the whole form."""

    text: str
    field: str = ""


Submit = Callable[[Entered], Awaitable[Fault | None]]
"""Takes what was entered: None once it is done, else what to tell beside the field."""


class Form(ModalScreen[Entered | None]):
    """Asks for its fields, one below the other; None when it was left.

    What is wrong stands beside its field, and nothing that was entered is lost but a wrong PIN.
    """

    # Enter has priority: a key that comes right after it must find the next field, whose text may be hidden.
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave", "leave"),
        Binding("enter", "go_on", "go on", priority=True),
    ]
    AUTO_FOCUS = "Input"
    CSS_PATH = "forms.tcss"

    def __init__(self, words: Words, title: str, fields: Sequence[Field], submit: Submit) -> None:
        """`submit` is asked when the last field is done; the form ends when it has nothing to say."""
        super().__init__()
        self._words = words
        self._title = title
        self._fields = fields
        self._submit = submit
        self._is_asking = False

    def compose(self) -> ComposeResult:
        """A label and an input a field, and below each what is wrong with it."""
        with Vertical() as box:
            box.border_title = display(self._title, self._words.direction)
            yield _hidden("fault")
            for field in self._fields:
                yield label(field.label, self._words.direction)
                yield Input(field.value, password=field.secret, id=field.name, max_length=field.most)
                yield _hidden(f"fault-{field.name}")
            yield label(self._words.say("form-how"), self._words.direction, "#A0A0A0")

    def action_go_on(self) -> None:
        """Enter: to the next field; from the last one, to whoever takes what was entered."""
        inputs = list(self.query(Input))
        place = inputs.index(self.focused) if isinstance(self.focused, Input) else -1
        if place + 1 < len(inputs):
            self.set_focus(inputs[place + 1])
        elif not self._is_asking:
            self._is_asking = True
            inputs[place].call_later(self._hand_over)  # once it has taken the keys that came before

    def _hand_over(self) -> None:
        self._ask({one.id or "": one.value for one in self.query(Input)})

    @work
    async def _ask(self, entered: Entered) -> None:
        fault = await self._submit(entered)
        self._is_asking = False
        if fault is None:
            self.dismiss(entered)
            return
        self._tell(fault)

    def _tell(self, fault: Fault) -> None:
        asked = {field.name: field for field in self._fields}
        place = f"fault-{fault.field}" if fault.field in asked else "fault"
        for name in ("fault", *(f"fault-{field}" for field in asked)):
            self.query_one(f"#{name}", Lines).display = name == place
        shown = self.query_one(f"#{place}", Lines)
        shown.show(partial(_paragraph, fault.text, self._words.direction, ""))
        if field := asked.get(fault.field):
            wrong = self.query_one(f"#{field.name}", Input)
            if field.secret:
                wrong.value = ""
            self.set_focus(wrong)

    def action_leave(self) -> None:
        """Leave without handing over anything."""
        self.dismiss(None)


def _hidden(name: str) -> Lines:
    """A place for what is wrong, as long as nothing is."""
    place = Lines(id=name)
    place.add_class("wrong")
    place.display = False
    return place


def label(text: str, direction: Direction, style: str = "") -> Lines:
    """A text in as many lines as it needs."""
    label = Lines()
    label.show(partial(_paragraph, text, direction, style))
    return label


def _paragraph(text: str, direction: Direction, style: str, width: int) -> list[Content]:
    return paragraph(text, width, direction, style)
