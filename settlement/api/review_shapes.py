"""What is told of hours that wait for a reviewer, and what a decision asks for and comes to."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from settlement.api.shapes import Asked, Note, Number, Override, Shape
from settlement.rules.flags import Flag
from settlement.rules.review import ReviewRefusal


class WaitingActivity(Shape):
    """An activity of which something waits."""

    id: str
    title: str
    site: str = Field(description="The site's name.")
    waiting: int
    clean: int = Field(description="Entries without a flag that asks for a look.")
    oldest: dt.date


class WaitingActivities(Shape):
    """A page of activities, the longest waiting first."""

    items: list[WaitingActivity]
    next: str | None


class FlagTold(Shape):
    """A remark on an entry."""

    code: Flag
    text: str
    blocking: bool = Field(description="Whether it keeps the entry out of an approval of all clean ones.")


class WaitingEntry(Shape):
    """An entry that waits for a decision."""

    entry: int
    volunteer: int
    name: str
    date: dt.date
    is_adjustment: bool
    seconds: int = Field(description="What an approval adds to what counts; an adjustment may take away.")
    due: dt.date = Field(description="The last day to decide.")
    is_late: bool
    lacks: list[str] = Field(description="Which evidence is missing.")
    flags: list[FlagTold]
    more: list[str] = Field(description="What else a reviewer must know.")


class WaitingEntries(Shape):
    """A page of entries, in the order in which they were entered."""

    items: list[WaitingEntry]
    next: str | None


class CleanSum(Shape):
    """What an approval of all clean entries would take."""

    entries: int
    seconds: int
    people: int


Entries = Annotated[list[Number], Field(min_length=1, max_length=500)]


class Approval(Asked):
    """Entries to approve that somebody looked at one by one."""

    entries: Entries
    note: Note = ""
    override: Override = ""


class Rejection(Asked):
    """Entries to reject; the note says why."""

    entries: Entries
    note: Note


class CleanApproval(Asked):
    """All clean entries of an activity are to be approved."""

    note: Note = ""
    override: Override = ""


class WithReason(Asked):
    """A decision that needs its reason."""

    note: Note


class LongStayCredited(Asked):
    """A check-in and a check-out are to be one stay; the note says why."""

    note: Note
    override: Override = ""


class Refused(Shape):
    """An entry that stayed as it was."""

    entry: int
    code: ReviewRefusal
    text: str


class Reviewed(Shape):
    """What a decision came to: what it refused stayed as it was, the rest is decided."""

    decided: list[int]
    refused: list[Refused]


class Credited(Shape):
    """What was approved with a long stay."""

    approved_s: int


class CapLifted(Shape):
    """The local dates on which the daily cap takes nothing any more."""

    dates: list[dt.date]
