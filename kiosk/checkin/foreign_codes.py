"""Foreign codes that a camera sees all day: each is refused once, and then not for minutes."""

from enum import Enum

from drivers.reading import Presented, Reading, Secret
from foundation.refusal import Refusal
from sync.contract.badge import has_shape

QUIET_MS = 600_000
"""For so long after a camera last showed it a refused foreign code is not refused again."""

_MOST_CODES = 500
_REFUSALS = {
    Refusal.UNKNOWN_CREDENTIAL,
    Refusal.FOREIGN_CODE,
    Refusal.CODE_IN_PARTS,
    Refusal.NO_ROSTER,
    Refusal.UNREADABLE,  # it begins as a badge does, and is none
}


class OldNews(Enum):
    """What was presented and is not decided on."""

    FOREIGN_CODE = "foreign_code"
    SAME_SHOWING = "same_showing"
    LOOKED_UP = "looked_up"


class ForeignCodes:
    """Remembers which foreign codes each camera saw refused. Used in the engine's turn alone."""

    def __init__(self) -> None:
        self._seen_ms: dict[tuple[str, Secret], int] = {}

    def was_refused(self, reading: Reading) -> bool:
        """Whether this camera showed this code minutes ago or less, and it was refused."""
        seen_ms = self._seen_ms.get((reading.device, reading.payload))
        return reading.by_sight and seen_ms is not None and reading.at.mono_ms - seen_ms < QUIET_MS

    def note(self, reading: Reading, reason: str) -> bool:
        """Remember what a camera showed if it is refused, for this reason, as no badge; True if it is."""
        badge = reading.presented is Presented.CODE and has_shape(reading.payload.reveal())
        if not reading.by_sight or reason not in _REFUSALS or badge:
            return False
        self._seen_ms.pop((reading.device, reading.payload), None)
        self._seen_ms[reading.device, reading.payload] = reading.at.mono_ms
        if len(self._seen_ms) > _MOST_CODES:
            del self._seen_ms[next(iter(self._seen_ms))]
        return True
