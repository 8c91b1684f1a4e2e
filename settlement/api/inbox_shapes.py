"""What is told of what waits in the inbox, and what a decision asks for."""

from pydantic import Field

from settlement.api.shapes import Asked, Note, Shape


class InboxAct(Shape):
    """What may be decided, and what people call it."""

    act: str
    text: str


class InboxKind(Shape):
    """A kind of what waits: how much, and what may be decided."""

    kind: str
    title: str
    waiting: int
    acts: list[InboxAct]


class Inbox(Shape):
    """All kinds."""

    items: list[InboxKind]


class InboxItem(Shape):
    """One thing that waits, told in sentences."""

    number: int
    volunteer: int | None = Field(description="Null where it is about nobody.")
    name: str = Field(description="The volunteer's, or of what it is about.")
    since: str = Field(description="The centre's local date and time.")
    told: list[str]
    acts: list[str] = Field(description="What it waits for.")
    choices: list[tuple[str, str]] = Field(description="Codes to choose from, and what people call them.")


class InboxItems(Shape):
    """A page of what waits of one kind, in the order in which it was entered."""

    items: list[InboxItem]
    next: str | None


class SiteToVisit(Shape):
    """A site that no inspector visited for a week; `last_ms` is null for one never visited."""

    code: str
    name: str
    last_ms: int | None


class SitesToVisit(Shape):
    """The sites that are due, the longest unvisited first."""

    items: list[SiteToVisit]


class InboxDecision(Asked):
    """A decision; most need a note that says why."""

    note: Note = ""
    choice: str = Field(
        default="", max_length=80, description="One of the thing's choices, where it has any."
    )


class InboxDone(Shape):
    """What was decided."""

    kind: str
    number: int
    act: str
