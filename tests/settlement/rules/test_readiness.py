from datetime import date

import pytest

from foundation.errors import RulesError
from settlement.rules.readiness import closes_s, may_review, progress_of, review_due, unready_terminals
from settlement.rules.rule_set import DateZone, RuleSet
from tests.settlement.rules.cast import activity, at, between

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


SATURDAY = date(2026, 3, 7)


def closing(*shifts, day=SATURDAY, rules=None, **changes):
    return closes_s(activity(shifts=shifts, **changes), day, rules or RuleSet())


def test_a_line_closes_with_the_last_shift_that_begins_on_its_date():
    two = between("09:00", "12:00"), between("14:00", "17:00")
    night = (at("22:00"), at("06:00", days=1))
    tomorrow = (at("09:00", days=1), at("17:00", days=1))
    assert closing(*two) == at("17:00")
    assert closing(*two, night, tomorrow) == at("06:00", days=1), "a night is of its evening"
    assert closing(*two, tomorrow) == at("17:00")


def test_without_a_shift_of_its_date_a_line_closes_at_midnight():
    tomorrow = (at("09:00", days=1), at("17:00", days=1))
    assert closing() == closing(tomorrow) == at("00:00", days=1)
    autumn = RuleSet(settlement_tz="Europe/Berlin")
    assert (
        closing(day=date(2026, 10, 25), rules=autumn) - closing(day=date(2026, 10, 24), rules=autumn)
        == 90_000
    )


def test_a_shift_of_days_is_a_calendar_and_closes_nothing():
    week = (at("09:00"), at("17:00", days=6))
    assert closing(week) == at("00:00", days=1)


def test_time_that_is_credited_after_a_shift_belongs_to_it():
    assert closing(between("09:00", "17:00"), rules=RuleSet(late_credit_s=1800)) == at("17:30")


def test_nothing_closes_later_than_its_activity():
    shift = between("09:00", "17:00")
    assert closing(shift, executing=((0, at("11:00")),)) == at("11:00")
    assert closing(shift, executing=((0, at("11:00")), (at("12:00"), at("20:00")))) == at("17:00")
    assert closing(executing=((0, at("20:00")),)) == at("20:00")


def test_a_line_of_a_site_with_midnights_of_its_own_closes_at_them():
    by_site = RuleSet(date_zone=DateZone.SITE)
    assert closing(zone="Asia/Urumqi", rules=by_site) == closing() + 7200
    assert closing(zone="Asia/Urumqi") == closing()
    late = (at("01:00", days=1), at("04:00", days=1))
    assert closing(late, zone="Asia/Urumqi", rules=by_site) == at("04:00", days=1), "23:00 to 02:00 there"
