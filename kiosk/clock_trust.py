"""How far the terminal's wall clock can be trusted right now, as the kernel tells it."""

import ctypes
import ctypes.util
import datetime as dt

from muster.clock import Clock, SharedClock
from sync.events import ClockState, ClockTrust

_SYNCED_WITHIN_MS = 1_000
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


def clock_trust(clock: Clock) -> ClockTrust:
    """The state and the error bound of the clock: synced while NTP steers it, holdover after that.

    The kernel's `maxerror` grows by 500 ppm from the last NTP update on; past 16 s it says STA_UNSYNC.
    """
    if isinstance(clock, SharedClock):
        return ClockTrust(ClockState.SYNCED, 0, "demo", 0) if clock.is_right() else ClockTrust(ClockState.RTC)
    if clock.wall_ms() < _EARLIEST_MS:
        return ClockTrust(ClockState.UNSET)
    timex = _Timex()
    _libc.adjtimex(ctypes.byref(timex))
    error_ms = timex.maxerror // 1000
    if timex.status & _UNSYNCHRONISED:
        return ClockTrust(ClockState.RTC)
    state = ClockState.SYNCED if error_ms <= _SYNCED_WITHIN_MS else ClockState.HOLDOVER
    return ClockTrust(state, error_ms, "ntp")
