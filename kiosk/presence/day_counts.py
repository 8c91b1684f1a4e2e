"""How many came and left by the hour, by which method, and what was refused: figures of a day, no names."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from sync.contract.events import (
    CheckIn,
    CheckOut,
    Correction,
    Direction,
    Event,
    Group,
    Manual,
    Method,
    Refused,
)

_QUARTER_MS = 900_000
"""Every time zone is ahead of UTC by whole quarters of an hour."""
_KEPT_QUARTERS = 2 * 24 * 4 + 4


class Counted(NamedTuple):
    """One kind of event within a quarter of an hour: `what` is in, out, refused, taken_back or in_group."""

    quarter: int
    what: str
    how: str


@dataclass(slots=True)
class DayCounts:
    """Counts each event where it was logged; what is older than two days is forgotten."""

    _counts: Counter[Counted] = field(default_factory=Counter)
    _newest: int = 0

    def fold(self, event: Event) -> None:
        """Count one event of the log."""
        match event:
            case CheckIn():
                self._count(event, Direction.IN, event.credential.method)
            case CheckOut():
                self._count(event, Direction.OUT, event.credential.method)
            case Manual():
                self._count(event, event.direction, Method.MANUAL)
            case Refused():
                self._count(event, "refused", event.reason)
            case Group() if event.direction == Direction.IN:
                self._count(event, "in_group", "", event.count)
            case Correction():
                self._count(event, "taken_back", "")

    def between(self, from_ms: int, until_ms: int) -> list[tuple[int, str, str, int]]:
        """What was counted in [from, until) (UTC, in milliseconds; whole quarters of an hour), in order.

        Each with when its quarter began, what it was, how or why, and how often.
        """
        quarters = range(from_ms // _QUARTER_MS, until_ms // _QUARTER_MS)
        found = [(one, number) for one, number in self._counts.items() if one.quarter in quarters]
        return [(one.quarter * _QUARTER_MS, one.what, one.how, number) for one, number in sorted(found)]

    def _count(self, event: Event, what: str, how: str, number: int = 1) -> None:
        quarter = event.wall_ms // _QUARTER_MS
        self._counts[Counted(quarter, what, how)] += number
        if quarter > self._newest:
            self._newest = quarter
            for old in [one for one in self._counts if one.quarter < quarter - _KEPT_QUARTERS]:
                del self._counts[old]
