"""The way back from a rejection: another person takes it back, and the line is asked anew (S15)."""

from django.db import transaction

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.conflicts import again_on_conflict
from settlement.evidence.attribution import mark_unsettled
from settlement.ledger.reopening import line_of, reopen_line
from settlement.merged_numbers import check_takes_new
from settlement.models import LedgerEntry
from settlement.reach import check_entitled
from settlement.review.deeds import deed_of_review
from settlement.rules.review import ReviewRefusal
from settlement.signatures import reason_given
from settlement.troubles import DecisionTrouble


def reopen(entry: int, *, by: Actor, reason: str, now_ms: int) -> tuple[int, ...]:
    """Take a rejection back, and with it what else of its line was rejected; returns the entries' numbers.

    What the line is now waits for a decision once it is settled. Raises RulesError: NO_REASON, NOT_ALLOWED,
    OUT_OF_REACH, UNKNOWN_ENTRY, NUMBER_MERGED, NOT_REJECTED, SELF_REVIEW, OWN_REJECTION, FOUR_EYES;
    then none is reopened.
    """
    reason = reason_given(reason)

    def take_back() -> tuple[int, ...]:
        with transaction.atomic():
            row = LedgerEntry.objects.select_related("activity").filter(pk=entry).first()
            if row is None:
                raise RulesError(DecisionTrouble.UNKNOWN_ENTRY)
            check_entitled(by, deed_of_review([row.activity_id], now_ms), row.activity)
            check_takes_new(row.volunteer_id)
            key = line_of(entry)
            opened = reopen_line(key, by, reason, now_ms) if key is not None else ()
            if key is None or entry not in opened:
                raise RulesError(ReviewRefusal.NOT_REJECTED)
            mark_unsettled([int(key.volunteer)], now_ms)
        return opened

    return again_on_conflict(take_back)
