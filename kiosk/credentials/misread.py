"""A badge that a scanner spoilt: it types by another keyboard's layout, or changes the case of letters. Pure.

The signature proves which badge it was. So nobody is sent away, and staff are told what to set.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.keyboard.layouts import retyped
from foundation.trouble import Trouble
from kiosk.troubles import TerminalTrouble
from sync.contract import badge


@dataclass(frozen=True, slots=True)
class Misread:
    """What may be the badge's own text, and what is wrong with the scanner then."""

    text: str
    trouble: Trouble


def misread_badges(text: str) -> Iterator[Misread]:
    """The badges that may be meant by a text that is none: layouts differ in so little that several fit.

    Badges hold no small letters, so that their case can't be lost.
    """
    if len(text) != badge.CHARACTERS:
        return
    if badge.has_shape(text.upper()):
        yield Misread(text.upper(), Trouble.of(TerminalTrouble.SCANNER_CHANGES_CASE))
    for layout, meant in retyped(text):
        if badge.has_shape(meant.upper()):
            yield Misread(meant.upper(), Trouble.of(TerminalTrouble.SCANNER_LAYOUT, layout=layout))
