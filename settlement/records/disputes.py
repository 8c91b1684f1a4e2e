"""Objections to recorded hours, and their answers (Ministry of Civil Affairs, Order 67, Art. 13).

An answer changes no hours by itself: what turns out wrong is corrected by master data, or by times that its
author enters by hand and a second person confirms, or it reopens what was rejected; the line is then adjusted
and reviewed as always.
"""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.accounts import marks_of
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.evidence.attribution import mark_unsettled
from settlement.ledger.reopening import reopen_line
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import (
    Activity,
    Dispute,
    DisputeAnswer,
    DisputeRecord,
    ManualRecord,
    Review,
    Volunteer,
)
from settlement.reach import WHOLE, Reach, check_entitled
from settlement.records.manual_records import ManualTime, enter_manual_record
from settlement.rules.evidence import Direction
from settlement.rules.settle import LineKey
from settlement.signatures import LONGEST_NOTE, check_another, check_not_own, reason_given
from settlement.troubles import DecisionTrouble

LONGEST_TEXT = 1000


class DisputeOutcome(StrEnum):
    """What the organisation found."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"


class Correction(Struct, frozen=True):
    """What an upheld objection turns out to be: the volunteer came or left at `at_ms` (UTC milliseconds).

    `instead_of` names events or confirmed records that the time counts in the place of.
    """

    direction: Direction
    at_ms: int
    instead_of: tuple[str, ...] = ()


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
    NOT_ALLOWED, OUT_OF_REACH, ALREADY_ERASED, NUMBER_MERGED, DISPUTE_WITHOUT_TEXT, DISPUTE_OPEN.
    """
    objection = reason_given(objection, code=DecisionTrouble.DISPUTE_WITHOUT_TEXT, longest=LONGEST_TEXT)
    check_entitled(by, Deed.RAISE_DISPUTE, activity, owner=volunteer.number)
    with transaction.atomic():
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        check_takes_new(volunteer.number)
        mine = open_disputes(WHOLE).filter(volunteer__in=merged_numbers().numbers_of(volunteer.number))
        same = mine.filter(activity=activity, local_date=local_date)
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


class Answered(Struct, frozen=True):
    """What an answer caused: records that wait for a second person, and rejected entries that it reopened."""

    records: tuple[ManualRecord, ...] = ()
    reopened: tuple[int, ...] = ()


def answer_dispute(number: int, answer: DisputeResolution, *, by: Actor, now_ms: int) -> Answered:
    """End a dispute with an outcome and its reasons; one that is upheld reopens what was rejected of it.

    Neither the volunteer nor who decided on the line may answer. Raises RulesError: UNKNOWN_DISPUTE,
    NOT_ALLOWED, OUT_OF_REACH, ALREADY_DECIDED, SELF_REVIEW, FOUR_EYES, DISPUTE_WITHOUT_TEXT,
    NOTHING_TO_CORRECT, FUTURE_TIME, and those of `replacements_named`; then neither the answer nor a
    correction was stored.
    """
    text = reason_given(answer.text, code=DecisionTrouble.DISPUTE_WITHOUT_TEXT, longest=LONGEST_TEXT)
    if answer.corrections and answer.outcome is DisputeOutcome.REJECTED:
        raise RulesError(DecisionTrouble.NOTHING_TO_CORRECT)

    def end() -> Answered:
        with transaction.atomic():
            dispute = dispute_numbered(number)
            _check_may_answer(dispute, by)
            DisputeAnswer.objects.create(
                dispute=dispute,
                outcome=answer.outcome,
                answer=text,
                by=by.name,
                account_id=by.account,
                at_ms=now_ms,
            )
            records = tuple(
                enter_manual_record(time, by, now_ms)
                for time in times_of(dispute, answer.corrections, text[:LONGEST_NOTE])
            )
            DisputeRecord.objects.bulk_create(
                DisputeRecord(record=record, dispute=dispute) for record in records
            )
            if answer.outcome is DisputeOutcome.REJECTED:
                return Answered(records)
            return Answered(records, _reopened(dispute, by, text[:LONGEST_NOTE], now_ms))

    return again_on_conflict(end)


def times_of(dispute: Dispute, corrections: Iterable[Correction], reason: str) -> list[ManualTime]:
    """The times that an answer enters by hand, for the number under which the person goes by now."""
    about = (merged_numbers().kept(dispute.volunteer_id), dispute.activity_id)
    return [ManualTime(*about, one.direction, one.at_ms, reason, one.instead_of) for one in corrections]


def _reopened(dispute: Dispute, by: Actor, reason: str, now_ms: int) -> tuple[int, ...]:
    volunteer = merged_numbers().kept(dispute.volunteer_id)
    key = LineKey(str(volunteer), dispute.activity_id, dispute.local_date)
    opened = reopen_line(key, by, reason, now_ms, dispute)
    if opened:
        mark_unsettled([volunteer], now_ms)
    return opened


def open_disputes(reach: Reach) -> QuerySet[Dispute]:
    """Disputes without an answer, the oldest first."""
    return reach.disputes().filter(answer=None).order_by("raised_ms", "pk")


def dispute_numbered(number: int) -> Dispute:
    """The dispute with that number; raises RulesError UNKNOWN_DISPUTE."""
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
        entry__volunteer__in=merged_numbers().numbers_of(dispute.volunteer_id),
        entry__activity=dispute.activity_id,
        entry__local_date=dispute.local_date,
    )
    for review in decided.exclude(by=""):
        check_another(by, marks_of(review.account, review.by))
