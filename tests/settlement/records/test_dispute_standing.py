"""Deadlines of objections, and the way from an upheld one to amended hours."""

import datetime as dt

import msgspec
import pytest

from settlement.models import Dispute, LedgerEntry
from settlement.records.dispute_standing import DisputeState, standing_of
from settlement.records.disputes import (
    Correction,
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    raise_dispute,
)
from settlement.records.manual_records import confirm_manual_record
from settlement.review.decide import approve
from settlement.rules.evidence import Direction
from settlement.settings import CalendarSettings
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


@pytest.fixture
def dispute(mei, ended_fair, evening_ms):
    """Raised on Saturday 2026-03-07, at eleven in the evening."""
    raised = raise_dispute(
        mei, ended_fair, dt.date(2026, 3, 7), "I stayed until six", by=actor("1001"), now_ms=evening_ms
    )
    return lambda: Dispute.objects.get(pk=raised.pk)


@pytest.fixture
def stand(dispute, evening_ms):
    return lambda days=0: standing_of(dispute(), evening_ms + days * DAY_MS)


def end(dispute, outcome, now_ms, *corrections):
    return answer_dispute(
        dispute().pk,
        DisputeResolution(outcome, "The log says so.", corrections),
        by=actor("staff2"),
        now_ms=now_ms,
    )


def test_ten_working_days_after_a_saturday_are_the_friday_after_next(stand):
    assert stand().due == dt.date(2026, 3, 20)
    assert (stand(13).state, stand(14).state) == (DisputeState.OPEN, DisputeState.OVERDUE)


def test_the_centres_calendar_moves_the_day(stand, settings):
    holiday = CalendarSettings(holidays=[dt.date(2026, 3, 20)])
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, calendar=holiday)
    assert stand().due == dt.date(2026, 3, 23)


def test_a_rejected_objection_needs_nothing_more(dispute, stand, evening_ms):
    end(dispute, DisputeOutcome.REJECTED, evening_ms)
    assert stand(99).state is DisputeState.REJECTED


def test_an_upheld_one_is_amended_by_two_people_and_a_reviewer(
    serve, reviewer, stand, dispute, settle, evening_ms, noon_ms
):
    serve(-3, None)
    approve([LedgerEntry.objects.get().pk], reviewer("staff1"))
    (record,) = end(
        dispute, DisputeOutcome.UPHELD, evening_ms, Correction(Direction.OUT, noon_ms + 5 * HOUR_MS)
    )
    assert stand().state is DisputeState.TO_AMEND
    confirm_manual_record(record.pk, actor("staff3"), evening_ms)
    settle(evening_ms + 1)
    assert stand().state is DisputeState.TO_AMEND
    latest = LedgerEntry.objects.latest("pk")
    approve([latest.pk], reviewer("staff1"))
    assert (stand().state, stand().amended_s) == (DisputeState.AMENDED, 8 * 3600)


def test_what_was_approved_before_the_objection_amends_nothing(dispute, stand, credit, mei, evening_ms):
    credit(mei, 3600)
    end(dispute, DisputeOutcome.PARTLY_UPHELD, evening_ms)
    assert stand().state is DisputeState.TO_AMEND
