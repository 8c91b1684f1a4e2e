"""Objections to lines, and who may answer them."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.actor import Level
from settlement.models import Dispute, DisputeAnswer, DisputeRecord, ManualRecord
from settlement.reach import WHOLE
from settlement.records.disputes import (
    Correction,
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    open_disputes,
    raise_dispute,
)
from settlement.records.reasons import told_reason
from settlement.review.decide import approve_clean_lines
from settlement.rules.evidence import Direction
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 7)


@pytest.fixture
def object_to(mei, ended_fair, evening_ms):
    def _object_to(objection="I stayed until six", by="1001", day=DAY):
        return raise_dispute(mei, ended_fair, day, objection, by=actor(by), now_ms=evening_ms)

    return _object_to


@pytest.fixture
def answer(evening_ms):
    def _answer(
        dispute, by="staff2", text="The log shows five.", outcome=DisputeOutcome.REJECTED, corrections=()
    ):
        return answer_dispute(
            dispute.pk, DisputeResolution(outcome, text, corrections), by=actor(by), now_ms=evening_ms
        )

    return _answer


def code_of(refused):
    return refused.value.code


def test_an_objection_is_open_until_it_is_answered(object_to, answer):
    dispute = object_to()
    assert list(open_disputes(WHOLE)) == [dispute]
    answer(dispute, outcome=DisputeOutcome.PARTLY_UPHELD)
    assert not open_disputes(WHOLE).exists()
    given = DisputeAnswer.objects.get()
    assert (given.outcome, given.by, given.answer) == ("partly_upheld", "staff2", "The log shows five.")


def test_one_objection_to_a_line_is_looked_at_at_a_time(object_to, answer):
    dispute = object_to()
    with pytest.raises(RulesError) as refused:
        object_to("and yet")
    assert code_of(refused) == "DISPUTE_OPEN"
    object_to(day=DAY.replace(day=8))
    answer(dispute)
    object_to("I disagree with the answer")
    assert open_disputes(WHOLE).count() == 2


def test_nobody_answers_the_own_objection(object_to, answer):
    with pytest.raises(RulesError) as refused:
        answer(object_to(), by=" 1001 ")
    assert code_of(refused) == "SELF_REVIEW"


def test_who_decided_on_the_line_does_not_answer(serve, object_to, answer, ended_fair, reviewer):
    serve()
    approve_clean_lines(ended_fair, reviewer("staff1"))
    dispute = object_to()
    with pytest.raises(RulesError) as refused:
        answer(dispute, by="staff1")
    assert code_of(refused) == "FOUR_EYES"
    answer(dispute, by="staff2")


def test_an_objection_is_answered_once(object_to, answer, evening_ms):
    dispute = object_to()
    answer(dispute)
    with pytest.raises(RulesError) as refused:
        answer(dispute)
    assert code_of(refused) == "ALREADY_DECIDED"
    with pytest.raises(RulesError) as refused:
        answer_dispute(
            dispute.pk + 1,
            DisputeResolution(DisputeOutcome.UPHELD, "yes"),
            by=actor("staff2"),
            now_ms=evening_ms,
        )
    assert code_of(refused) == "UNKNOWN_DISPUTE"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "DISPUTE_WITHOUT_TEXT"), (" ", "DISPUTE_WITHOUT_TEXT"), ("x" * 1001, "NOTE_TOO_LONG")],
)
def test_objection_and_answer_are_given_in_words(text, code, object_to, answer):
    with pytest.raises(RulesError) as refused:
        object_to(text)
    assert code_of(refused) == code
    dispute = object_to()
    with pytest.raises(RulesError) as refused:
        answer(dispute, text=text)
    assert code_of(refused) == code


@pytest.mark.parametrize("model", [Dispute, DisputeAnswer])
def test_neither_is_changed_afterwards(model, object_to, answer):
    answer(object_to())
    field = "objection" if model is Dispute else "answer"
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        model.objects.update(**{field: "something else"})


def left_at(at_ms):
    return (Correction(Direction.OUT, at_ms),)


def test_a_correction_is_a_manual_record_that_waits_for_a_second_person(object_to, answer, noon_ms):
    text = "The reader was broken. " + "x" * 400
    done = answer(object_to(), text=text, outcome=DisputeOutcome.UPHELD, corrections=left_at(noon_ms))
    (record,) = done.records
    assert record.of_dispute.dispute == Dispute.objects.get()
    assert (record.volunteer_id, record.activity_id, record.direction) == (1001, "fair", "out")
    assert (record.at_ms, record.entered_by) == (noon_ms, "staff2")
    assert record.reason.startswith("The reader was broken. x")
    number = Dispute.objects.get().pk
    assert told_reason(record, Words("zh-Hans")).startswith(f"异议 {number}：The reader was broken. x")
    assert not hasattr(record, "decision")


def test_a_rejected_objection_corrects_nothing(object_to, answer, noon_ms):
    with pytest.raises(RulesError) as refused:
        answer(object_to(), corrections=left_at(noon_ms))
    assert code_of(refused) == "NOTHING_TO_CORRECT"
    assert open_disputes(WHOLE).exists()


def test_with_a_correction_that_cannot_be_the_answer_is_not_stored_either(object_to, answer, evening_ms):
    with pytest.raises(RulesError) as refused:
        answer(object_to(), outcome=DisputeOutcome.UPHELD, corrections=left_at(evening_ms + 1))
    assert code_of(refused) == "FUTURE_TIME"
    assert open_disputes(WHOLE).exists()
    assert not ManualRecord.objects.exists()


def test_which_objection_a_record_corrects_is_never_changed(object_to, answer, noon_ms):
    answer(object_to(), outcome=DisputeOutcome.UPHELD, corrections=left_at(noon_ms))
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        DisputeRecord.objects.all()._raw_delete("default")


def test_no_volunteer_objects_for_somebody_else(mei, wei, ended_fair, city, credit, evening_ms):
    """One objection at a time: another's would keep the own one out, and the person from being erased."""
    credit(mei, 3600)
    credit(wei, 3600)
    neighbour = actor("Wei", Level.VOLUNTEER, city.path, volunteer=1002)
    with pytest.raises(RulesError) as refused:
        raise_dispute(mei, ended_fair, DAY, "not so", by=neighbour, now_ms=evening_ms)
    assert refused.value.code == "NOT_ALLOWED"
    liaison = actor("Liu", Level.VOLUNTEER, city.path, roles=("liaison",))
    assert raise_dispute(mei, ended_fair, DAY, "not so", by=liaison, now_ms=evening_ms).pk
