"""A filter as an address says it: read part by part, and shown as links of which each takes one part away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest

from foundation.words import Words

Wanted_co = TypeVar("Wanted_co", bound=msgspec.Struct, covariant=True)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Wanted_co]):
    """What an address asks for: `given` are its parts that can be read, `dropped` names the others."""

    wanted: Wanted_co
    given: dict[str, str]
    dropped: tuple[str, ...]

    def address(self, *without: str, **more: str) -> str:
        """The address of the same page with these parts taken away and others put in."""
        kept = {name: value for name, value in self.given.items() if name not in without}
        return "?" + urlencode({**kept, **more})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a filter in words, and the address without it."""

    text: str
    without: str


def asked_of(request: HttpRequest, kind: type[Wanted_co], names: Sequence[str]) -> Asked[Wanted_co]:
    """The filter of the address; a part that it can't mean is left out, and the others stay."""
    given: dict[str, str] = {}
    dropped = []
    for name in names:
        value = request.GET.get(name, "")
        if not value:
            continue
        try:
            msgspec.convert({name: value}, kind, strict=False)
        except msgspec.ValidationError:
            dropped.append(name)
        else:
            given[name] = value
    return Asked(msgspec.convert(given, kind, strict=False), given, tuple(dropped))


def shown(
    asked: Asked[Wanted_co],
    words: Words,
    say: Callable[[str, str], str],
    *,
    beside: Sequence[str] = ("after",),
) -> dict[str, object]:
    """What the template `filtered.html` prints: the parts but those of no filter, and what was left out."""
    parts = [
        Part(say(name, value), asked.address(name, *beside))
        for name, value in asked.given.items()
        if name not in beside
    ]
    names = ", ".join(words.say(f"filter-name_{name}") for name in asked.dropped)
    return {"parts": parts, "dropped": words.say("filter-dropped", names=names) if names else ""}
