"""What goes into the rules: events as the terminals sent them, and the master data they are judged by.

All instants are UTC. Milliseconds since 1970 where a terminal measured them, whole seconds elsewhere.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from settlement.rules.policy import CENTRES, ActivityPolicy


class Direction(StrEnum):
    """What a scan says about coming and going."""

    IN = "in"
    OUT = "out"
    TOGGLE = "toggle"  # the terminal did not know: the rules resolve it (S5)


class Phase(StrEnum):
    """Where an activity is in its life, in order; attendance works in EXECUTING only (S2).

    Rosters say the same in words of the contract, which the rules don't import.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECRUITING = "recruiting"
    STAFFING = "staffing"
    EXECUTING = "executing"
    ENDED = "ended"
    ARCHIVED = "archived"


class ActivityKind(StrEnum):
    """What an activity's time is; only service ever enters T (S9)."""

    SERVICE = "service"
    TRAINING = "training"
    TRAVEL = "travel"


class ManualEntry(msgspec.Struct, frozen=True, gc=False):
    """What a person who enters an event by hand must say (S16)."""

    volunteer: str | None = None
    reason: str | None = None
    entered_by: str | None = None
    confirmed_by: str | None = None
    instead_of: tuple[str, ...] = ()
    """Ids of events of the same volunteer that this one stands in the place of."""


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One delivery of one check event."""

    id: str
    """The identity of S0: equal for every delivery of the same event."""
    terminal: str
    seq: int = 0
    """The terminal's own number of the event; orders events of one millisecond (S3)."""
    credential: str | None = None
    """Reference of the credential that was read; None for most manual entries."""
    activity: str
    direction: Direction
    method: str = ""
    manual: ManualEntry | None = None
    """Present exactly when a person entered the event."""
    device_ms: int
    """The terminal's wall clock."""
    offset_ms: int | None = 0
    """True time minus the terminal's, as measured for that moment; None if it never was (S1)."""
    error_ms: int | None = None
    """How far the corrected time may be from the truth, either way; None where no bound is kept."""
    received_ms: int
    """When the centre received this delivery."""
    cancelled: bool = False
    """Whether the terminal itself took the event back, by a correction in good time."""
    used_twice: bool = False
    """Whether another event names the same one-time code, or the same tap of a card that signs (S0)."""

    def says_the_same_as(self, other: "Event") -> bool:
        """Whether the terminal said the same; what the centre measured on the way is no part of it."""
        return (
            self.terminal == other.terminal
            and self.seq == other.seq
            and self.credential == other.credential
            and self.activity == other.activity
            and self.direction == other.direction
            and self.method == other.method
            and self.manual == other.manual
            and self.device_ms == other.device_ms
        )


class Credential(msgspec.Struct, frozen=True, gc=False):
    """Whom a credential stands for, and the instant from which on it is revoked (inclusive)."""

    volunteer: str
    revoked_ms: int | None = None


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One activity as the rules see it. Seconds since 1970 throughout; intervals are [from, until)."""

    id: str
    site: str = ""
    zone: str = ""
    """IANA name of the site's zone; "" where it is as the centre's."""
    kind: ActivityKind = ActivityKind.SERVICE
    executing: tuple[tuple[int, int | None], ...] = ()
    """When attendance works; None: until further notice. `executing_intervals` makes it from phases."""
    shifts: tuple[tuple[int, int], ...] = ()
    """The hours of service, in order and disjoint; none where all of the stay counts (S7)."""
    breaks: tuple[tuple[int, int], ...] = ()
    roster: frozenset[str] | None = None
    """The volunteers who are assigned; None where nobody is in particular."""
    policy: ActivityPolicy = CENTRES
    """What it fixes otherwise than the centre's rules."""

    def is_executing(self, instant_s: int) -> bool:
        """Whether attendance works at that second."""
        for start, until in self.executing:
            if start <= instant_s and (until is None or instant_s < until):
                return True
        return False


def executing_intervals(phases: Iterable[tuple[str, int]]) -> tuple[tuple[int, int | None], ...]:
    """The intervals of EXECUTING among (phase, second from which on it holds), to the next one.

    Of two phases that begin in the same second the one named later holds.
    """
    ordered = sorted(phases, key=lambda phase: phase[1])
    if not ordered:
        return ()
    ends: list[int | None] = [*(start for _, start in ordered[1:]), None]
    return tuple(
        (start, end)
        for (phase, start), end in zip(ordered, ends, strict=True)
        if phase == Phase.EXECUTING and start != end
    )
