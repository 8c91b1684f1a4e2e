"""What Muster says to people, in their language: one Fluent catalog each, `<language>.ftl` beside this file.

Every catalog holds the same messages with the same variables. Where something is said for a code that stands
in a log or in a result, the message is named by its family and the code: `reason-…`, `result-…`, `flag-…`.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unicodedata import bidirectional

import structlog
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern
from fluent.syntax import ast

from foundation.errors import SettingsError
from foundation.languages import FALLBACK, LANGUAGES, Direction, direction, nearest

__all__ = ["CATALOGS", "FALLBACK", "LANGUAGES", "Direction", "Words", "direction", "message_ids", "nearest"]

CATALOGS = Path(__file__).parent

_MARKS = "\u200e\u200f"
_LTR_ISOLATE, _RTL_ISOLATE = "\u2066", "\u2067"
_FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
_POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"

_log = structlog.get_logger()


class Words:
    """Everything that Muster says, in one language; what its catalog lacks is said in English.

    `catalogs` is the folder of the `.ftl` files; a translator may try another one.
    """

    def __init__(self, language: str, catalogs: Path = CATALOGS) -> None:
        self.language = nearest(language)
        self.direction = direction(self.language)
        self._bundles = [_bundle(catalogs, each) for each in (self.language, FALLBACK)]

    def say(self, message_id: str, **arguments: str | int) -> str:
        """The text of a message, or of its attribute as in `reason-wrong_code.remedy`.

        `arguments` are its variables: text, or an integer that decides the plural. Text in the other
        direction (a Latin name in an Arabic sentence) is set between Unicode isolates to stay in its place.
        Raises SettingsError when even English has no such message.
        """
        isolated = {name: self._isolate(value) for name, value in arguments.items()}
        for bundle in self._bundles:
            pattern = _pattern(bundle, message_id)
            if pattern is not None:
                text, errors = bundle.format_pattern(pattern, isolated)
                if errors:
                    _log.error("words_incomplete", message=message_id, language=bundle.locales[0])
                return str(text)
        raise SettingsError(
            f"No message {message_id!r} exists in the catalog of {FALLBACK}.",
            remedy="Install Muster again: its files are of different versions.",
        )

    def knows(self, message_id: str) -> bool:
        """Whether a message, or an attribute of one, exists."""
        return any(_pattern(bundle, message_id) is not None for bundle in self._bundles)

    def code(self, family: str, code: str, attribute: str = "", **arguments: str | int) -> str:
        """The text for a code of a log or a result, such as `code("flag", "DAILY_CAP")`.

        A code that this version does not know yet is shown as it is, through the family's `…-unknown`.
        """
        ending = f".{attribute}" if attribute else ""
        known = f"{family}-{code.replace(':', '-')}{ending}"
        wanted = known if self.knows(known) else f"{family}-unknown{ending}"
        return self.say(wanted, **{"code": code, **arguments})

    def duration(self, seconds: int) -> str:
        """A number of seconds as people say it: `−2 min 15 s`, `7 h`, `0 s`."""
        hours, rest = divmod(abs(seconds), 3600)
        units = {"hours": hours, "minutes": rest // 60, "seconds": rest % 60}
        parts = [self.say(f"duration-{unit}", count=count) for unit, count in units.items() if count]
        text = " ".join(parts) or self.say("duration-seconds", count=0)
        return self.say("duration-negative", duration=text) if seconds < 0 else text

    def _isolate(self, value: str | int) -> str | int:
        if isinstance(value, int):
            return value
        rtl = self.direction is Direction.RTL
        own, other = (("R", "AL"), ("L",)) if rtl else (("L",), ("R", "AL"))
        if not any(bidirectional(character) in other for character in value):
            return value
        # A mark that holds a sign to its number is no letter: it must not decide the direction of the whole.
        letters = (bidirectional(character) for character in value if character not in _MARKS)
        first = next((kind for kind in letters if kind in own + other), "")
        isolate = (_RTL_ISOLATE if rtl else _LTR_ISOLATE) if first in own else _FIRST_STRONG_ISOLATE
        return f"{isolate}{value}{_POP_ISOLATE}"


def message_ids(language: str) -> Iterator[str]:
    """Every message and `message.attribute` of a language's own catalog."""
    for entry in _resource(CATALOGS, language).body:
        if isinstance(entry, ast.Message):
            yield entry.id.name
            yield from (f"{entry.id.name}.{attribute.id.name}" for attribute in entry.attributes)


def _resource(catalogs: Path, language: str) -> ast.Resource:
    return FluentResource((catalogs / f"{language}.ftl").read_text(encoding="utf-8"))


@cache
def _bundle(catalogs: Path, language: str) -> FluentBundle:
    # Isolates are set above, round text of the other direction only: English stays plain text.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(_resource(catalogs, language))
    return bundle


def _pattern(bundle: FluentBundle, message_id: str) -> Pattern | None:
    """What a message or `message.attribute` says before its variables are filled in."""
    name, _, attribute = message_id.partition(".")
    if not bundle.has_message(name):
        return None
    message = bundle.get_message(name)
    return message.attributes.get(attribute) if attribute else message.value
