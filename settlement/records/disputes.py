"""Objections to recorded hours, and their answers (Ministry of Civil Affairs, Order 67, Art. 13).

An answer changes no hours by itself: what turns out wrong is corrected by master data, or by times that its
author enters by hand and a second person confirms; the line is then adjusted and reviewed as always.
"""

import datetime as dt
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.accounts import marks_of
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.models import Activity, Dispute, DisputeAnswer, ManualRecord, Review, Volunteer
from settlement.reach import WHOLE, Reach, check_entitled
from settlement.records.manual_records import ManualTime, enter_manual_record
from settlement.rules.evidence import Direction
from settlement.signatures import LONGEST_NOTE, check_another, check_not_own, reason_given
from settlement.troubles import DecisionTrouble

LONGEST_TEXT = 1000


class DisputeOutcome(StrEnum):
    """What the organisation found."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"


class Correction(Struct, frozen=True):
    """What an upheld objection turns out to be: the volunteer came or left at `at_ms` (UTC milliseconds)."""

    direction: Direction
    at_ms: int


class DisputeResolution(Struct, frozen=True):
    """How a dispute ends, in words; `corrections` are entered by hand with it."""

    outcome: DisputeOutcome
    text: str
    corrections: tuple[Correction, ...] = ()


def raise_dispute(
    volunteer: Volunteer, activity: Activity, local_date: dt.date, objection: str, *, by: Actor, now_ms: int
) -> Dispute:
    """Take down an objection to a line, or to the absence of one; one at a time for each line.

    `by` is who brought it: the volunteer, or whoever speaks for the volunteer. Raises RulesError:
    OUT_OF_REACH, DISPUTE_WITHOUT_TEXT, DISPUTE_OPEN.
    """
    objection = reason_given(objection, code=DecisionTrouble.DISPUTE_WITHOUT_TEXT, longest=LONGEST_TEXT)
    if by.volunteer != volunteer.number:
        check_entitled(by, Deed.RAISE_DISPUTE, activity)
    with transaction.atomic():
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        same = open_disputes(WHOLE).filter(volunteer=volunteer, activity=activity, local_date=local_date)
        if same.exists():
            raise RulesError(DecisionTrouble.DISPUTE_OPEN, activity=activity.title, day=local_date)
        return Dispute.objects.create(
            volunteer=volunteer,
            activity=activity,
            local_date=local_date,
            objection=objection,
            raised_by=by.name,
            raised_account_id=by.account,
            raised_ms=now_ms,
        )


def answer_dispute(number: int, answer: DisputeResolution, *, by: Actor, now_ms: int) -> list[ManualRecord]:
    """End a dispute with an outcome and its reasons; returns the records that wait for a second person.

    Neither the volunteer nor who decided on the line may answer. Raises RulesError: UNKNOWN_DISPUTE,
    NOT_ALLOWED, OUT_OF_REACH, ALREADY_DECIDED, SELF_REVIEW, FOUR_EYES, DISPUTE_WITHOUT_TEXT,
    NOTHING_TO_CORRECT, FUTURE_TIME;
    then neither the answer nor a correction was stored.
    """
    text = reason_given(answer.text, code=DecisionTrouble.DISPUTE_WITHOUT_TEXT, longest=LONGEST_TEXT)
    if answer.corrections and answer.outcome is DisputeOutcome.REJECTED:
        raise RulesError(DecisionTrouble.NOTHING_TO_CORRECT)

    def end() -> list[ManualRecord]:
        with transaction.atomic():
            dispute = _dispute(number)
            _check_may_answer(dispute, by)
            DisputeAnswer.objects.create(
                dispute=dispute,
                outcome=answer.outcome,
                answer=text,
                by=by.name,
                account_id=by.account,
                at_ms=now_ms,
            )
            reason = f"Dispute {number}: {text}"[:LONGEST_NOTE]
            return [
                enter_manual_record(_time(dispute, correction, reason), by, now_ms)
                for correction in answer.corrections
            ]

    return again_on_conflict(end)


def _time(dispute: Dispute, correction: Correction, reason: str) -> ManualTime:
    return ManualTime(
        dispute.volunteer_id, dispute.activity_id, correction.direction, correction.at_ms, reason
    )


def zone_of(number: int) -> str:
    """The zone in which the people of a dispute read times; raises RulesError UNKNOWN_DISPUTE."""
    return _dispute(number).activity.site.zone


def open_disputes(reach: Reach) -> QuerySet[Dispute]:
    """Disputes without an answer, the oldest first."""
    return reach.disputes().filter(answer=None).order_by("raised_ms", "pk")


def _dispute(number: int) -> Dispute:
    found = Dispute.objects.filter(pk=number).select_related("answer", "activity__site").first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_DISPUTE, number=number)
    return found


def _check_may_answer(dispute: Dispute, by: Actor) -> None:
    if hasattr(dispute, "answer"):
        raise RulesError(DecisionTrouble.ALREADY_DECIDED)
    check_not_own(by, dispute.volunteer_id)
    check_entitled(by, Deed.ANSWER_DISPUTE, dispute.activity)
    decided = Review.objects.select_related("account").filter(
        entry__volunteer=dispute.volunteer_id,
        entry__activity=dispute.activity_id,
        entry__local_date=dispute.local_date,
    )
    for review in decided.exclude(by=""):
        check_another(by, marks_of(review.account, review.by))
