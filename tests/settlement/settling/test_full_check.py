"""What a full computation finds when somebody tampered with the results, and when nobody did."""

import pytest
from django.db import connection

from settlement.models import (
    EventOutcome,
    LedgerEntry,
    Line,
    Session,
    Settled,
    Shift,
    Unsettled,
    WaitingEntry,
)
from settlement.review.decide import approve_clean_lines
from settlement.settling.full_check import check_everything

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def check(evening_ms):
    def _check(at_ms=evening_ms):
        told = []
        return str(check_everything(at_ms, told.append)), told

    return _check


@pytest.fixture
def settled(mei, wei, ended_fair, serve, terminal, deliver, settle, noon_ms, reviewer):
    """Two volunteers, one approved and adjusted since, one with a scan that counts for nothing."""
    serve(-3, 1)
    approve_clean_lines(ended_fair, reviewer())
    serve(2, 5)
    serve(-3, 5, number=1002)
    terminal.check_in("badge:1002.1", wall_ms=noon_ms + 7 * HOUR)
    deliver(len(terminal.events))
    settle()


def test_what_the_settler_wrote_is_what_the_evidence_comes_to(settled, check):
    assert check() == ("checked 2 volunteers: no difference", [])


def test_nobody_at_all_differs_in_nothing(db, check):
    assert check() == ("checked 0 volunteers: no difference", [])


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (lambda: Session.objects.filter(volunteer=1001).update(t_s=1), "session stored, not computed"),
        (lambda: Line.objects.filter(volunteer=1002).update(t_s=1), "line computed, not stored"),
        (lambda: EventOutcome.objects.all().delete(), "held event computed, not stored"),
        (lambda: Shift.objects.update(end_ms=1_772_856_000_000), "ledger: adjustment of"),
    ],
)
def test_it_tells_what_differs(tamper, told, settled, check):
    tamper()
    summary, lines = check()
    assert "volunteers: no" not in summary
    assert any(told in line for line in lines), lines


def test_it_tells_an_entry_that_is_missing_in_the_ledger(settled, check):
    with connection.cursor() as cursor:
        refusal = "DROP TRIGGER settlement_ledgerentry_no_delete"
        cursor.execute(refusal + (" ON settlement_ledgerentry" if connection.vendor == "postgresql" else ""))
    WaitingEntry.objects.filter(entry__volunteer=1002).delete()
    LedgerEntry.objects.filter(volunteer=1002).delete()
    summary, lines = check()
    assert lines == ["volunteer 1002: ledger: original of 28800 s is missing in fair on 2026-03-07"]
    assert summary == "checked 2 volunteers: 1 difference"


def test_it_tells_who_was_forgotten(settled, check):
    Settled.objects.filter(volunteer=1002).delete()
    assert check()[1] == ["volunteer 1002: was never settled"]


def test_it_says_nothing_of_those_who_wait(settled, check):
    Session.objects.all().delete()
    Unsettled.objects.create(volunteer_id=1001, mark="m", since_ms=0)
    Settled.objects.filter(volunteer=1002).update(reconsider_ms=0)
    assert check() == ("checked 0 volunteers: no difference (2 more wait for the settler)", [])


def test_it_says_nothing_of_those_who_are_settled_meanwhile(settled, check, monkeypatch):
    from settlement.settling import full_check

    def compute_while_somebody_settles(*arguments):
        Settled.objects.filter(volunteer=1001).update(digest="another")
        return compute(*arguments)

    compute = full_check.compute
    monkeypatch.setattr(full_check, "compute", compute_while_somebody_settles)
    Session.objects.filter(volunteer=1001).delete()
    assert check() == ("checked 1 volunteers: no difference (1 more wait for the settler)", [])


def test_it_changes_nothing(settled, check):
    Session.objects.filter(volunteer=1001).delete()
    before = list(Settled.objects.values()), LedgerEntry.objects.count()
    check()
    assert (list(Settled.objects.values()), LedgerEntry.objects.count()) == before
    assert not Unsettled.objects.exists()
