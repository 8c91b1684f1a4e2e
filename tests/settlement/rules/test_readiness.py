from datetime import date

import pytest

from foundation.errors import RulesError
from settlement.rules.readiness import may_review, progress_of, review_due, unready_terminals

CLOSE = 1_000_000


def unready(received, heartbeat):
    return unready_terminals({"T1": progress_of(received, heartbeat)}, CLOSE)


@pytest.mark.parametrize(
    ("received", "heartbeat", "reasons"),
    [
        ([1, 2, 3], CLOSE, {}),
        ([3, 1, 2, 2], CLOSE, {}),
        ([], CLOSE, {}),
        ([1, 3], CLOSE, {"T1": "SEQ_GAP"}),
        ([2, 3], CLOSE, {"T1": "SEQ_GAP"}),
        ([1, 2], CLOSE - 1, {"T1": "AWAITING_SYNC"}),
        ([1, 2], None, {"T1": "AWAITING_SYNC"}),
        ([1, 3], None, {"T1": "SEQ_GAP"}),
    ],
)
def test_it_waits_for_every_event_and_a_sign_of_life_after_the_close(received, heartbeat, reasons):
    assert unready(received, heartbeat) == reasons


def test_it_names_only_the_terminals_that_keep_it_waiting():
    terminals = {"T1": progress_of([1], CLOSE), "T2": progress_of([2], CLOSE), "T3": progress_of([1], 0)}
    assert unready_terminals(terminals, CLOSE) == {"T2": "SEQ_GAP", "T3": "AWAITING_SYNC"}


@pytest.mark.parametrize(
    ("unready", "today", "reason", "allowed"),
    [
        ({}, date(2026, 3, 8), "", True),
        ({"T1": "SEQ_GAP"}, date(2026, 3, 19), "terminal lost", False),
        ({"T1": "SEQ_GAP"}, date(2026, 3, 20), "terminal lost", True),
        ({"T1": "SEQ_GAP"}, date(2026, 3, 20), "  ", False),
    ],
)
def test_it_may_be_overridden_from_the_due_date_with_a_reason(unready, today, reason, allowed):
    assert may_review(unready, date(2026, 3, 20), today, reason) is allowed


@pytest.mark.parametrize(
    ("ended_on", "days", "calendar", "due"),
    [
        (date(2026, 3, 6), 10, {}, date(2026, 3, 20)),
        (date(2026, 3, 7), 10, {}, date(2026, 3, 20)),
        (date(2026, 3, 6), 1, {}, date(2026, 3, 9)),
        (date(2026, 3, 6), 0, {}, date(2026, 3, 6)),
        (date(2026, 3, 6), 1, {"holidays": [date(2026, 3, 9)]}, date(2026, 3, 10)),
        (date(2026, 3, 6), 1, {"workdays": [date(2026, 3, 7)]}, date(2026, 3, 7)),
        (date(2026, 3, 6), 1, {"workdays": [date(2026, 3, 6)]}, date(2026, 3, 9)),
        (date(2026, 3, 6), 1, {"holidays": [date(2026, 3, 7)]}, date(2026, 3, 9)),
        (date(2026, 3, 5), 1, {"weekend": (5, 6)}, date(2026, 3, 8)),
    ],
)
def test_it_counts_working_days_after_the_end(ended_on, days, calendar, due):
    assert review_due(ended_on, days, **calendar) == due


@pytest.mark.parametrize(("days", "weekend"), [(-1, (6, 7)), (1, range(1, 8))])
def test_it_refuses_a_calendar_that_never_ends(days, weekend):
    with pytest.raises(RulesError, match="working days"):
        review_due(date(2026, 3, 6), days, weekend=weekend)
