"""Stays that are too long and count because a reviewer said so, as an explanation names them."""

from collections.abc import Iterable

from msgspec import Struct

from settlement.models import CreditedStay, Session


class Credited(Struct, frozen=True):
    """Who said that two scans are one stay, when (UTC milliseconds) and why; its ends in UTC seconds."""

    came_s: int
    left_s: int
    by: str
    at_ms: int
    reason: str


def credited_stays_of(sessions: Iterable[Session]) -> list[Credited]:
    """What was said of these sessions."""
    by_event = {row.in_event: row for row in sessions if row.in_s is not None and row.out_s is not None}
    rows = CreditedStay.objects.filter(came__in=by_event).order_by("pk")
    found = [(row, by_event[row.came]) for row in rows if by_event[row.came].out_event == row.left]
    return [Credited(stay.in_s or 0, stay.out_s or 0, row.by, row.at_ms, row.reason) for row, stay in found]
