"""Whom another terminal of this site saw last, as the centre tells it update by update.

Kept in memory only: whoever starts anew greets, and is told anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from drivers.reading import Instant
from kiosk.presence.standing import Standing
from sync.contract.downlink import SeenElsewhere, SitePresenceUpdate

CURRENT_FOR_MS = 60_000
"""The centre speaks at least every twenty seconds; silent for so long, it can't be reached."""

_SAME_CLOCK_MS = 60_000
"""A message may be under way for so long: a smaller difference is none of the clocks."""


@dataclass(frozen=True, slots=True)
class SeenByOthers:
    """What the centre has said: standings by volunteer, and up to which own place it knew, by epoch.

    `inside` is how many of them are checked in.
    """

    standings: Mapping[str, Standing] = field(default_factory=dict)
    heard: Mapping[str, int] = field(default_factory=dict)
    inside: int = 0


class SitePresence:
    """Puts the centre's updates together; `told` is what holds, `_coming` what waits for its last part.

    A step costs by what it says, and the last part of some a copy: a reading may have to wait for it.
    """

    def __init__(self) -> None:
        self.told = SeenByOthers()
        self._coming: dict[str, Standing] = {}
        self._number = 0
        self._moved = False
        self._heard_mono_ms: int | None = None

    def learn(self, step: SitePresenceUpdate, now: Instant, boot: str) -> bool:
        """Take one step at `now`, this terminal's time in `boot`; False when one before it was missed.

        The centre's times become those of this terminal's own wall clock, however wrong it is: so a stay is
        as long as it was.
        """
        if step.follows not in (0, self._number):
            return False
        offset_ms = now.wall_ms - step.told_ms
        if abs(offset_ms) < _SAME_CLOCK_MS:
            offset_ms = 0
        if not step.follows:
            self._coming.clear()
        for volunteer in step.gone:
            self._coming.pop(volunteer, None)
        clock = _ClockOffsets(boot, now.wall_ms - now.mono_ms, offset_ms)
        self._coming.update((one.volunteer, _standing(one, clock)) for one in step.seen)
        self._number = step.number
        self._moved |= not step.follows or bool(step.seen or step.gone)
        if not step.more:
            self._hold({one.epoch: one.seq for one in step.heard})
            self._heard_mono_ms = now.mono_ms
        return True

    def is_current(self, mono_ms: int) -> bool:
        """Whether the centre has said lately what the other terminals of this site have recorded."""
        return self._heard_mono_ms is not None and mono_ms - self._heard_mono_ms <= CURRENT_FOR_MS

    def _hold(self, heard: Mapping[str, int]) -> None:
        if self._moved:
            inside = sum(one.since_ms is not None for one in self._coming.values())
            self.told = SeenByOthers(dict(self._coming), heard, inside)
        else:
            self.told = replace(self.told, heard=heard)
        self._moved = False


@dataclass(frozen=True, slots=True)
class _ClockOffsets:
    """This terminal's: ahead of the time since its boot, and ahead of the centre's where that can be told."""

    boot: str
    boot_offset_ms: int
    centre_offset_ms: int


def _standing(seen: SeenElsewhere, clock: _ClockOffsets) -> Standing:
    return Standing(
        seen.activity,
        seen.at_ms + clock.centre_offset_ms,
        None if seen.since_ms is None else seen.since_ms + clock.centre_offset_ms,
        clock.boot,
        clock.boot_offset_ms,
        provable=clock.centre_offset_ms == 0,
    )
