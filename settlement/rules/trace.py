"""Why a session counts what it counts: the steps from measured presence to T."""

from enum import StrEnum

import msgspec


class TraceCode(StrEnum):
    """What one step did. The codes are stable: the sentences for people are kept under them."""

    CLOCK_PROVABLE_MINIMUM = "CLOCK_PROVABLE_MINIMUM"
    """The clock was known too loosely; only what is certain is credited."""
    MISSING_IN = "MISSING_IN"
    """No check-in, so nothing was measured."""
    MISSING_OUT = "MISSING_OUT"
    """No check-out, so nothing was measured."""
    STILL_OPEN = "STILL_OPEN"
    """Not checked out yet, so nothing is measured yet."""
    CREDITED_TO_SHIFT_END = "CREDITED_TO_SHIFT_END"
    """No check-out: credited provisionally to the end of the shift."""
    CLAIMED_TO_SHIFT_END = "CLAIMED_TO_SHIFT_END"
    """No check-out: a claim to the end of the shift, `at_s`, waits for a person to confirm it."""
    CREDITED_TO_REVOCATION = "CREDITED_TO_REVOCATION"
    """Left with a card that had been revoked meanwhile, at `at_s`: measured up to then."""
    CLIPPED_TO_SHIFT_START = "CLIPPED_TO_SHIFT_START"
    """Time before the credited window was cut; `at_s` is where the window begins."""
    CLIPPED_TO_SHIFT_END = "CLIPPED_TO_SHIFT_END"
    """Time after the credited window was cut; `at_s` is where the window ends."""
    BETWEEN_SHIFTS = "BETWEEN_SHIFTS"
    """Time between two shifts was cut."""
    OUTSIDE_SHIFT = "OUTSIDE_SHIFT"
    """Nothing lies within the credited window."""
    SCHEDULED_BREAK = "SCHEDULED_BREAK"
    """The activity's break was taken off."""
    AUTOMATIC_BREAK = "AUTOMATIC_BREAK"
    """A break was taken off the end of a long session."""
    NOT_SERVICE = "NOT_SERVICE"
    """Training and travel are no service time."""
    OVERLAP_REMOVED = "OVERLAP_REMOVED"
    """Seconds that an earlier session had already; `activity` is whose."""
    BELOW_MINIMUM = "BELOW_MINIMUM"
    """Too short to count."""
    CUT_TO_DAILY_CAP = "CUT_TO_DAILY_CAP"
    """Above the most that one day may hold; `at_s` is the first second that was cut of a date."""


RULE_OF = {
    TraceCode.CLOCK_PROVABLE_MINIMUM: "S1",
    TraceCode.MISSING_IN: "S6",
    TraceCode.MISSING_OUT: "S6",
    TraceCode.STILL_OPEN: "S6",
    TraceCode.CREDITED_TO_SHIFT_END: "S6",
    TraceCode.CLAIMED_TO_SHIFT_END: "S6",
    TraceCode.CREDITED_TO_REVOCATION: "S2",
    TraceCode.CLIPPED_TO_SHIFT_START: "S7",
    TraceCode.CLIPPED_TO_SHIFT_END: "S7",
    TraceCode.BETWEEN_SHIFTS: "S7",
    TraceCode.OUTSIDE_SHIFT: "S7",
    TraceCode.SCHEDULED_BREAK: "S8",
    TraceCode.AUTOMATIC_BREAK: "S8",
    TraceCode.NOT_SERVICE: "S9",
    TraceCode.OVERLAP_REMOVED: "S9",
    TraceCode.BELOW_MINIMUM: "S10",
    TraceCode.CUT_TO_DAILY_CAP: "S11",
}
"""The rule that each code belongs to."""


class TraceStep(msgspec.Struct, frozen=True, gc=False):
    """One step; a session's measured seconds plus the changes of all its steps are its T."""

    rule: str
    """The rule's name, such as "S7"."""
    code: TraceCode
    change_s: int
    """Seconds added (positive) or taken off (negative); 0 where the step only explains."""
    at_s: int | None = None
    """The instant that made the difference, where there is one; seconds since 1970."""
    activity: str | None = None
    """The other activity of an overlap."""


def trace_step(
    code: TraceCode, change_s: int, at_s: int | None = None, activity: str | None = None
) -> TraceStep:
    """A step of that code, under its rule."""
    return TraceStep(RULE_OF[code], code, change_s, at_s, activity)
