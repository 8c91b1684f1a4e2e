"""The stays that ended lately at this terminal, by volunteer: what somebody who leaves served today."""

from dataclasses import dataclass, field
from typing import NamedTuple

_KEPT_MS = 48 * 3_600_000
"""A day of service may begin on the evening before; what is older is nobody's today."""


class Stay(NamedTuple):
    """From a check-in to its check-out, the event at `ended_by` (epoch and seq); times are UTC milliseconds.

    Unless it is `provable`, the clock had never been set, or was set meanwhile.
    """

    activity: str
    from_ms: int
    until_ms: int
    ended_by: tuple[str, int]
    provable: bool = True


@dataclass(slots=True)
class LateStays:
    """Kept for two days after the last of each volunteer's."""

    _stays: dict[str, tuple[Stay, ...]] = field(default_factory=dict)

    def add(self, volunteer: str, stay: Stay) -> None:
        """Somebody left."""
        kept = (one for one in self.of(volunteer) if stay.until_ms - one.until_ms < _KEPT_MS)
        self._stays[volunteer] = (*kept, stay)

    def take_back(self, volunteer: str, place: tuple[str, int]) -> None:
        """The event at this place counts no more."""
        if volunteer in self._stays:
            self._stays[volunteer] = tuple(one for one in self.of(volunteer) if one.ended_by != place)

    def of(self, volunteer: str) -> tuple[Stay, ...]:
        """Those of one volunteer, in the order in which they ended."""
        return self._stays.get(volunteer, ())
