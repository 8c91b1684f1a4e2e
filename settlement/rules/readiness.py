"""S14: when lines close and may be reviewed, and by when they should be."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from foundation.errors import RulesError
from settlement.rules.evidence import Activity
from settlement.rules.local_dates import local_dates
from settlement.rules.rule_set import RuleSet
from settlement.rules.troubles import RulesTrouble


class NotReady(StrEnum):
    """Why a terminal's events can't be relied on yet."""

    SEQ_GAP = "SEQ_GAP"
    """Events are missing between those that arrived."""
    AWAITING_SYNC = "AWAITING_SYNC"
    """The terminal was not heard of since the line closed."""
    LOG_DOUBTED = "LOG_DOUBTED"
    """Two logs spoke in its name before the line closed, and nobody has settled which is which."""


class TerminalProgress(msgspec.Struct, frozen=True):
    """What has arrived from one terminal of the activity, all its epochs together."""

    contiguous_seq: int
    """Nothing is missing up to this number; 0 when nothing arrived."""
    highest_seq: int
    """The highest number that arrived or that the terminal announced."""
    heartbeat_ms: int | None
    """When it was last heard of, UTC; None if never."""
    doubted_from_ms: int | None = None
    """From when on two logs speak in its name, UTC; None where its log is not doubted."""


def progress_of(received_seq: Collection[int], heartbeat_ms: int | None) -> TerminalProgress:
    """The progress of a terminal from the numbers that arrived, in any order; numbering starts at 1."""
    received = frozenset(received_seq)
    contiguous = 0
    while contiguous + 1 in received:
        contiguous += 1
    return TerminalProgress(contiguous, max(received, default=0), heartbeat_ms)


def unready_terminals(terminals: Mapping[str, TerminalProgress], closes_ms: int) -> dict[str, NotReady]:
    """The terminals that keep the review waiting, each with its reason; empty when the lines are ready.

    `closes_ms` is the instant they close, UTC.
    """
    reasons: dict[str, NotReady] = {}
    for terminal, progress in terminals.items():
        if progress.contiguous_seq < progress.highest_seq:
            reasons[terminal] = NotReady.SEQ_GAP
        elif progress.doubted_from_ms is not None and progress.doubted_from_ms < closes_ms:
            reasons[terminal] = NotReady.LOG_DOUBTED
        elif progress.heartbeat_ms is None or progress.heartbeat_ms < closes_ms:
            reasons[terminal] = NotReady.AWAITING_SYNC
    return reasons


def closes_s(activity: Activity, day: date, rules: RuleSet) -> int:
    """When a line of that local date closes, in seconds since 1970: nobody serves for it any longer.

    With the end of the last shift that begins on its date, and the time that is credited after it; without
    one with its date; and in any case with the activity. A shift longer than `max_shift_s` is a calendar.
    """
    calendar = local_dates(rules.zone_at(activity.zone))
    ends = [
        end_s + rules.late_credit_s
        for start_s, end_s in activity.shifts
        if calendar.date_of(start_s) == day and end_s - start_s <= rules.max_shift_s
    ]
    of_line = max(ends, default=calendar.end_of(day))
    ended_s = activity.executing[-1][1] if activity.executing else None
    return of_line if ended_s is None else min(of_line, ended_s)


def may_review(unready: Mapping[str, NotReady], due: date, today: date, override_reason: str = "") -> bool:
    """Whether lines may be reviewed today: they are ready, or due and the reviewer gave a reason."""
    return not unready or (today >= due and bool(override_reason.strip()))


def review_due(
    ended_on: date,
    working_days: int,
    holidays: Collection[date] = (),
    workdays: Collection[date] = (),
    weekend: Collection[int] = (6, 7),
) -> date:
    """The last day for the review: that many working days after the day on which the line closed.

    `holidays` are days off, `workdays` make-up working days at a weekend (they win over both), `weekend` ISO
    weekdays. Raises RulesError INVALID_CALENDAR for a calendar in which nobody works, or a negative number.
    """
    if working_days < 0 or frozenset(weekend) >= frozenset(range(1, 8)):
        raise RulesError(RulesTrouble.INVALID_CALENDAR, days=working_days, weekend=sorted(weekend))
    due, left = ended_on, working_days
    while left:
        due += timedelta(days=1)
        if due in workdays or (due.isoweekday() not in weekend and due not in holidays):
            left -= 1
    return due
