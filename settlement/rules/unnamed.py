"""For which activity somebody was scanned, where the terminal could name none: it had no roster. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How the activity was found, or why it was not."""

    ASSIGNED = "assigned"
    """Of those executing at the site, the only one at which the volunteer was expected."""
    ONLY = "only"
    """The only one that was executing at the site."""
    PERSON = "person"
    """Somebody said so."""
    NONE = "none"
    """None was executing at the site."""
    SEVERAL = "several"
    """Several were, and no assignment tells which."""


@dataclass(frozen=True, slots=True)
class Found:
    """The activity, or None where it is not unique."""

    activity: str | None
    way: Way


NOT_FOUND = Found(None, Way.NONE)


def find_activity(executing: Collection[str], expected_at: Collection[str]) -> Found:
    """Choose among the activities that were executing at the terminal's site at that moment.

    `expected_at` are those at which the volunteer is expected, whether or not they were executing.
    """
    own = [activity for activity in executing if activity in expected_at]
    for candidates, way in ((own, Way.ASSIGNED), (list(executing), Way.ONLY)):
        if len(candidates) == 1:
            return Found(candidates[0], way)
        if candidates:
            return Found(None, Way.SEVERAL)
    return NOT_FOUND
