"""What Muster says to people, in their language: one Fluent catalog each, `<language>.ftl` beside this file.

Every catalog holds the same messages with the same variables. Where something is said for a code that stands
in a log or in a result, the message is named by its family and the code: `reason-…`, `result-…`, `flag-…`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from unicodedata import bidirectional, category

import structlog
from fluent.runtime import FluentResource
from fluent.syntax import ast

from foundation.languages import FALLBACK, LANGUAGES, Direction, direction, nearest
from foundation.trouble import Argument, Trouble
from foundation.words.catalog import Catalog

__all__ = [
    "CATALOGS",
    "FALLBACK",
    "LANGUAGES",
    "Direction",
    "Words",
    "direction",
    "language_of",
    "message_ids",
    "nearest",
]

CATALOGS = Path(__file__).parent

_MARKS = "\u200e\u200f"
_LTR_ISOLATE, _RTL_ISOLATE = "\u2066", "\u2067"
_FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
_POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"

_log = structlog.get_logger()


def language_of(environment: Mapping[str, str]) -> str:
    """The language that an environment asks for by LC_ALL, LC_MESSAGES or LANG; English where by none."""
    wishes = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return nearest(next(filter(None, wishes), FALLBACK))


class Words:
    """Everything that Muster says, in one language; what its catalog lacks is said in English.

    `catalogs` is the folder of the `.ftl` files; a translator may try another one. What is said `on_pages`
    names no commands where the catalog knows another remedy: whoever reads a page has none.
    """

    def __init__(self, language: str, catalogs: Path = CATALOGS, *, on_pages: bool = False) -> None:
        self.language = nearest(language)
        self.direction = direction(self.language)
        self._catalogs = catalogs
        self._on_pages = on_pages

    def say(self, message_id: str, /, **arguments: str | int) -> str:
        """The text of a message, or of its attribute as in `reason-wrong_code.remedy`.

        `arguments` are its variables: text, or an integer that decides the plural. Text in the other
        direction (a Latin name in an Arabic sentence) is set between Unicode isolates to stay in its place,
        and so are dates, times and telephone numbers in a sentence from right to left.
        Raises LookupError when even English has no such message.
        """
        isolated = {name: self._isolate(value) for name, value in arguments.items()}
        for language in (self.language, FALLBACK):
            catalog = _catalog(self._catalogs, language)
            pattern = catalog.pattern(message_id)
            if pattern is not None:
                text, complete = catalog.format(pattern, isolated)
                if not complete:
                    _log.error("words_incomplete", message=message_id, language=language)
                return text
        raise LookupError(
            f"No message {message_id!r} exists in the catalog of {FALLBACK}: install Muster again."
        )

    def knows(self, message_id: str) -> bool:
        """Whether a message, or an attribute of one, exists."""
        languages = (self.language, FALLBACK)
        return any(
            _catalog(self._catalogs, language).pattern(message_id) is not None for language in languages
        )

    def code(self, family: str, code: str, attribute: str = "", /, **arguments: str | int) -> str:
        """The text for a code of a log or a result, such as `code("flag", "DAILY_CAP")`.

        A code that this version does not know yet is shown as it is, through the family's `…-unknown`.
        """
        ending = f".{attribute}" if attribute else ""
        known = f"{family}-{code.replace(':', '-')}{ending}"
        wanted = known if self.knows(known) else f"{family}-unknown{ending}"
        return self.say(wanted, **{"code": code, **arguments})

    def what(self, trouble: Trouble) -> str:
        """What is wrong, as a sentence; a term as the word that it is."""
        return self._told(trouble)

    def remedy(self, trouble: Trouble) -> str:
        """What the person can do about it; empty for a term."""
        if self._on_pages and self.knows(f"{trouble.family}-{trouble.code}.page"):
            return self._told(trouble, "page")
        endings = (f"{trouble.family}-{trouble.code}.remedy", f"{trouble.family}-unknown.remedy")
        return self._told(trouble, "remedy") if any(map(self.knows, endings)) else ""

    def trouble(self, trouble: Trouble) -> str:
        """What is wrong, and what the person can do about it."""
        return self.together(self.what(trouble), self.remedy(trouble))

    def together(self, *sentences: str) -> str:
        """Sentences one after the other, with a space between them where the language has one."""
        return ("" if self.language == "zh-Hans" else " ").join(filter(None, sentences))

    def duration(self, seconds: int) -> str:
        """A number of seconds as people say it: `−2 min 15 s`, `7 h`, `0 s`."""
        hours, rest = divmod(abs(seconds), 3600)
        units = {"hours": hours, "minutes": rest // 60, "seconds": rest % 60}
        parts = [self.say(f"duration-{unit}", count=count) for unit, count in units.items() if count]
        text = " ".join(parts) or self.say("duration-seconds", count=0)
        return self.say("duration-negative", duration=text) if seconds < 0 else text

    def _told(self, trouble: Trouble, attribute: str = "") -> str:
        # A newer version may have families that this one has no words for.
        family = trouble.family if self.knows(f"{trouble.family}-unknown") else "error"
        return self.code(family, trouble.code, attribute, **self._filled(trouble.arguments))

    def _filled(self, arguments: Mapping[str, Argument]) -> dict[str, str | int]:
        """What fills a trouble's sentence in: $why and, of a trouble within it, $why_remedy too."""
        filled: dict[str, str | int] = {}
        for name, value in arguments.items():
            if isinstance(value, Trouble):
                filled[name], filled[f"{name}_remedy"] = self.what(value), self.remedy(value)
            elif isinstance(value, list):
                filled[name] = self._listed(value)
            else:
                filled[name] = value if isinstance(value, int) and name == "count" else _in_a_line(str(value))
        return filled

    def _listed(self, values: list[str | int | Trouble]) -> str:
        """Words with a comma between them, whole sentences as they are."""
        parts = [self.what(one) if isinstance(one, Trouble) else _in_a_line(str(one)) for one in values]
        if any(isinstance(one, Trouble) and one.family == "error" for one in values):
            return self.together(*parts)
        return self.say("list-between").join(parts)

    def _isolate(self, value: str | int) -> str | int:
        if isinstance(value, int):
            return value
        rtl = self.direction is Direction.RTL
        if rtl and _is_figures(value):
            # After an Arabic letter the parts of a date would change places (UAX #9, rules W2 and W4).
            return f"{_LTR_ISOLATE}{value}{_POP_ISOLATE}"
        own, other = (("R", "AL"), ("L",)) if rtl else (("L",), ("R", "AL"))
        if not any(bidirectional(character) in other for character in value):
            return value
        # A mark that holds a sign to its number is no letter: it must not decide the direction of the whole.
        letters = (bidirectional(character) for character in value if character not in _MARKS)
        first = next((kind for kind in letters if kind in own + other), "")
        isolate = (_RTL_ISOLATE if rtl else _LTR_ISOLATE) if first in own else _FIRST_STRONG_ISOLATE
        return f"{isolate}{value}{_POP_ISOLATE}"


@cache
def message_ids(language: str) -> tuple[str, ...]:
    """Every message and `message.attribute` of a language's own catalog."""
    text = (CATALOGS / f"{language}.ftl").read_text(encoding="utf-8")
    ids: list[str] = []
    for entry in FluentResource(text.removeprefix("\ufeff")).body:
        if isinstance(entry, ast.Message):
            ids.append(entry.id.name)
            ids += (f"{entry.id.name}.{attribute.id.name}" for attribute in entry.attributes)
    return tuple(ids)


def _in_a_line(text: str) -> str:
    """The text with its control characters written out: it may come from a file of anybody's."""
    return "".join(repr(one)[1:-1] if category(one) == "Cc" else one for one in text)


@cache
def _catalog(catalogs: Path, language: str) -> Catalog:
    return Catalog(catalogs / f"{language}.ftl", language)


def _is_figures(value: str) -> bool:
    """Whether a text has digits and no letter: a date, a time, a telephone number."""
    kinds = {bidirectional(character) for character in value}
    return "EN" in kinds and not kinds & {"L", "R", "AL"}
