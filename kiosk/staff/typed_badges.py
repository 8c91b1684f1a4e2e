"""A badge that a scanner types into a field: whose it is. Pure."""

from foundation.errors import CredentialError
from kiosk.roster.index import RosterIndex
from sync.contract.badge import looks_like_badge


def number_in(text: str, roster: RosterIndex) -> str:
    """The volunteer's number of a genuine badge; any other text as it is, without blanks round it."""
    typed = text.strip()
    if not looks_like_badge(typed):
        return typed
    try:
        return roster.genuine_badge(typed).volunteer
    except CredentialError:
        return typed
