"""Who did something and why: the name and the reason that stand beside every decision.

A person is named by the volunteer's number where the person is a volunteer, too: only so can the rules see
that nobody decides on the own hours, points or stars.
"""

from foundation.errors import RulesError
from settlement.rules.review import ReviewRefusal
from settlement.troubles import DecisionTrouble

LONGEST_NAME = 40
LONGEST_NOTE = 300


def signed_by(name: str) -> str:
    """The name of who enters or decides, trimmed; raises RulesError NOBODY for none or a long one."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RulesError(DecisionTrouble.NOBODY, most=LONGEST_NAME)
    return name


def reason_given(
    text: str, *, code: DecisionTrouble = DecisionTrouble.NO_REASON, longest: int = LONGEST_NOTE
) -> str:
    """A reason in words, trimmed; raises RulesError with that code for none, NOTE_TOO_LONG for a long one."""
    if not text.strip():
        raise RulesError(code, most=longest)
    return note_given(text, longest=longest)


def note_given(text: str, *, longest: int = LONGEST_NOTE) -> str:
    """A note that may be empty, trimmed; raises RulesError NOTE_TOO_LONG for one that is too long."""
    text = text.strip()
    if len(text) > longest or "\0" in text:
        raise RulesError(DecisionTrouble.NOTE_TOO_LONG, length=len(text), most=longest)
    return text


def check_not_own(by: str, volunteer: int) -> None:
    """Raise RulesError SELF_REVIEW where the person is the volunteer whom it is about."""
    if by == str(volunteer):
        raise RulesError(ReviewRefusal.SELF_REVIEW)
