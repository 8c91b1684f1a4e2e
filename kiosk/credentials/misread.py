"""What a scanner spoilt: it types by another keyboard's layout, or changes the case of letters. Pure.

Its signature proves which badge it was. So nobody is sent away, and staff are told what to set. Of other
codes nothing proves what they were: staff are told, and they stay unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.keyboard.layouts import retyped
from foundation.trouble import Trouble
from kiosk.roster.index import RosterIndex
from kiosk.troubles import TerminalTrouble
from sync.contract import badge, pseudonym
from sync.contract.pseudonym import LONGEST_CODE, Subject


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


def misread_code(text: str, roster: RosterIndex, pseudonym_key: bytes) -> Trouble | None:
    """What is wrong with a scanner that made this text of a code of the roster; None where of none."""
    if len(text) > LONGEST_CODE:
        return None

    def is_known(code: str) -> bool:
        return code != text and roster.names(pseudonym.keyed_reference(pseudonym_key, Subject.CODE, code))

    if any(map(is_known, (text.upper(), text.lower(), text.swapcase()))):
        return Trouble.of(TerminalTrouble.SCANNER_CHANGES_CASE)
    for layout, meant in retyped(text):
        if is_known(meant) or is_known(meant.upper()):
            return Trouble.of(TerminalTrouble.SCANNER_LAYOUT, layout=layout)
    return None
