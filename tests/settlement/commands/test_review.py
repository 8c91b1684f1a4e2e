"""`muster review`: what waits, and decisions that name their person."""

import pytest

from foundation.clock import SharedClock
from settlement.inspections import Visit, enter_visit
from settlement.models import LedgerEntry, Review, TerminalStatus
from tests.settlement.actors import actor

IN_TWO_WEEKS_MS = 1_774_065_600_000
"""2026-03-21 12:00 in Shanghai; the review of the fair is due on the day before."""


@pytest.fixture
def waiting(mei, serve, ended_fair):
    """Mei served the whole shift, Wei never checked out."""

    def entries():
        return {entry.volunteer_id: entry.pk for entry in LedgerEntry.objects.filter(review=None)}

    serve()
    return entries


@pytest.fixture
def doubtful(waiting, wei, serve):
    serve(-3, None, number=1002)
    return waiting()[1002]


def decided():
    return set(Review.objects.values_list("entry__volunteer__number", "state", "by", "note", "override"))


def test_what_waits_is_listed_with_its_remarks(muster, waiting, doubtful):
    told = muster("review", "list", "--activity", "fair", "--day", "2026-03-07").splitlines()
    assert told[0].split("  ")[0] == "entry"
    assert "8.00" in told[1]
    assert "2026-03-20  ready" in told[1]
    assert "!MISSING_OUT" in told[2]
    assert muster("review", "list", "--day", "2026-03-08") == "Nothing waits.\n"


def test_clean_lines_are_approved_together_and_others_wait(muster, waiting, doubtful):
    told = muster("review", "approve", "--activity", "fair", "--as", "zhao", "--note", "checked")
    assert told.startswith("1 entry approved.")
    assert f"Entry {doubtful} stays as it is: This line carries a remark" in told
    assert decided() == {(1001, "approved", "Zhao", "checked", "")}


def test_a_doubtful_one_is_approved_by_its_number(muster, waiting, doubtful):
    assert muster("review", "approve", doubtful, "--as", "zhao") == "1 entry approved.\n"
    told = muster("review", "approve", doubtful, "--as", "zhao", status=1)
    assert "0 entries approved." in told
    assert "was already decided" in told


def test_nobody_approves_the_own_hours(muster, waiting):
    told = muster("review", "approve", waiting()[1001], "--as", "v1001", status=1)
    assert "Nobody decides on what concerns themselves. Ask somebody else to do it." in told
    assert not decided()


def test_a_rejection_says_why(muster, waiting):
    entry = waiting()[1001]
    assert "Missing option '--note'" in muster("review", "reject", entry, "--as", "zhao", status=2)
    assert muster("review", "reject", entry, "--as", "zhao", "--note", "not there") == "1 entry rejected.\n"
    assert decided() == {(1001, "rejected", "Zhao", "not there", "")}


def test_missing_evidence_is_overridden_with_a_reason_once_due(muster, waiting, terminal, folder):
    TerminalStatus.objects.all().delete()
    entry = waiting()[1001]
    assert "Evidence of this activity is missing" in muster(
        "review", "approve", entry, "--as", "zhao", status=1
    )
    assert f"{terminal.name}: AWAITING_SYNC" in muster("review", "list")
    override = ("review", "override", entry, "--as", "zhao", "--reason", "stolen")
    assert "from 2026-03-20 on" in muster(*override, status=1)
    SharedClock.create(folder / "clock", IN_TWO_WEEKS_MS)
    assert muster(*override) == "1 entry approved.\n"
    assert decided() == {(1001, "approved", "Zhao", "", "stolen")}


def test_whom_an_inspector_missed_is_told_to_the_reviewer(muster, waiting, site, noon_ms, evening_ms):
    enter_visit(
        site, Visit(inspector="Qian", at_ms=noon_ms, not_seen=(1001,)), by=actor("Qian"), now_ms=evening_ms
    )
    assert "not seen by Qian" in muster("review", "list")
    kept = muster("review", "approve", "--activity", "fair")
    assert f"Entry {waiting()[1001]} stays as it is: An inspector called this volunteer that day" in kept


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "--as", "zhao"),
        ("approve", "1", "--activity", "fair", "--as", "zhao"),
        ("approve", "1", "--day", "2026-03-07", "--as", "zhao"),
        ("reject", "--as", "zhao", "--note", "x"),
        ("override", "--as", "zhao", "--reason", "x"),
    ],
)
def test_what_is_meant_must_be_clear(muster, words):
    assert "Usage:" in muster("review", *words, status=2)


def test_an_event_that_names_no_activity_is_listed_and_named_one(muster, mei, fair, terminal, deliver):
    from settlement.models import Activity, PhaseChange

    other = Activity.objects.create(id="market", site=fair.site, title="Market")
    PhaseChange.objects.create(activity=other, phase="executing", from_ms=0)
    terminal.check_in(activity="?")
    deliver()
    event = f"north-gate/{terminal.epoch}/2"
    assert f"{event}  check_in  1001       2026-03-07 12:00:00  several_activities" in muster(
        "review", "events"
    )
    said = ("--reason", "she was on its list", "--as", "zhao")
    assert "no activity 'moon'" in muster("review", "name", event, "--activity", "moon", *said, status=1)
    assert "1 event was for fair" in muster("review", "name", event, "--activity", "fair", *said)
    assert muster("review", "events") == "No event needs to be looked at.\n"


def test_what_was_rejected_before_is_told_and_reopened_by_another_person(muster, waiting, serve, settle):
    entry = waiting()[1001]
    muster("review", "reject", entry, "--as", "zhao", "--note", "was not there")
    assert "Whoever rejected time" in muster(
        "review", "reopen", entry, "--as", "zhao", "--reason", "wrong click", status=1
    )
    told = muster("review", "reopen", entry, "--as", "qian", "--reason", "the gate saw her")
    assert f"Reopened: {entry}." in told
    settle()
    listed = muster("review", "list")
    rejected = f"!rejected before (entry {entry}) by Zhao: was not there"
    assert f"{rejected}; reopened by Qian: the gate saw her; new since: 0.00 h" in listed
    assert "0 entries approved." in muster("review", "approve", "--activity", "fair", "--as", "qian")
    assert muster("review", "approve", waiting()[1001], "--as", "zhao") == "1 entry approved.\n"


def test_the_daily_limit_is_lifted_for_a_line_that_was_cut(muster, mei, ended_fair, serve):
    ended_fair.shifts.all().delete()
    serve(-4, 5.9)
    entry = LedgerEntry.objects.get()
    told = muster("review", "lift-cap", entry.pk, "--reason", "the flood")
    assert told == "The daily limit is lifted on 2026-03-07; the line is computed anew.\n"
    assert "--reason" in muster("review", "lift-cap", entry.pk, status=2)


def test_a_long_stay_is_credited_as_one(muster, mei, fair, serve, noon_ms):
    fair.shifts.all().delete()
    fair.phases.update(from_ms=noon_ms - 200 * 3_600_000)
    serve(-22, 4)
    entry = LedgerEntry.objects.earliest("local_date")
    given = ("review", "credit-stay", entry.pk, "--reason", "on duty", "--override", "the log is complete")
    assert "The two are one stay of 26.00 h now;" in muster(*given)
    assert Review.objects.filter(state="approved").exists()
