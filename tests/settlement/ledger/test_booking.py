"""What the settler enters into the ledger, and what it leaves alone."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from settlement.evidence.attribution import mark_unsettled
from settlement.ledger.entries import booked_sessions
from settlement.models import LedgerEntry, Reopening, Review, Shift, Unsettled
from settlement.review.decide import approve, approve_clean_lines, reject
from settlement.settling.settler import settle_everything

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


def test_a_computed_line_waits_in_the_ledger_with_its_workings(mei, ended_fair, serve, entries, terminal):
    serve(-3, 4)
    assert entries() == [(1001, "original", 1, 7 * 3600, "pending", None)]
    row = LedgerEntry.objects.get()
    assert (row.flags, row.rules_id, str(row.local_date)) == (["EARLY_LEAVE"], 1, "2026-03-07")
    (session,) = booked_sessions(row)
    assert (session.raw_s, session.t_s) == (7 * 3600, 7 * 3600)
    assert session.in_event == f"north-gate/{terminal.epoch}/2"


def test_settled_again_it_enters_nothing(mei, ended_fair, serve, entries, evening_ms):
    serve()
    before = entries()
    settle_everything(evening_ms)
    assert entries() == before


def test_a_new_computation_takes_the_place_of_one_that_nobody_decided(
    mei, ended_fair, serve, entries, terminal
):
    serve(-3, None)
    serve(None, 5)
    assert entries() == [
        (1001, "original", 1, 0, "superseded", None),
        (1001, "original", 2, 8 * 3600, "pending", None),
    ]


def test_late_evidence_adjusts_what_was_approved_and_never_alters_it(
    mei, ended_fair, serve, entries, reviewer
):
    serve(-3, 1)
    approve_clean_lines(ended_fair, reviewer())
    serve(2, 5)
    assert entries() == [
        (1001, "original", 1, 4 * 3600, "approved", None),
        (1001, "adjustment", 1, 3 * 3600, "pending", "LATE_EVENT"),
    ]
    approve([LedgerEntry.objects.get(kind="adjustment").pk], reviewer())
    serve(1.25, 1.75)
    assert entries()[-1] == (1001, "adjustment", 2, 1800, "pending", "LATE_EVENT")


def test_corrected_master_data_adjust_and_say_so(mei, ended_fair, serve, entries, reviewer, noon_ms, settle):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    Shift.objects.update(end_ms=noon_ms + 3 * HOUR)
    mark_unsettled([mei.number], 0, master_data=True)
    settle()
    assert entries()[-1] == (1001, "adjustment", 1, -2 * 3600, "pending", "MASTER_DATA")


def test_evidence_that_comes_with_corrected_master_data_does_not_hide_the_correction(
    mei, ended_fair, serve, entries, reviewer, noon_ms, settle
):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    Shift.objects.update(end_ms=noon_ms + 3 * HOUR)
    mark_unsettled([mei.number], 0, master_data=True)
    mark_unsettled([mei.number], 1)
    settle()
    assert entries()[-1][-1] == "MASTER_DATA"


def test_a_line_that_vanishes_takes_back_what_was_approved(mei, ended_fair, serve, entries, reviewer, settle):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    ended_fair.phases.update(phase="staffing")
    mark_unsettled([mei.number], 0, master_data=True)
    settle()
    assert entries()[-1] == (1001, "adjustment", 1, -8 * 3600, "pending", "MASTER_DATA")
    assert LedgerEntry.objects.get(kind="adjustment").sessions == []


def test_a_rejected_result_is_not_asked_again_and_another_result_is(
    mei, ended_fair, serve, entries, reviewer, settle, evening_ms
):
    serve(-3, 1)
    reject([LedgerEntry.objects.get().pk], reviewer(note="was not there"))
    mark_unsettled([mei.number], 0)
    settle_everything(evening_ms)
    assert len(entries()) == 1
    serve(2, 5)
    assert entries()[-1] == (1001, "original", 2, 7 * 3600, "pending", "LATE_EVENT")


def test_what_is_decided_while_a_newer_computation_is_entered_is_adjusted(
    mei, ended_fair, serve, entries, reviewer, terminal, deliver, noon_ms, settle, monkeypatch
):
    serve(-3, 1)
    terminal.check_in(wall_ms=noon_ms + 2 * HOUR)
    terminal.check_out(wall_ms=noon_ms + 5 * HOUR)
    deliver(4)
    create = Review.objects.bulk_create
    calls = []

    def decide_first(rows, **options):
        rows = list(rows)
        if rows and not calls:
            calls.append("somebody was faster")
            raise IntegrityError
        return create(rows, **options)

    monkeypatch.setattr(Review.objects, "bulk_create", decide_first)
    settle()
    assert calls
    assert [row[3:5] for row in entries()] == [(4 * 3600, "superseded"), (7 * 3600, "pending")]
    assert not Unsettled.objects.exists()


# The database itself.


def refused(action):
    with pytest.raises(DatabaseError, match="the ledger is never changed or deleted"), transaction.atomic():
        action()


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def decided(mei, ended_fair, serve, reviewer):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    return Review.objects.get()


@pytest.mark.parametrize("change", ["delta_s = 1", "flags = '[]'", "local_date = '2026-01-01'", "rev = 9"])
def test_no_entry_can_be_changed(change, decided):
    refused(lambda: run(f"UPDATE settlement_ledgerentry SET {change}"))


def test_no_reopening_can_be_changed(decided):
    Reopening.objects.create(entry=decided.entry, by="staff2", reason="seen", at_ms=1)
    refused(lambda: Reopening.objects.update(reason="something else"))
    refused(lambda: run("DELETE FROM settlement_reopening"))


@pytest.mark.parametrize("table", ["settlement_ledgerentry", "settlement_review"])
def test_nothing_of_the_ledger_can_be_deleted(table, decided):
    refused(lambda: run(f"DELETE FROM {table}"))


def test_no_decision_can_be_changed(decided):
    refused(lambda: Review.objects.update(state="rejected"))


def test_an_entry_is_decided_once(decided):
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(entry=decided.entry, state="rejected", by="staff2", at_ms=1)


def test_only_the_settler_supersedes_and_only_people_decide(mei, ended_fair, serve):
    serve()
    entry = LedgerEntry.objects.get()
    for state, by in (("approved", ""), ("superseded", "staff1"), ("unheard", "staff1")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.create(entry=entry, state=state, by=by, at_ms=1)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL knows TRUNCATE")
def test_the_ledger_cannot_be_emptied(decided):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    refused(lambda: run("TRUNCATE settlement_review"))
