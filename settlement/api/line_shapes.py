"""What is told of one line of hours: its evidence, the steps of the rules, and its history."""

import datetime as dt

from pydantic import Field

from settlement.api.review_shapes import WaitingEntry
from settlement.api.shapes import Shape
from settlement.rules.ledger import LineState


class Evidence(Shape):
    """What proves one end of a stay: an event of a terminal, or a record that people entered."""

    source: str = Field(description="terminal/epoch/number, or manual/number.")
    method: str
    wall_ms: int | None = Field(description="What the terminal's clock said, UTC milliseconds.")
    entered_by: str
    confirmed_by: str
    reason: str
    instead_of: list[str] = Field(description="What a time that people entered counts in the place of.")
    also_used: list[str] = Field(description="Other events that used the same one-time code or tap.")
    dispute: int | None = Field(description="The objection whose answer entered it.")


class Step(Shape):
    """One step from presence to hours."""

    rule: str
    code: str
    seconds: int
    text: str


class Stay(Shape):
    """A stay; `in_s` and `out_s` are UTC seconds."""

    in_s: int | None
    out_s: int | None
    came: Evidence | None
    left: Evidence | None
    raw_s: int = Field(description="Presence.")
    t_s: int = Field(description="What counts of it by the rules.")
    flags: list[str]
    steps: list[Step]


class Uncounted(Shape):
    """Evidence of the day that entered no stay, and why."""

    at_s: int
    source: str
    outcome: str
    text: str


class Decided(Shape):
    """Who decided, when and why; nobody where a newer entry ended the waiting."""

    by: str
    at_ms: int
    note: str
    override: str


class LedgerEntry(Shape):
    """A row of the ledger, which is never changed."""

    kind: str
    rev: int
    delta_s: int
    state: str
    reason: str
    flags: list[str]
    rules: int = Field(description="The version of the rules that computed it.")
    entered_ms: int
    review: Decided | None
    reopened: Decided | None


class Effect(Shape):
    """What the line earns, now and once what waits in it is approved."""

    points: int
    points_after: int
    stars_without: int
    stars: int
    stars_after: int


class Explanation(Shape):
    """One line of a volunteer in an activity: what the rules make of it, and what counts."""

    volunteer: int
    name: str
    activity: str
    title: str
    zone: str
    local_date: dt.date
    state: LineState | None
    t_s: int
    hours: str
    approved_s: int
    waiting_s: int
    rules: int | None
    waits_for_settler: bool
    flags: list[str]
    sessions: list[Stay]
    uncounted: list[Uncounted]
    entries: list[LedgerEntry]
    effect: Effect


class Sentence(Shape):
    """A sentence of the explanation, and how deep it stands."""

    depth: int
    text: str


class Line(Shape):
    """One line with its evidence, for programs and for people; `waits` is what is to be decided of it."""

    waits: WaitingEntry | None
    is_long: bool = Field(description="Whether it may be one stay that is longer than any may be.")
    is_capped: bool = Field(description="Whether the daily cap took something.")
    explanations: list[Explanation]
    sentences: list[Sentence]
