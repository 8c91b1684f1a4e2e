"""A clock that is set while the machine runs."""

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
