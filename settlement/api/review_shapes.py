"""What is told of hours that wait for a reviewer, and what a decision asks for and comes to."""

import datetime as dt
from typing import Annotated

from ninja import Query
from pydantic import BaseModel, Field

from settlement.api.shapes import Asked, Note, Number, Override, Shape
from settlement.review.wanted import Kept
from settlement.rules.flags import Flag
from settlement.rules.review import ReviewRefusal
from sync.contract.events import Method


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


class ReviewFilter(BaseModel):
    """Which of what waits is wanted; what is left out leaves everything in."""

    kept: Annotated[Kept, Query(default=Kept.ALL)]
    flag: Annotated[Flag | None, Query(default=None)]
    site: Annotated[str, Query(default="", max_length=40, description="The site's code.")]
    organisation: Annotated[
        str, Query(default="", pattern="^[0-9]{0,60}$", description="The path of it, or of one above.")
    ]
    terminal: Annotated[str, Query(default="", max_length=32, description="Where one of the times was read.")]
    method: Annotated[Method | None, Query(default=None, description="What one of the times was read by.")]
    waited: Annotated[
        int, Query(default=0, ge=0, le=100_000, description="Days that the entry has waited, at least.")
    ]
    late: Annotated[bool, Query(default=False, description="Only what is over due.")]
    day: Annotated[dt.date | None, Query(default=None, description="The line's local date.")]
    person: Annotated[
        str, Query(default="", max_length=80, description="How a number or each part of a name begins.")
    ]


class Late(Shape):
    """What should have been decided in an organisation; `path` is empty for what belongs to none."""

    path: str
    name: str
    entries: int
    oldest: dt.date = Field(description="The earliest due date.")
    activities: int


class LateOrganisations(Shape):
    """Who is late, that with the earliest due date first."""

    items: list[Late]


class WaitingEntry(Shape):
    """An entry that waits for a decision."""

    entry: int
    activity: str
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
    """A page of entries by their dates, so that what is due first stands first."""

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
