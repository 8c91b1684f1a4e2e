"""A reviewer lets somebody earn more than the daily cap on a date, with a reason that stays (S11)."""

import datetime as dt

from django.db import transaction

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.evidence.attribution import mark_unsettled
from settlement.ledger.entries import booked_sessions, read_entries
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import LedgerEntry, LiftedCap
from settlement.reach import check_entitled
from settlement.review.deeds import deed_of_review
from settlement.rule_book import rules_by_date
from settlement.rules.ledger import EntryState
from settlement.rules.local_dates import local_dates
from settlement.rules.review import ReviewRefusal
from settlement.rules.trace import TraceCode
from settlement.signatures import check_another, check_not_own, reason_given
from settlement.troubles import DecisionTrouble


def lift_cap(entry: int, by: Actor, reason: str, now_ms: int) -> list[dt.date]:
    """Lift the daily cap on the dates on which it cut an entry's line; returns them.

    Their volunteer is settled anew: a pending entry gives way to one of all that was measured, an approved
    one is adjusted, and either waits for a decision. Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, NO_REASON,
    UNKNOWN_ENTRY, NUMBER_MERGED,
    NOT_PENDING where the entry is superseded or rejected, SELF_REVIEW, FOUR_EYES, NOT_CAPPED, CAP_IS_LIFTED.
    """
    reason = reason_given(reason)
    with transaction.atomic():
        row = LedgerEntry.objects.select_related("activity__site").filter(pk=entry).first()
        if row is None:
            raise RulesError(DecisionTrouble.UNKNOWN_ENTRY)
        (found,) = read_entries(LedgerEntry.objects.filter(pk=entry))
        if found.entry.state not in (EntryState.PENDING, EntryState.APPROVED):
            raise RulesError(ReviewRefusal.NOT_PENDING)
        check_not_own(by, row.volunteer_id)
        check_entitled(by, deed_of_review([row.activity_id], now_ms), row.activity)
        check_takes_new(row.volunteer_id)
        check_another(by, found.entry.hands)
        cut = _dates_cut(row)
        if not cut:
            raise RulesError(DecisionTrouble.NOT_CAPPED)
        numbers = merged_numbers().numbers_of(row.volunteer_id)
        lifted = LiftedCap.objects.filter(volunteer__in=numbers).values_list("local_date", flat=True)
        days = sorted(cut.difference(lifted))
        if not days:
            raise RulesError(DecisionTrouble.CAP_IS_LIFTED)
        LiftedCap.objects.bulk_create(
            LiftedCap(
                volunteer_id=row.volunteer_id,
                local_date=day,
                entry=row,
                reason=reason,
                by=by.name,
                account_id=by.account,
                at_ms=now_ms,
            )
            for day in days
        )
        mark_unsettled([row.volunteer_id], now_ms, master_data=True)
    return days


def _dates_cut(row: LedgerEntry) -> set[dt.date]:
    """The local dates of which the cap took seconds from the entry's sessions."""
    rules = rules_by_date().on(row.local_date)
    calendar = local_dates(rules.zone_at(row.activity.site.zone))
    return {
        # Entries of before 0.2 don't say where the cut began.
        row.local_date if step.at_s is None else calendar.date_of(step.at_s)
        for session in booked_sessions(row)
        for step in session.trace
        if step.code is TraceCode.CUT_TO_DAILY_CAP
    }
