"""The numbers by which both ends of the line decide on attendance, and how long a stay may last. Pure.

The centre's rule set fixes the numbers and each roster carries them to a terminal. Their defaults stand here
and nowhere else; a terminal that was told no numbers decides by them.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[int, Meta(ge=0, le=366 * 86400)]
Millionths = Annotated[int, Meta(ge=0, le=1_000_000)]

Interval = tuple[int, int]
"""[from, until)."""


class AttendancePolicy(Struct, frozen=True, kw_only=True):
    """What terminals decide by as the centre's rules do. The rules' names are those of `settlement.rules`."""

    debounce_s: Seconds = 60
    """A repeated scan sooner than this after the last kept one is dropped (S4)."""
    max_session_s: Seconds = 43200
    """A session open for longer was never closed, unless its shift is longer (S5, S6)."""
    close_after_s: Seconds = 7200
    """A session without an end is closed this long after the shift; so long it may outlast it (S5, S6)."""
    max_shift_s: Seconds = 90000
    """A longer shift is a calendar and nobody's duty: it lets no session last longer (S5)."""
    clock_drift_ppm: Millionths = 50
    """What a terminal's quartz may be off between two anchors, in millionths; data sheets of common boards
    say 20 to 50 (S1)."""


def stay_until(
    came: int, shifts: Iterable[Interval], policy: AttendancePolicy, *, per_second: int = 1
) -> int:
    """The last moment at which a stay that began at `came` may end (S5).

    It may last `max_session_s`, or until `close_after_s` after the end of its shift, whichever is later. Its
    shift is, of those not over at `came`, the last that has begun or begins within `close_after_s`, as people
    come early to take over; where there is none, the first that begins within `max_session_s`.
    Moments and the answer are in units of which a second has `per_second`.
    """
    longest, close_after = policy.max_session_s * per_second, policy.close_after_s * per_second
    possible = [
        (start, end)
        for start, end in sorted(shifts)
        if came < end and start <= came + longest and end - start <= policy.max_shift_s * per_second
    ]
    begun = [shift for shift in possible if shift[0] <= came + close_after]
    own = begun[-1:] or possible[:1]
    return max([came + longest, *(end + close_after for _, end in own)])


def is_too_long(
    came: int, at: int, shifts: Iterable[Interval], policy: AttendancePolicy, *, per_second: int = 1
) -> bool:
    """Whether a stay that began at `came` can't go on at `at`: nobody checked out of it (S5)."""
    # Nearly always the first says so, without a look at the shifts.
    return at - came > policy.max_session_s * per_second and at > stay_until(
        came, shifts, policy, per_second=per_second
    )
