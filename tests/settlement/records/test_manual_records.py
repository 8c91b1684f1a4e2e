"""Times entered by hand: two people, a reason, and always a reviewer who is a third."""

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement.models import EventOutcome, LedgerEntry, ManualDecision, ManualRecord, Session
from settlement.reach import WHOLE
from settlement.records.manual_records import (
    ManualTime,
    confirm_manual_record,
    decline_manual_record,
    enter_manual_record,
    waiting_records,
)
from settlement.review.decide import approve, approve_clean_lines
from settlement.rules.evidence import Direction
from settlement.rules.review import ReviewRefusal
from settlement.settling.full_check import check_everything
from settlement.settling.settler import settle_everything
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def write_down(mei, ended_fair, noon_ms, evening_ms):
    """Enters that Mei left at 17:00, because the reader was broken."""

    def _write_down(entered_by="staff1", **changes):
        said = {
            "volunteer": 1001,
            "activity": "fair",
            "direction": Direction.OUT,
            "at_ms": noon_ms + 5 * HOUR,
            "reason": "reader broken",
        }
        return enter_manual_record(ManualTime(**{**said, **changes}), actor(entered_by), evening_ms)

    return _write_down


@pytest.fixture
def confirm(evening_ms):
    return lambda record, by="staff2": confirm_manual_record(record.pk, actor(by), evening_ms)


def code_of(refused):
    return refused.value.code


def test_a_record_counts_once_a_second_person_confirmed_it(serve, write_down, confirm, settle, entries, hear):
    serve(-3, None)
    record = write_down()
    settle()
    assert entries()[-1][3] == 0
    assert list(waiting_records(WHOLE)) == [record]
    confirm(record)
    settle()
    assert entries()[-1] == (1001, "original", 2, 8 * 3600, "pending", None)
    assert LedgerEntry.objects.latest("pk").flags == ["MANUAL"]
    assert Session.objects.get().out_event == f"manual/{record.pk}"
    assert not waiting_records(WHOLE).exists()


def test_a_line_with_a_record_is_reviewed_by_a_third_person(
    serve, write_down, confirm, settle, ended_fair, reviewer
):
    serve(-3, None)
    confirm(write_down())
    settle()
    entry = LedgerEntry.objects.latest("pk").pk
    assert approve_clean_lines(ended_fair, reviewer("staff3")).decided == ()
    for name in ("staff1", "staff2"):
        assert approve([entry], reviewer(name)).refused == ((entry, ReviewRefusal.FOUR_EYES),)
    assert approve([entry], reviewer("staff3")).decided == (entry,)


def test_a_record_after_the_approval_becomes_an_adjustment(
    serve, write_down, confirm, settle, ended_fair, reviewer, entries
):
    serve(-3, None)
    approve([LedgerEntry.objects.get().pk], reviewer())
    confirm(write_down())
    settle()
    assert entries()[-1] == (1001, "adjustment", 1, 8 * 3600, "pending", "LATE_EVENT")


def test_a_declined_record_never_counts(serve, write_down, settle, entries, evening_ms):
    serve(-3, None)
    record = write_down()
    decline_manual_record(record.pk, actor("staff2"), evening_ms, "was seen at home")
    settle_everything(evening_ms)
    assert [row[3] for row in entries()] == [0]
    assert ManualDecision.objects.get().note == "was seen at home"


def test_both_ends_can_be_written_down(write_down, confirm, settle, entries, noon_ms, evening_ms):
    confirm(write_down(direction=Direction.IN, at_ms=noon_ms))
    confirm(write_down())
    settle()
    assert entries() == [(1001, "original", 1, 5 * 3600, "pending", None)]
    told = []
    assert str(check_everything(evening_ms, told.append)) == "checked 1 volunteers: no difference", told


def test_a_record_outside_the_activity_is_held_and_shown(write_down, confirm, settle, noon_ms):
    record = write_down(at_ms=noon_ms + 7 * HOUR)
    confirm(record)
    settle()
    outcome = EventOutcome.objects.get()
    assert (outcome.record, outcome.chain, outcome.outcome) == (record, None, "held:PHASE_CLOSED")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "MANUAL_NO_REASON"),
        ({"reason": "x" * 301}, "NOTE_TOO_LONG"),
        ({"entered_by": "1001"}, "MANUAL_SELF"),
        ({"entered_by": " 1001 "}, "MANUAL_SELF"),
        ({"volunteer": 9}, "UNKNOWN_VOLUNTEER"),
        ({"activity": "moon"}, "UNKNOWN_ACTIVITY"),
        ({"at_ms": 2**50}, "FUTURE_TIME"),
        ({"direction": Direction.TOGGLE}, "INVALID_DIRECTION"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_entered(changes, code, write_down):
    with pytest.raises(RulesError) as refused:
        write_down(**changes)
    assert code_of(refused) == code
    assert not ManualRecord.objects.exists()


@pytest.mark.parametrize(
    ("by", "code"),
    [("staff1", "MANUAL_UNCONFIRMED"), ("1001", "MANUAL_SELF")],
)
def test_only_a_second_person_who_is_not_the_volunteer_confirms(by, code, write_down, confirm):
    record = write_down()
    with pytest.raises(RulesError) as refused:
        confirm(record, by)
    assert code_of(refused) == code
    assert not ManualDecision.objects.exists()


def test_a_record_is_decided_once(write_down, confirm, evening_ms):
    record = write_down()
    confirm(record)
    with pytest.raises(RulesError) as refused:
        decline_manual_record(record.pk, actor("staff3"), evening_ms, "no")
    assert code_of(refused) == "ALREADY_DECIDED"
    with pytest.raises(RulesError) as refused:
        confirm_manual_record(999_999_999, actor("staff3"), evening_ms)
    assert code_of(refused) == "UNKNOWN_RECORD"


def test_a_decline_needs_a_reason(write_down, evening_ms):
    with pytest.raises(RulesError) as refused:
        decline_manual_record(write_down().pk, actor("staff2"), evening_ms, " ")
    assert code_of(refused) == "MANUAL_NO_REASON"


@pytest.mark.parametrize("model", [ManualRecord, ManualDecision])
def test_a_record_is_never_changed_or_deleted(model, write_down, confirm):
    confirm(write_down())
    for change in (lambda: model.objects.update(at_ms=1), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()
