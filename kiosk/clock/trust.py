"""How far the terminal's wall clock can be trusted right now, as the kernel tells it."""

import ctypes
import ctypes.util
import datetime as dt

from foundation.attendance import AttendancePolicy
from foundation.clock import Clock, SharedClock
from kiosk.clock.anchors import Anchor
from kiosk.clock.jumps import JUMP_MS
from sync.contract.events import ClockState, ClockTrust

DEMO = "demo"
"""The source of a demo's time, which is right by definition."""

TRUSTED = frozenset({ClockState.SYNCED, ClockState.HOLDOVER})
"""A clock in these states is believed: something other than the machine itself vouches for it."""

_SYNCED_WITHIN_MS = 1_000
_HELD_WITHIN_MS = 60_000
_RECENT_MS = 1_000
_READ_APART_MS = 2
"""Both clocks are rounded down to milliseconds, and read one after the other."""
_UNSYNCHRONISED = 0x0040  # STA_UNSYNC of <sys/timex.h>
_EARLIEST_MS = int(dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
"""No terminal runs before this release was made: an earlier clock was never set."""


class _Timex(ctypes.Structure):
    """The beginning of struct timex (man 2 adjtimex); the rest is padding to its full size."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


_libc = ctypes.CDLL(None)


class AnchoredClock:
    """A machine's clock, and the best anchor that this boot has for it.

    `drift_ppm` is what the centre's rules say that its quartz may be off, in millionths.
    """

    def __init__(self, machine: Clock) -> None:
        self.machine = machine
        self.anchor: Anchor | None = None
        self.drift_ppm = AttendancePolicy().clock_drift_ppm
        self.boot_id = machine.boot_id
        self.wall_ms = machine.wall_ms
        self.mono_ms = machine.mono_ms


class RecentTrust:
    """The trust of one clock as of a moment ago: asking the kernel takes longer than all deciding.

    Nothing but setting the clock makes a better answer worse within a second, and that is noticed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_mono_ms = 0
        self._offset_ms = 0
        self._trust = ClockTrust(ClockState.UNSET)
        self.renew()

    def renew(self) -> None:
        """Ask anew; to be called several times a second."""
        self._at_mono_ms = self._clock.mono_ms()
        self._offset_ms = self._clock.wall_ms() - self._at_mono_ms
        self._trust = clock_trust(self._clock)

    def at(self, mono_ms: int, wall_ms: int) -> ClockTrust:
        """The trust in the moment that the clock called so; nobody vouches for one of before it was set."""
        set_by_ms = wall_ms - mono_ms - self._offset_ms
        if -_READ_APART_MS <= set_by_ms <= _READ_APART_MS and 0 <= mono_ms - self._at_mono_ms <= _RECENT_MS:
            return self._trust
        self.renew()
        was_set = abs(wall_ms - mono_ms - self._offset_ms) >= JUMP_MS
        return ClockTrust(ClockState.RTC) if was_set else self._trust


def clock_trust(clock: Clock) -> ClockTrust:
    """The state and the error bound of the clock: synced while NTP steers it, holdover on what was learnt.

    A clock that no NTP steers is in holdover too when an anchor (an acknowledgement of the centre) proves it
    right within a minute. `since_sync_ms` is exact for an anchor, and for NTP an upper bound.
    """
    machine = clock.machine if isinstance(clock, AnchoredClock) else clock
    trust = _trust_of_machine(machine)
    anchor = clock.anchor if isinstance(clock, AnchoredClock) else None
    if anchor is None or trust.state is ClockState.SYNCED:
        return trust
    mono_ms, wall_ms = clock.mono_ms(), clock.wall_ms()
    error_ms = abs(wall_ms - anchor.true_at(mono_ms)) + anchor.error_at(mono_ms)
    if error_ms > _HELD_WITHIN_MS or (trust.error_ms is not None and trust.error_ms <= error_ms):
        return trust
    return ClockTrust(ClockState.HOLDOVER, error_ms, anchor.source, max(mono_ms - anchor.mono_ms, 0))


def _trust_of_machine(clock: Clock) -> ClockTrust:
    """What the kernel says. Its `maxerror` (µs) grows by 500 ppm from the last NTP update on.

    Chrony and systemd-timesyncd both steer through it; past 16 s it says STA_UNSYNC.
    """
    if isinstance(clock, SharedClock):
        return ClockTrust(ClockState.SYNCED, 0, DEMO, 0) if clock.is_right() else ClockTrust(ClockState.RTC)
    if clock.wall_ms() < _EARLIEST_MS:
        return ClockTrust(ClockState.UNSET)
    timex = _Timex()
    _libc.adjtimex(ctypes.byref(timex))
    error_ms = timex.maxerror // 1000
    if timex.status & _UNSYNCHRONISED:
        return ClockTrust(ClockState.RTC)
    state = ClockState.SYNCED if error_ms <= _SYNCED_WITHIN_MS else ClockState.HOLDOVER
    return ClockTrust(state, error_ms, "ntp", timex.maxerror * 2)
