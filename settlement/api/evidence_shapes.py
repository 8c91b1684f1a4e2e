"""What is told of the evidence behind hours: events of terminals, and records that people entered."""

from pydantic import Field

from settlement.api.shapes import Shape
from settlement.evidence.measured_times import Basis


class MeasuredTime(Shape):
    """When an event was: the truth is within `error_ms` of `corrected_ms`; null where nothing bounds it."""

    basis: Basis
    corrected_ms: int
    error_ms: int | None


class Event(Shape):
    """An event as its terminal wrote it; times are UTC milliseconds."""

    terminal: str
    epoch: str
    seq: int
    site: str
    zone: str
    kind: str
    volunteer: int | None
    status: str
    review_reason: str
    wall_ms: int | None = Field(description="What the terminal's clock said.")
    time: MeasuredTime | None
    received_ms: int
    raw: str = Field(description="The event's own bytes as text; what is no UTF-8 is written out.")
    hash: str = Field(description="The hash of the log up to this event and with it.")


class RecordDecision(Shape):
    """What a second person said to a record."""

    confirmed: bool
    by: str
    note: str
    at_ms: int


class ManualRecord(Shape):
    """A time that was entered by hand, and who confirmed it; times are UTC milliseconds."""

    number: int
    volunteer: int
    activity: str
    title: str
    zone: str
    direction: str
    at_ms: int
    reason: str
    entered_by: str
    entered_ms: int
    decision: RecordDecision | None
