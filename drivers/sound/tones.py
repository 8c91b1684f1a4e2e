"""A signal's rhythm as sound: samples for a program that plays them. Pure."""

import array
import math
import sys
from functools import cache

from drivers.rhythms import PATTERNS, Pattern, Signal

SAMPLES_S = 22_050
"""Samples a second, one channel, 16 bits each, little end first; what espeak-ng gives, too."""
_LOUDEST = 0.8 * 32_767
_RAMP_S = 0.005
"""In so long a tone grows and fades; without, it would click."""
_LEAD_S, _TAIL_S = 0.03, 0.1
"""Silence before and after: many sound chips swallow the first and the last."""


@cache
def tone(signal: Signal, volume: int) -> bytes:
    """The samples of a signal; `volume` is 1 to 100 (percent)."""
    return samples(PATTERNS[signal], volume)


def samples(pattern: Pattern, volume: int) -> bytes:
    """The rhythm at its pitch, with a little silence round it."""
    played = array.array("h", bytes(2 * round(_LEAD_S * SAMPLES_S)))
    for place, milliseconds in enumerate(pattern.beeps):
        count = milliseconds * SAMPLES_S // 1000
        is_silent = place % 2 == 1
        played.extend([0] * count if is_silent else _beep(count, pattern.hertz, volume))
    played.extend([0] * round(_TAIL_S * SAMPLES_S))
    if sys.byteorder == "big":
        played.byteswap()
    return played.tobytes()


def seconds_of(played: bytes) -> float:
    """How long samples last."""
    return len(played) / 2 / SAMPLES_S


def _beep(count: int, hertz: int, volume: int) -> list[int]:
    ramp = _RAMP_S * SAMPLES_S
    turn = 2 * math.pi * hertz / SAMPLES_S
    loudest = _LOUDEST * volume / 100
    return [
        round(loudest * min(1.0, number / ramp, (count - number) / ramp) * math.sin(turn * number))
        for number in range(count)
    ]
