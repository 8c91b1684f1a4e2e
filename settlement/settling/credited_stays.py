"""A reviewer credits a stay that is longer than any may be: one decision, with a reason that stays (S5)."""

from django.db import transaction
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.conflicts import again_on_conflict
from settlement.evidence.attribution import take_over
from settlement.ledger.booking import Computed, book
from settlement.ledger.entries import pending
from settlement.merged_numbers import check_takes_new
from settlement.models import CreditedStay, LedgerEntry, Volunteer
from settlement.reach import check_entitled
from settlement.review.decide import Reviewer, approve
from settlement.review.deeds import deed_of_review
from settlement.review.long_stays import LongStay, long_stays_of
from settlement.rule_book import rules_by_date
from settlement.rules.ledger import AdjustmentReason
from settlement.rules.settle import LineKey
from settlement.settling.computation import compute
from settlement.settling.results import store_results
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble


class Credited(Struct, frozen=True):
    """The stay, and the seconds of its line that were approved with it."""

    stay: LongStay
    approved_s: int


def credit_stay(entry: int, by: Actor, reason: str, now_ms: int, *, override: str = "") -> Credited:
    """Let the check-in and the check-out that an entry's line shows apart be one stay, and approve its line.

    The volunteer is settled at once, so that what is approved is what was computed: shifts, breaks and the
    daily cap count as ever. Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, NO_REASON, UNKNOWN_ENTRY,
    NUMBER_MERGED, SELF_REVIEW, NOT_LONG, and those of an approval (FOUR_EYES, NOT_READY, …); then nothing is
    changed.
    """
    reason = reason_given(reason)
    reviewer = Reviewer(by, now_ms, reason, override)
    return again_on_conflict(lambda: _credit(entry, reviewer))


def _credit(entry: int, reviewer: Reviewer) -> Credited:
    by, now_ms = reviewer.by, reviewer.now_ms
    with transaction.atomic():
        row = LedgerEntry.objects.select_related("activity__site").filter(pk=entry).first()
        if row is None:
            raise RulesError(DecisionTrouble.UNKNOWN_ENTRY)
        number = row.volunteer_id
        check_not_own(by, number)
        check_entitled(by, deed_of_review([row.activity_id], now_ms), row.activity)
        check_takes_new(number)
        list(Volunteer.objects.filter(number=number).select_for_update(no_key=True).values_list("number"))
        line = LineKey(str(number), row.activity_id, row.local_date)
        stay = long_stays_of([line]).get(line)
        if stay is None:
            raise RulesError(DecisionTrouble.NOT_LONG)
        CreditedStay.objects.create(
            volunteer_id=number,
            came=stay.came,
            left=stay.left,
            entry=row,
            reason=reviewer.note,
            by=by.name,
            account_id=by.account,
            at_ms=now_ms,
        )
        _settle(number, now_ms)
        return Credited(stay, _approve(row, stay, reviewer))


def _settle(number: int, now_ms: int) -> None:
    """Bring the volunteer's results and ledger to what holds now, in the caller's transaction."""
    take_over([number], now_ms)
    rules = rules_by_date()
    computed = compute([number], rules, now_ms)
    store_results(computed, rules, now_ms)
    result = computed.results[number]
    booked = Computed(result.lines, result.sessions, AdjustmentReason.MASTER_DATA, result.emptied)
    book({number: booked}, rules, now_ms)


def _approve(row: LedgerEntry, stay: LongStay, reviewer: Reviewer) -> int:
    """Approve what the stay's line has now; the seconds of that."""
    of_line = pending().filter(volunteer=row.volunteer_id, activity=row.activity_id, local_date=stay.came_on)
    waiting = dict(of_line.values_list("pk", "delta_s"))
    reviewed = approve(list(waiting), reviewer)
    if reviewed.refused:
        raise RulesError(reviewed.refused[0][1])
    return sum(waiting.values())
