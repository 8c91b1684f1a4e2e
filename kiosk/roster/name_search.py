"""Finding people of the roster by what staff type: number, name without accents, pinyin, initials. Pure."""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from foundation.name_folding import folded, joined
from sync.contract.roster import RosterPerson


class _Searched(NamedTuple):
    person: RosterPerson
    name: str
    latin: str


class NameSearch:
    """Made once for a roster, on the first search."""

    def __init__(self, people: Iterable[RosterPerson]) -> None:
        self._people = [_Searched(one, folded(joined(one.name)), _latin(one.latin)) for one in people]

    def find(self, text: str, most: int) -> list[RosterPerson]:
        """At most `most` people whose number begins with the text, or whose name holds each of its words.

        A Chinese name is also found by the beginning of any of its syllables, of all or of their initials.
        """
        number = text.strip()
        words = folded(joined(text)).split()
        if not words:
            return []
        found = (
            one.person
            for one in self._people
            if one.person.volunteer.startswith(number)
            or all(word in one.name or f" {word}" in one.latin for word in words)
        )
        return list(islice(found, most))


def _latin(read: str) -> str:
    """Each way to begin: " li ming liming lm"; ü is typed as u by most and as v by some."""
    if not read:
        return ""
    syllables = read.split()
    ways = f" {read} {read.replace(' ', '')} {''.join(one[:1] for one in syllables)}"
    return ways + ways.replace("v", "u") if "v" in ways else ways
