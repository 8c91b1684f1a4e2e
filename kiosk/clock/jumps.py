"""Noticing that the wall clock was set while the machine ran: it jumps against the time since the boot."""

from dataclasses import dataclass

from foundation.clock import Clock

JUMP_MS = 2_000
"""NTP slews by at most 500 ppm: no look that follows another within minutes sees so much without a step."""

QUIET_MS = 60_000
"""A clock that flaps must not fill the log: what happens meanwhile is told as one jump afterwards."""

_AT_ONCE_MS = 500


@dataclass(frozen=True, slots=True)
class ClockJump:
    """UTC minus the time since the boot, before and after, in milliseconds."""

    old_offset_ms: int
    new_offset_ms: int

    @property
    def detail(self) -> str:
        """As the alarm says it."""
        return f"offset {self.old_offset_ms} ms -> {self.new_offset_ms} ms"


class ClockWatch:
    """Compares both clocks at each look, the first with `offset_ms`: what was known of this boot before."""

    def __init__(self, offset_ms: int | None = None) -> None:
        self._offset_ms = offset_ms
        self._untold_ms: int | None = None
        self._quiet_until_ms: int | None = None

    def look(self, clock: Clock) -> ClockJump | None:
        """The jump since the last look, or what came together since the last one that was told."""
        mono_ms, wall_ms = clock.mono_ms(), clock.wall_ms()
        if clock.mono_ms() - mono_ms > _AT_ONCE_MS:
            return None  # this process stood still between the two readings: they say nothing together
        before_ms, self._offset_ms = self._offset_ms, wall_ms - mono_ms
        jumped = before_ms is not None and abs(self._offset_ms - before_ms) >= JUMP_MS
        if jumped and self._untold_ms is None:
            self._untold_ms = before_ms
        quiet = self._quiet_until_ms is not None and mono_ms < self._quiet_until_ms
        if self._untold_ms is None or quiet:
            return None
        jump = ClockJump(self._untold_ms, self._offset_ms)
        self._untold_ms = None
        if abs(jump.new_offset_ms - jump.old_offset_ms) < JUMP_MS:
            return None  # it was set back to what it was
        self._quiet_until_ms = mono_ms + QUIET_MS
        return jump
