"""Who did something and why: the name and the reason that stand beside every decision.

A person is named by the volunteer's number where the person is a volunteer, too: only so can the rules see
that nobody decides on the own hours, points or stars.
"""

from foundation.errors import RulesError

LONGEST_NAME = 40
LONGEST_NOTE = 300


def signed_by(name: str) -> str:
    """The name of who enters or decides, trimmed; raises RulesError NOBODY for none or a long one."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RulesError(
            "NOBODY",
            "A decision needs somebody who made it.",
            remedy=f"Name the person, in 1 to {LONGEST_NAME} characters.",
        )
    return name


def reason_given(text: str, *, code: str = "NO_REASON", longest: int = LONGEST_NOTE) -> str:
    """A reason in words, trimmed; raises RulesError with that code for none, or one that is too long."""
    if not text.strip():
        raise RulesError(code, "No reason is given.", remedy=f"Write why, in 1 to {longest} characters.")
    return note_given(text, code=code, longest=longest)


def note_given(text: str, *, code: str = "NOTE_TOO_LONG", longest: int = LONGEST_NOTE) -> str:
    """A note that may be empty, trimmed; raises RulesError with that code for one that is too long."""
    text = text.strip()
    if len(text) > longest or "\0" in text:
        raise RulesError(
            code,
            f"The text has {len(text)} characters; {longest} fit.",
            remedy="Shorten it; longer papers belong into a file.",
        )
    return text


def check_not_own(by: str, volunteer: int, what: str) -> None:
    """Raise RulesError SELF_REVIEW where the person is the volunteer whom it is about."""
    if by == str(volunteer):
        raise RulesError("SELF_REVIEW", f"Nobody decides on {what}.", remedy="Ask somebody else to do it.")
