"""Letting somebody earn more than the daily cap: by whom, of what, and what becomes of the line."""

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement.models import LedgerEntry, LiftedCap
from settlement.review.decide import approve, approve_clean_lines, reject
from settlement.review.lifted_caps import lift_cap
from settlement.settling.full_check import check_everything
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def flood(mei, ended_fair, serve):
    """Ten hours on one date, of which eight count."""
    ended_fair.shifts.all().delete()
    serve(-4, 5.9)
    return LedgerEntry.objects.get()


@pytest.fixture
def lift(evening_ms):
    return lambda entry, by="Zhao Min", reason="the flood": lift_cap(entry.pk, actor(by), reason, evening_ms)


def test_all_that_was_measured_counts_marked_and_waits_for_its_own_decision(
    flood, lift, settle, entries, ended_fair, reviewer, evening_ms
):
    assert flood.flags == ["DAILY_CAP"]
    assert [str(day) for day in lift(flood)] == ["2026-03-07"]
    settle()
    assert entries() == [
        (1001, "original", 1, 28800, "superseded", None),
        (1001, "original", 2, 35640, "pending", None),
    ]
    assert LedgerEntry.objects.get(rev=2).flags == ["CAP_LIFTED"]
    assert approve_clean_lines(ended_fair, reviewer()).decided == ()
    assert check_everything(evening_ms, lambda _: None).differences == 0


def test_what_was_approved_is_adjusted(flood, lift, settle, entries, reviewer):
    approve([flood.pk], reviewer())
    lift(flood)
    settle()
    assert entries()[-1] == (1001, "adjustment", 1, 6840, "pending", "MASTER_DATA")


def test_who_and_why_stay(flood, lift, evening_ms):
    lift(flood)
    (row,) = LiftedCap.objects.values_list("volunteer_id", "entry_id", "reason", "by", "at_ms")
    assert row == (1001, flood.pk, "the flood", "Zhao Min", evening_ms)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        LiftedCap.objects.update(reason="else")


@pytest.mark.parametrize(
    ("given", "code"),
    [({"by": "1001"}, "SELF_REVIEW"), ({"reason": ""}, "NO_REASON")],
)
def test_it_is_refused_for_who_asks_or_why(flood, lift, given, code):
    with pytest.raises(RulesError) as refused:
        lift(flood, **given)
    assert (refused.value.code, LiftedCap.objects.count()) == (code, 0)


def test_an_entry_that_was_not_cut_has_nothing_to_lift(mei, ended_fair, serve, lift):
    serve(-3, 4)
    with pytest.raises(RulesError) as refused:
        lift(LedgerEntry.objects.get())
    assert refused.value.code == "NOT_CAPPED"


def test_twice_and_after_a_rejection_it_is_refused(flood, lift, settle, reviewer):
    lift(flood)
    with pytest.raises(RulesError) as refused:
        lift(flood)
    assert refused.value.code == "CAP_IS_LIFTED"
    settle()
    second = LedgerEntry.objects.get(rev=2)
    reject([second.pk], reviewer(note="was not there"))
    for entry in (flood, second):
        with pytest.raises(RulesError) as refused:
            lift(entry)
        assert refused.value.code == "NOT_PENDING"
