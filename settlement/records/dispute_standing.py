"""Whether an objection is answered in time, and whether the hours were amended since.

Order 67 (Ministry of Civil Affairs) has errors and omissions verified and amended promptly, without a number
of days; `answer_days` of the settings is the centre's own promise.
"""

import datetime as dt
from enum import StrEnum

from django.conf import settings as django_settings
from msgspec import Struct

from settlement.ledger.entries import approved
from settlement.models import Dispute
from settlement.records.disputes import DisputeOutcome
from settlement.rule_book import rules_at
from settlement.rules.local_dates import local_dates
from settlement.rules.readiness import review_due
from settlement.settings import CentreSettings


class DisputeState(StrEnum):
    """What is left to do about an objection."""

    OPEN = "open"
    OVERDUE = "overdue"
    """Unanswered, and the day on which it should have been answered is over."""
    REJECTED = "rejected"
    TO_AMEND = "to_amend"
    """Upheld, and nothing of the line was approved since."""
    AMENDED = "amended"
    """Upheld, and a reviewer approved what the line is now."""


class DisputeStanding(Struct, frozen=True):
    """`due` is the last day to answer; `amended_s` are the approved seconds that the line gained since."""

    number: int
    state: DisputeState
    due: dt.date
    amended_s: int


def standing_of(dispute: Dispute, now_ms: int) -> DisputeStanding:
    """Where an objection stands at a moment (UTC milliseconds)."""
    settings: CentreSettings = django_settings.CENTRE
    rules = rules_at(now_ms)
    dates, calendar = local_dates(rules.settlement_tz), settings.calendar
    due = review_due(
        dates.date_of(dispute.raised_ms // 1000),
        settings.disputes.answer_days,
        calendar.holidays,
        calendar.workdays,
        rules.weekend,
    )
    since = approved().filter(
        volunteer=dispute.volunteer_id,
        activity=dispute.activity_id,
        local_date=dispute.local_date,
        entered_ms__gt=dispute.raised_ms,
    )
    amendments = list(since.values_list("delta_s", flat=True))
    state = _state(dispute, is_late=dates.date_of(now_ms // 1000) > due, is_amended=bool(amendments))
    return DisputeStanding(dispute.pk, state, due, sum(amendments))


def _state(dispute: Dispute, *, is_late: bool, is_amended: bool) -> DisputeState:
    answer = getattr(dispute, "answer", None)
    if answer is None:
        return DisputeState.OVERDUE if is_late else DisputeState.OPEN
    if answer.outcome == DisputeOutcome.REJECTED:
        return DisputeState.REJECTED
    return DisputeState.AMENDED if is_amended else DisputeState.TO_AMEND
