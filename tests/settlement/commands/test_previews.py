"""Hours before and after, shown by the commands that enter and confirm times."""

import pytest

from settlement.models import Dispute, DisputeAnswer, ManualRecord, Replacement

BY = ("--as", "zhao")
SAID = ("--volunteer", 1001, "--activity", "fair", "--reason", "seen", "--direction", "out")
LINE = ("--volunteer", 1001, "--activity", "fair", "--day", "2026-03-07")


@pytest.fixture
def left(mei, ended_fair, serve, terminal):
    """Mei served from 09:00 to 15:00, as her terminal says; the name of the check-out."""
    serve(-3, 3)
    return f"{terminal.name}/{terminal.epoch}/3"


def test_a_second_check_out_is_told_before_it_is_entered_and_when_it_is_confirmed(muster, left):
    told = muster("manual", "enter", *SAID, "--at", "2026-03-07T17:00", *BY)
    there = "already a check-out at 2026-03-07 15:00:00; to let the new one stand for it, add --instead-of"
    assert f"{there} {left}." in told
    assert "waits for a second person" in told
    record = ManualRecord.objects.get().pk
    shown = muster("manual", "confirm", record, "--preview", "--as", "qian")
    assert there in shown
    assert not hasattr(ManualRecord.objects.get(), "decision")
    assert muster("manual", "confirm", record, "--as", "qian").startswith(shown)


def test_what_counts_instead_is_shown_with_the_hours_of_before_and_after(muster, left):
    time = (*SAID, "--at", "2026-03-07T17:00", "--instead-of", left)
    told = muster("manual", "enter", *time, "--preview", *BY)
    assert "fair, 2026-03-07: 6.00 h without it, 8.00 h with it." in told
    assert "  It would say: " in told
    assert not ManualRecord.objects.exists()
    muster("manual", "enter", *time, *BY)
    assert Replacement.objects.count() == 1
    assert f"2026-03-07 17:00:00  {left}  Zhao" in muster("manual", "list")


def test_a_time_that_would_not_count_is_told(muster, left):
    told = muster("manual", "enter", *SAID, "--at", "2026-03-07T19:00", "--preview", *BY)
    assert "It would not count. Held: the activity was not running at that time." in told
    assert "It would change no hours." in told


def test_what_is_no_event_of_theirs_is_named_and_nothing_is_entered(muster, left):
    time = (*SAID, "--at", "2026-03-07T17:00", "--instead-of", "north-gate/x/3")
    assert "north-gate/x/3 is no check-in or check-out of volunteer 1001" in muster(
        "manual", "enter", *time, *BY, status=1
    )
    assert not ManualRecord.objects.exists()


@pytest.fixture
def dispute(muster, left):
    muster("dispute", "open", *LINE, "--objection", "I left at five", "--as", "v1001")
    return Dispute.objects.get().pk


UPHELD = ("--outcome", "upheld", "--answer", "Seen until five", *BY)


def test_an_answer_lets_a_time_count_instead_of_the_terminals(muster, dispute, left, terminal):
    came = f"{terminal.name}/{terminal.epoch}/2"
    words = ("dispute", "answer", dispute, *UPHELD, "--instead-of", left, "--instead-of", came)
    times = ("--came", "2026-03-07T10:00", "--left", "2026-03-07T17:00")
    assert "6.00 h without it, 7.00 h with it." in muster(*words, *times, "--preview")
    assert not DisputeAnswer.objects.exists()
    assert "6.00 h without it, 7.00 h with it." in muster(*words, *times)
    assert set(Replacement.objects.values_list("record__direction", "seq")) == {("out", 3), ("in", 2)}
    assert "to_amend" in muster("dispute", "list")


def test_an_answer_that_corrects_nothing_by_itself_says_so(muster, dispute):
    assert "This answer corrects nothing by itself" in muster("dispute", "answer", dispute, *UPHELD)


def test_an_answer_that_reopens_a_rejection_says_so(muster, left):
    from settlement.models import LedgerEntry

    entry = LedgerEntry.objects.get().pk
    muster("review", "reject", entry, "--as", "qian", "--note", "wrong click")
    muster("dispute", "open", *LINE, "--objection", "I was there", "--as", "v1001")
    told = muster("dispute", "answer", Dispute.objects.get().pk, *UPHELD)
    assert f"Entry {entry} is reopened" in told
    assert "corrects nothing" not in told


def test_what_counts_instead_needs_the_time_that_counts(muster, dispute, left):
    assert "--came or --left" in muster("dispute", "answer", dispute, *UPHELD, "--instead-of", left, status=2)
