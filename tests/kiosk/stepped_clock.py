"""A clock that is set while the machine runs."""

from foundation.clock import SharedClock
from tests.kiosk.samples import HOUR_MS
from tests.sync.samples import BOOT, NINE_MS

BOOTED_MS = 1_794_000_000_000


class SteppedClock:
    """A machine whose wall clock is set apart from its time since the boot; it may stall between both."""

    boot_id = "c3" * 16

    def __init__(self, mono_ms=0, wall_ms=BOOTED_MS, stalls_ms=0):
        self._mono_ms, self._wall_ms, self._stalls_ms = mono_ms, wall_ms, stalls_ms

    def mono_ms(self):
        return self._mono_ms

    def wall_ms(self):
        self._mono_ms += self._stalls_ms
        return self._wall_ms + self._stalls_ms


class SetClock:
    """A machine whose wall clock is set by hand, an hour after it booted."""

    def __init__(self, wall_ms=NINE_MS):
        self.boot, self.mono, self.wall = BOOT, HOUR_MS, wall_ms

    @property
    def boot_id(self):
        return self.boot

    def mono_ms(self):
        return self.mono

    def wall_ms(self):
        return self.wall

    def pass_by(self, passed_ms):
        self.mono += passed_ms
        self.wall += passed_ms


class VouchedClock(SetClock, SharedClock):
    """As SetClock, synchronised as long as it is said to be `right`, else one of a battery."""

    right = True

    def is_right(self):
        return self.right
