"""The keys of the staff's view, and the lines at its bottom that tell them all. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style

from foundation.words import Direction, Words
from kiosk.screens.display import display
from kiosk.screens.results import SKY_BLUE
from sync.contract.roster import StaffRole

_GAP = 3


@dataclass(frozen=True, slots=True)
class Key:
    """A key, the message that names what it does (`key-…`), and the action that it is bound to."""

    key: str
    name: str
    action: str

    @property
    def pressed(self) -> str:
        """As Textual calls it."""
        return {"?": "question_mark", "^p": "ctrl+p"}.get(self.key, self.key)

    @property
    def message(self) -> str:
        """The message that says in a word or two what it does."""
        return f"key-{self.name}"


_LEAVE, _LANGUAGE = Key("q", "quit", "app.quit"), Key("l", "language", "app.language")
_HELP, _COMMANDS = Key("?", "help", "app.help"), Key("^p", "commands", "app.commands")
_ORDER, _FILTER = Key("v", "order", "app.order"), Key("f", "filter", "app.filter")
_ROLL_CALL = Key("i", "roll_call", "app.staff('roll_call')")
_LOG_OUT = Key("s", "log_out", "app.staff('log_in_or_out')")
EVERYBODYS_KEYS = (_LEAVE, _LANGUAGE, _HELP, _ORDER, _FILTER, Key("s", "staff", "app.staff('log_in_or_out')"))
STAFF_KEYS = (
    Key("m", "find", "app.staff('find')"),
    Key("w", "walk_in", "app.staff('walk_in')"),
    Key("p", "group", "app.staff('group')"),
    Key("x", "missing", "app.staff('missing')"),
    Key("e", "still_in", "app.staff('still_in')"),
    Key("g", "figures", "app.staff('figures')"),
    Key("r", "whose", "app.staff('whose')"),
    Key("c", "take_back", "app.staff('take_back')"),
    Key("a", "answer", "app.staff('answer')"),
    Key("t", "terminal", "app.staff('set_terminal')"),
    Key("d", "restart_device", "app.staff('restart_device')"),
    Key("y", "try_device", "app.staff('try_device')"),
    Key("n", "network", "app.staff('network')"),
    Key("h", "checkup", "app.staff('checkup')"),
    Key("u", "export", "app.staff('export')"),
    Key("k", "tell_centre", "app.staff('tell_centre')"),
    _ROLL_CALL,
    Key("o", "out_of_order", "app.staff('out_of_order')"),
    _LOG_OUT,
    _ORDER,
    _FILTER,
    _COMMANDS,
    _HELP,
    _LANGUAGE,
    _LEAVE,
)
"""While somebody of the staff is logged in."""
INSPECTORS_KEYS = (_ROLL_CALL, _LOG_OUT, _ORDER, _FILTER, _HELP, _LANGUAGE, _LEAVE)
"""While an inspector is, who does nothing for the staff."""


def keys_of(name: str, role: str) -> tuple[Key, ...]:
    """The keys for whoever is logged in, "" for nobody."""
    if not name:
        return EVERYBODYS_KEYS
    return INSPECTORS_KEYS if role == StaffRole.INSPECTOR else STAFF_KEYS


def keys_line(words: Words, keys: Sequence[Key], width: int) -> list[Content]:
    """Each key and what it does, which may be clicked as well, in as many lines as they need."""
    lines: list[list[Content]] = [[]]
    used = 0
    for key in keys:
        shown = _shown(key, words)
        if lines[-1] and used + _GAP + shown.cell_length > width:
            lines.append([])
            used = 0
        used += shown.cell_length + (_GAP if lines[-1] else 0)
        lines[-1].append(shown)
    return [_line(parts, words.direction, width) for parts in lines]


def _shown(key: Key, words: Words) -> Content:
    shown = Content.styled(f" {key.key} ", f"reverse {SKY_BLUE}") + Content(
        f" {display(words.say(key.message), words.direction)}"
    )
    return shown.stylize(Style.from_meta({"@click": key.action}))


def _line(parts: list[Content], direction: Direction, width: int) -> Content:
    if direction is Direction.LTR:
        return Content(" " * _GAP).join(parts)
    line = Content(" " * _GAP).join(parts[::-1])
    return line.pad_left(max(0, width - line.cell_length))
