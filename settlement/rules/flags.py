"""What a session may be marked with, for people and for the reviewer's queue."""

from enum import StrEnum


class Flag(StrEnum):
    """One remark on a session; a line carries the flags of all its sessions."""

    BELOW_MIN_SESSION = "BELOW_MIN_SESSION"
    """Less than the shortest session that counts was left (S10)."""
    BREAK_DEDUCTED = "BREAK_DEDUCTED"
    """A scheduled or automatic break was taken off (S8)."""
    CAP_LIFTED = "CAP_LIFTED"
    """Seconds above the most that one day may hold count, because a reviewer lifted it (S11)."""
    CLOCK_CORRECTED = "CLOCK_CORRECTED"
    """The terminal's clock was off by a measured amount; information only (S1)."""
    CLOCK_LARGE = "CLOCK_LARGE"
    """The measured amount is larger than the policy trusts unseen (S1)."""
    CLOCK_UNKNOWN = "CLOCK_UNKNOWN"
    """The clock was never measured, or known too loosely to prove the time (S1)."""
    CREDENTIAL_REVOKED = "CREDENTIAL_REVOKED"
    """The card that ended it had been revoked meanwhile; credited up to that moment (S2)."""
    CREDENTIAL_USED_TWICE = "CREDENTIAL_USED_TWICE"
    """One of the ends names a code or a card's tap that another event used as well (S0)."""
    DAILY_CAP = "DAILY_CAP"
    """Seconds above the most that one day may hold were cut (S11)."""
    EARLY_ARRIVAL = "EARLY_ARRIVAL"
    """Came before the shift began (S7)."""
    EARLY_LEAVE = "EARLY_LEAVE"
    """Left before the shift ended, beyond the grace (S7)."""
    LATE_ARRIVAL = "LATE_ARRIVAL"
    """Came after the shift began, beyond the grace (S7)."""
    LATE_LEAVE = "LATE_LEAVE"
    """Left after the shift ended (S7)."""
    LONG_STAY = "LONG_STAY"
    """Longer than a stay may last; it counts because a reviewer said that its two scans are one stay (S5)."""
    MANUAL = "MANUAL"
    """A person entered one of the ends by hand (S16)."""
    MISSING_IN = "MISSING_IN"
    """A check-out without a check-in (S6)."""
    MISSING_OUT = "MISSING_OUT"
    """A check-in without a check-out (S6)."""
    NOT_ASSIGNED = "NOT_ASSIGNED"
    """The volunteer is not on the activity's roster (S2)."""
    OPEN = "OPEN"
    """Checked in and, as far as anybody can know yet, still there (S6)."""
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    """Nothing of the session lies within the shift (S7)."""
    OVERLAP = "OVERLAP"
    """Shares seconds with another session of the same volunteer (S9)."""
    REPEATED_IN = "REPEATED_IN"
    """A device checked the volunteer in after a check-in that people wrote down; the earlier counts (S5)."""
    SITE_CONFLICT = "SITE_CONFLICT"
    """The sessions that share seconds are at different sites (S9)."""


BLOCKING_FLAGS = (
    Flag.BELOW_MIN_SESSION,
    Flag.CLOCK_LARGE,
    Flag.CLOCK_UNKNOWN,
    Flag.DAILY_CAP,
    Flag.MANUAL,
    Flag.MISSING_IN,
    Flag.MISSING_OUT,
    Flag.NOT_ASSIGNED,
    Flag.OPEN,
    Flag.OUTSIDE_WINDOW,
    Flag.OVERLAP,
    Flag.SITE_CONFLICT,
)
"""Flags that ask for a decision of their own, not one in bulk (S15), unless a centre says otherwise."""

ALWAYS_BLOCKING = frozenset(
    {Flag.CAP_LIFTED, Flag.CREDENTIAL_REVOKED, Flag.CREDENTIAL_USED_TWICE, Flag.LONG_STAY}
)
"""Flags that no policy can let pass in bulk: what they credit is for a person to look at (S15)."""

RULE_OF_FLAG = {
    Flag.BELOW_MIN_SESSION: "S10",
    Flag.BREAK_DEDUCTED: "S8",
    Flag.CAP_LIFTED: "S11",
    Flag.CLOCK_CORRECTED: "S1",
    Flag.CLOCK_LARGE: "S1",
    Flag.CLOCK_UNKNOWN: "S1",
    Flag.CREDENTIAL_REVOKED: "S2",
    Flag.CREDENTIAL_USED_TWICE: "S0",
    Flag.DAILY_CAP: "S11",
    Flag.EARLY_ARRIVAL: "S7",
    Flag.EARLY_LEAVE: "S7",
    Flag.LATE_ARRIVAL: "S7",
    Flag.LATE_LEAVE: "S7",
    Flag.LONG_STAY: "S5",
    Flag.MANUAL: "S16",
    Flag.MISSING_IN: "S6",
    Flag.MISSING_OUT: "S6",
    Flag.NOT_ASSIGNED: "S2",
    Flag.OPEN: "S6",
    Flag.OUTSIDE_WINDOW: "S7",
    Flag.OVERLAP: "S9",
    Flag.REPEATED_IN: "S5",
    Flag.SITE_CONFLICT: "S9",
}
"""The rule that raises each flag."""

_ALPHABETICAL = tuple(sorted(Flag))
BIT = {flag: 1 << place for place, flag in enumerate(_ALPHABETICAL)}
"""The flags as bits of one integer: millions of sessions are marked that way, and named only at the end."""

_named: dict[int, tuple[Flag, ...]] = {0: ()}


def flags_of(bits: int) -> tuple[Flag, ...]:
    """Name the flags in `bits`, in alphabetical order."""
    known = _named.get(bits)
    if known is None:
        known = _named[bits] = tuple(flag for flag in _ALPHABETICAL if bits & BIT[flag])
    return known
