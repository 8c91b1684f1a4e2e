"""What stands beside every decision: who made it, as the account says, and why."""

from foundation.errors import RulesError
from foundation.person_name import stranger_in, tidied
from settlement.accounts.accounts import LONGEST_NAME
from settlement.accounts.actor import Actor
from settlement.accounts.audit import LONGEST_REASON
from settlement.rules.review import ReviewRefusal
from settlement.troubles import DecisionTrouble

LONGEST_NOTE = LONGEST_REASON


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


def person_named(said: str) -> str:
    """The name of somebody who signs without an account of that name, tidied; raises RulesError NOBODY."""
    name = tidied(said)
    if not name or len(name) > LONGEST_NAME or stranger_in(said):
        raise RulesError(DecisionTrouble.NOBODY, most=LONGEST_NAME)
    return name


def check_not_own(by: Actor, volunteer: int) -> None:
    """Raise RulesError SELF_REVIEW where the person is the volunteer whom it is about."""
    if str(volunteer) in by.marks:
        raise RulesError(ReviewRefusal.SELF_REVIEW)


def check_another(by: Actor, marks: frozenset[str]) -> None:
    """Raise RulesError FOUR_EYES where one of these marks names the person, by whatever account."""
    if not by.marks.isdisjoint(marks):
        raise RulesError(ReviewRefusal.FOUR_EYES)
