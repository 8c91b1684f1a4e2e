"""What is told of volunteers: who is found, and the file of one."""

import datetime as dt

from pydantic import Field

from settlement.api.shapes import Shape
from settlement.records.dispute_standing import DisputeState
from settlement.rules.ledger import LineState


class FoundVolunteer(Shape):
    """A volunteer; suspended ones are let in nowhere."""

    number: int
    name: str
    suspended: bool


class FoundVolunteers(Shape):
    """A page of volunteers, by number."""

    items: list[FoundVolunteer]
    next: str | None


class Belonging(Shape):
    """A membership; times are UTC milliseconds."""

    path: str = Field(description="The organisation's place in the tree.")
    name: str
    joined_ms: int
    left_ms: int | None


class StayTimes(Shape):
    """When somebody came and left, UTC seconds; null where that end is missing."""

    came_s: int | None
    left_s: int | None


class ServiceLine(Shape):
    """One line of the record."""

    local_date: dt.date
    activity: str
    title: str
    content: str
    recipients: str
    site: str
    recorder: str = Field(description="The place in the tree of the organisation that recorded it.")
    recorder_name: str
    state: LineState
    approved_s: int
    waiting_s: int
    stays: list[StayTimes]
    zone: str


class ServiceRecord(Shape):
    """Everything that was served, and what it earned."""

    lines: list[ServiceLine]
    total_s: int = Field(description="Approved seconds.")
    hours: str
    by_recorder: dict[str, int]
    stars: int
    points: dict[int, int] = Field(description="The balance by calendar year.")


class HeldCertificate(Shape):
    """A certificate and whether it still holds."""

    number: str
    hours: str
    standing: str
    issuer: str = Field(description="The place in the tree of the organisation that issued it.")
    issued_ms: int


class Gift(Shape):
    """An application for a gift."""

    day: str
    tier: str
    state: str


class Objection(Shape):
    """Where an objection stands."""

    number: int
    state: DisputeState
    due: dt.date
    amended_s: int


class Move(Shape):
    """A transfer from one organisation to another; times are UTC milliseconds."""

    number: int
    came_from: str
    goes_to: str
    state: str
    requested_ms: int
    ended_ms: int | None


class CertificateRequest(Shape):
    """A certificate that was asked for: requested, granted, or refused with a note."""

    number: int
    issuer: str
    state: str
    asked_ms: int
    note: str


class Withdrawal(Shape):
    """A badge or card, or the person without one, that was withdrawn or given back."""

    at_ms: int
    change: str
    ref: str
    from_ms: int | None
    reason: str
    by: str


class Merge(Shape):
    """Two numbers of one person that were made one."""

    kept: int
    gone: int
    by: str
    at_ms: int
    reason: str


class VolunteerFile(Shape):
    """Everything that the centre holds about a volunteer's service."""

    number: int
    name: str
    may_be_named: bool
    suspended: bool
    memberships: list[Belonging]
    record: ServiceRecord
    certificates: list[HeldCertificate]
    gifts: list[Gift]
    disputes: list[Objection]
    withdrawals: list[Withdrawal]
    transfers: list[Move]
    requests: list[CertificateRequest]
    merges: list[Merge]
