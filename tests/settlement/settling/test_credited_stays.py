"""A stay that is longer than any may be: its two scans are seen together, and one decision credits them."""

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from foundation.words import Words
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.models import CreditedStay, LedgerEntry
from settlement.reach import reach_of
from settlement.review.decide import approve
from settlement.review.queue import waiting_entries
from settlement.settling.credited_stays import credit_stay
from settlement.settling.full_check import check_everything
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def always(fair, noon_ms):
    """The fair goes on for days, without shifts."""
    fair.shifts.all().delete()
    fair.phases.update(from_ms=noon_ms - 200 * HOUR)
    return fair


@pytest.fixture
def two_days(mei, always, serve):
    """From 14:00 to 16:00 of the next date: 26 hours, 10 on the first date and 16 on the next."""
    serve(-22, 4)
    return list(LedgerEntry.objects.order_by("local_date"))


@pytest.fixture
def credit(evening_ms):
    def _credit(entry, by="Zhao Min", reason="on duty, says the leader"):
        return credit_stay(entry.pk, actor(by), reason, evening_ms, override="the gate's log is complete")

    return _credit


def test_its_two_scans_are_shown_together(two_days):
    assert [row.flags for row in two_days] == [["MISSING_OUT"], ["MISSING_IN"]]
    waiting = waiting_entries(reach_of(actor("Zhao Min")))
    assert [one.long_stay.seconds for one in waiting] == [26 * 3600, 26 * 3600]


@pytest.mark.parametrize("of", [0, 1])
def test_one_decision_credits_it_and_approves_its_line(of, two_days, credit, entries, settle, evening_ms):
    done = credit(two_days[of])
    assert (done.stay.seconds, done.approved_s) == (26 * 3600, 16 * 3600)
    before = entries()
    assert before[-1] == (1001, "original", 2, 16 * 3600, "approved", None)
    assert LedgerEntry.objects.get(rev=2, delta_s__gt=0).flags == ["DAILY_CAP", "LONG_STAY"]
    settle()
    assert entries() == before
    assert check_everything(evening_ms, lambda _: None).differences == 0


def test_what_becomes_of_it_is_explained(two_days, credit, fair):
    teller = Teller(Words("en"), "Asia/Shanghai")

    def said():
        return "\n".join(
            text for line in explain_lines(1001, fair.pk, teller) for text in tell_line(line, teller)
        )

    assert f"credit-stay {two_days[0].pk}" in said()
    assert f"{Words('en').duration(26 * 3600)} later" in said()
    credit(two_days[0])
    assert "Zhao Min said that the check-in at 2026-03-06 14:00" in said()
    assert "on duty, says the leader" in said()
    assert "Perhaps one stay" not in said()


def test_who_and_why_stay(two_days, credit):
    credit(two_days[0])
    (row,) = CreditedStay.objects.values_list("volunteer_id", "reason", "by")
    assert row == (1001, "on duty, says the leader", "Zhao Min")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CreditedStay.objects.update(by="else")


@pytest.mark.parametrize(
    ("given", "code"),
    [({"by": "1001"}, "SELF_REVIEW"), ({"reason": " "}, "NO_REASON")],
)
def test_it_is_refused_for_who_asks_or_why_and_nothing_changes(two_days, credit, given, code, entries):
    before = entries()
    with pytest.raises(RulesError) as refused:
        credit(two_days[0], **given)
    assert (refused.value.code, CreditedStay.objects.count(), entries()) == (code, 0, before)


def test_a_line_that_is_not_ready_is_not_credited(two_days, credit, terminal, deliver, noon_ms, entries):
    for _ in range(2):
        terminal.check_in("badge:1001.1", wall_ms=noon_ms + 6 * HOUR)
    deliver(5)  # the fourth is missing
    before = entries()
    with pytest.raises(RulesError) as refused:
        credit(two_days[0])
    assert (refused.value.code, CreditedStay.objects.count(), entries()) == ("NOT_READY", 0, before)


def test_what_is_no_long_stay_and_what_is_credited_already_are_refused(two_days, credit, serve):
    credit(two_days[0])
    for entry in LedgerEntry.objects.all():
        with pytest.raises(RulesError) as refused:
            credit(entry)
        assert refused.value.code == "NOT_LONG"


def test_scans_that_are_days_apart_are_not_one_stay(mei, always, serve):
    serve(-70, 3)
    assert [one.long_stay for one in waiting_entries(reach_of(actor("Zhao Min")))] == [None, None]


def test_a_scan_between_them_that_comes_late_ends_it_all_the_same(
    two_days, credit, terminal, deliver, settle, entries, noon_ms, evening_ms
):
    credit(two_days[0])
    terminal.check_out("badge:1001.1", wall_ms=noon_ms - 19 * HOUR)
    deliver(4)
    settle()
    assert (1001, "adjustment", 1, -13 * 3600, "pending", "LATE_EVENT") in entries()
    assert check_everything(evening_ms, lambda _: None).differences == 0


@pytest.mark.parametrize(("direction", "hour", "seconds"), [("out", -8, 14 * 3600), ("in", -9, 13 * 3600)])
def test_what_is_too_long_up_to_a_late_scan_or_from_it_is_credited_anew(
    direction, hour, seconds, two_days, credit, terminal, deliver, settle, noon_ms, evening_ms
):
    credit(two_days[0])
    scan = terminal.check_out if direction == "out" else terminal.check_in
    scan("badge:1001.1", wall_ms=noon_ms + hour * HOUR)
    deliver(4)
    settle()
    waiting = waiting_entries(reach_of(actor("Zhao Min")))
    (entry,) = {
        one.stored.pk for one in waiting if one.long_stay and one.stored.entry.key.local_date.day == 7
    }
    later_ms = evening_ms + 14 * 24 * HOUR
    done = credit_stay(entry, actor("Zhao Min"), "on duty", later_ms, override="the log is complete")
    assert done.stay.seconds == seconds
    assert check_everything(later_ms, lambda _: None).differences == 0


def test_what_was_approved_as_nothing_is_adjusted(two_days, credit, reviewer, entries):
    approve([two_days[0].pk], reviewer())
    assert credit(two_days[0]).approved_s == 16 * 3600
    assert (1001, "adjustment", 1, 16 * 3600, "approved", "MASTER_DATA") in entries()
