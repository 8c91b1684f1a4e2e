"""Objections to recorded hours, and their answers (Ministry of Civil Affairs, Order 67, Art. 13).

An answer changes no hours by itself: what turns out wrong is corrected by a manual record or by master data,
and the line is adjusted and reviewed as always.
"""

import datetime as dt
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from muster.errors import RulesError
from settlement.ledger.conflicts import again_on_conflict
from settlement.models import Activity, Dispute, DisputeAnswer, Review, Volunteer
from settlement.signatures import check_not_own, reason_given, signed_by

LONGEST_TEXT = 1000


class DisputeOutcome(StrEnum):
    """What the organisation found."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"


def raise_dispute(
    volunteer: Volunteer, activity: Activity, local_date: dt.date, objection: str, *, by: str, now_ms: int
) -> Dispute:
    """Take down an objection to a line, or to the absence of one; one at a time for each line.

    `by` is who brought it: the volunteer's number, or whoever speaks for the volunteer. Raises RulesError:
    DISPUTE_WITHOUT_TEXT, NOBODY, DISPUTE_OPEN.
    """
    objection = reason_given(objection, code="DISPUTE_WITHOUT_TEXT", longest=LONGEST_TEXT)
    by = signed_by(by)
    with transaction.atomic():
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        same = open_disputes().filter(volunteer=volunteer, activity=activity, local_date=local_date)
        if same.exists():
            raise RulesError(
                "DISPUTE_OPEN",
                f"An objection to {activity.title} on {local_date} is being looked at already.",
                remedy="Wait for its answer, or add to it there.",
            )
        return Dispute.objects.create(
            volunteer=volunteer,
            activity=activity,
            local_date=local_date,
            objection=objection,
            raised_by=by,
            raised_ms=now_ms,
        )


def answer_dispute(number: int, outcome: DisputeOutcome, answer: str, *, by: str, now_ms: int) -> None:
    """End a dispute with an outcome and its reasons.

    Neither the volunteer nor who decided on the line may answer. Raises RulesError: UNKNOWN_DISPUTE,
    ALREADY_DECIDED, SELF_REVIEW, FOUR_EYES, DISPUTE_WITHOUT_TEXT, NOBODY.
    """
    answer = reason_given(answer, code="DISPUTE_WITHOUT_TEXT", longest=LONGEST_TEXT)
    by = signed_by(by)

    def end() -> None:
        with transaction.atomic():
            dispute = Dispute.objects.filter(pk=number).select_related("answer").first()
            if dispute is None:
                raise RulesError(
                    "UNKNOWN_DISPUTE", f"There is no dispute {number}.", remedy="Look at the list again."
                )
            _check_may_answer(dispute, by)
            DisputeAnswer.objects.create(dispute=dispute, outcome=outcome, answer=answer, by=by, at_ms=now_ms)

    again_on_conflict(end)


def open_disputes() -> QuerySet[Dispute]:
    """Disputes without an answer, the oldest first."""
    return Dispute.objects.filter(answer=None).order_by("raised_ms", "pk")


def _check_may_answer(dispute: Dispute, by: str) -> None:
    if hasattr(dispute, "answer"):
        raise RulesError(
            "ALREADY_DECIDED", "This objection was answered already.", remedy="Look at its answer."
        )
    check_not_own(by, dispute.volunteer_id, "the own objection")
    decided = Review.objects.filter(
        entry__volunteer=dispute.volunteer_id,
        entry__activity=dispute.activity_id,
        entry__local_date=dispute.local_date,
        by=by,
    )
    if decided.exists():
        raise RulesError(
            "FOUR_EYES",
            "Who decided on a line does not answer the objection to it.",
            remedy="Ask somebody who took no part in it.",
        )
