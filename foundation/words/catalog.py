"""One language's messages, each parsed when it is first said.

A process says a few dozen of thousands of messages, and parsing them all takes seconds and ten megabytes of a
small terminal. Where a message begins is seen without parsing: a name and `=` at the beginning of a line are
nothing else (https://github.com/projectfluent/fluent/blob/master/spec/fluent.ebnf, `Message`, `blank_block`).
"""

import re
from itertools import pairwise
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern

_BEGINS = re.compile(r"^([A-Za-z][A-Za-z0-9_-]*) *=", re.MULTILINE)


class Catalog:
    """What an `.ftl` file says. No message refers to another one, and there are no terms (a test says so)."""

    def __init__(self, file: Path, language: str) -> None:
        """`language` is a tag such as `zh-Hans`; raises OSError and UnicodeDecodeError."""
        self._text = file.read_text(encoding="utf-8").removeprefix("\ufeff")
        begins = [(found.group(1), found.start()) for found in _BEGINS.finditer(self._text)]
        self._places: dict[str, tuple[int, int]] = {}
        for (name, begin), (_, end) in pairwise([*begins, ("", len(self._text))]):
            self._places.setdefault(name, (begin, end))
        # Isolates are set by whoever fills a message in, round text of the other direction only.
        self._bundle = FluentBundle([language], use_isolating=False)

    def pattern(self, message_id: str) -> Pattern | None:
        """What a message or `message.attribute` says, without its variables; None for an unknown one."""
        name, _, attribute = message_id.partition(".")
        if not self._bundle.has_message(name):
            source = self.source(name)
            if source is None:
                return None
            self._bundle.add_resource(FluentResource(source))
            if not self._bundle.has_message(name):
                return None
        message = self._bundle.get_message(name)
        return message.attributes.get(attribute) if attribute else message.value

    def source(self, name: str) -> str | None:
        """The lines of a message, up to the next one."""
        place = self._places.get(name)
        return self._text[slice(*place)] if place else None

    def format(self, pattern: Pattern, arguments: dict[str, str | int]) -> tuple[str, bool]:
        """The text with its variables filled in, and whether nothing was missing."""
        text, errors = self._bundle.format_pattern(pattern, arguments)
        return str(text), not errors
