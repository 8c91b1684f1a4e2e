"""When a greeting was said: it may have been on its way for long, and its log has grown since. Pure.

What the centre calls complete ends where the greeting was said, not where it arrived: a slow line, or a
broker that held it back, must not make complete what nobody has told of.
"""

from sync.contract.events import ClockState
from sync.contract.wire import Hello

_TRUSTED = (ClockState.SYNCED, ClockState.HOLDOVER)
ON_ITS_WAY_MS = 60_000
"""So long even the fastest greeting of a boot may have been on its way; nothing but a clock can tell."""


def began_ms(hello: Hello, arrived_ms: int, known_ms: int | None) -> int:
    """When the greeting's boot began at the latest, in the centre's time; `known_ms` was known before.

    The greeting of a boot that came fastest tells it best.
    """
    by_this_ms = arrived_ms - hello.mono_ms
    return by_this_ms if known_ms is None else min(known_ms, by_this_ms)


def said_ms(hello: Hello, arrived_ms: int, boot_began_ms: int) -> int:
    """The moment that it was surely said after, in the centre's time: its log is known up to then.

    By the terminal's clock where that was trusted, as far as it may be off, else by the time since its boot.
    """
    clock = hello.clock
    if clock.state in _TRUSTED and clock.error_ms is not None:
        return min(arrived_ms, hello.wall_ms - clock.error_ms)
    return min(arrived_ms, boot_began_ms + hello.mono_ms - ON_ITS_WAY_MS)
