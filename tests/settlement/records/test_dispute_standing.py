"""Deadlines of objections, and the way from an upheld one to amended hours."""

import datetime as dt

import msgspec
import pytest

from settlement.accounts.audit import Signed
from settlement.evidence.attribution import mark_unsettled
from settlement.ledger.entries import whole_entries
from settlement.master_data.activities import ActivityValues, enter_activity
from settlement.merged_numbers import merged_numbers
from settlement.models import Dispute, LedgerEntry, Shift
from settlement.records.dispute_standing import DisputeState, standing_of, standings_of
from settlement.records.disputes import (
    Correction,
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    raise_dispute,
)
from settlement.records.manual_records import confirm_manual_record, decline_manual_record
from settlement.review.decide import approve, reject
from settlement.rules.evidence import Direction, Phase
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
    """Of the one alone, which is what is told of it among all of the person's."""

    def _stand(days=0):
        now_ms = evening_ms + days * DAY_MS
        standing = standing_of(dispute(), now_ms)
        numbers = merged_numbers().numbers_of(dispute().volunteer_id)
        assert standings_of(numbers, whole_entries(numbers), now_ms) == [standing]
        return standing

    return _stand


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
    ).records
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


def newest():
    return LedgerEntry.objects.latest("pk").pk


@pytest.fixture
def six_hours(dispute, serve, reviewer):
    """09:00 to 15:00, approved by staff1."""
    serve(-3, 3)
    approve([newest()], reviewer("staff1"))


@pytest.fixture
def uphold(dispute, evening_ms, noon_ms, terminal):
    """Upholds it: Mei left at that hour instead of when the terminal says."""

    def _uphold(hour=5, instead_of=(3,)):
        names = tuple(f"{terminal.name}/{terminal.epoch}/{seq}" for seq in instead_of)
        left = Correction(Direction.OUT, noon_ms + int(hour * HOUR_MS), names)
        return end(dispute, DisputeOutcome.UPHELD, evening_ms, left).records[0]

    return _uphold


@pytest.fixture
def confirm(evening_ms, settle):
    def _confirm(record):
        confirm_manual_record(record.pk, actor("staff3"), evening_ms)
        settle(evening_ms + 1)

    return _confirm


def test_an_upheld_one_lengthens_time_where_there_is_a_check_out(
    six_hours, uphold, confirm, stand, reviewer, evening_ms
):
    confirm(uphold())
    assert LedgerEntry.objects.latest("pk").delta_s == 2 * 3600
    approve([newest()], reviewer("staff1"))
    assert (stand().state, stand().amended_s) == (DisputeState.AMENDED, 2 * 3600)


def test_an_adjustment_for_another_reason_amends_nothing(
    six_hours, uphold, stand, reviewer, mei, noon_ms, settle, evening_ms
):
    """Upheld, nobody confirmed the time; then the shift is cut and that is approved."""
    uphold()
    Shift.objects.update(end_ms=noon_ms + 2 * HOUR_MS)
    mark_unsettled([mei.number], evening_ms, master_data=True)
    settle(evening_ms + 1)
    approve([newest()], reviewer("staff1"))
    assert (stand().state, stand().amended_s) == (DisputeState.TO_AMEND, 0)


def test_what_comes_after_the_amendment_for_another_reason_is_not_counted_to_it(
    six_hours, uphold, confirm, stand, reviewer, mei, noon_ms, settle, evening_ms
):
    confirm(uphold())
    approve([newest()], reviewer("staff1"))
    Shift.objects.update(end_ms=noon_ms + 2 * HOUR_MS)
    mark_unsettled([mei.number], evening_ms, master_data=True)
    settle(evening_ms + 2)
    approve([newest()], reviewer("staff1"))
    assert (stand().state, stand().amended_s) == (DisputeState.AMENDED, 2 * 3600)


@pytest.mark.parametrize("hour", [7, 3])
def test_a_correction_that_is_held_or_says_the_same_is_told_to_have_no_effect(
    hour, six_hours, uphold, confirm, stand
):
    """18:00 is the end of the activity; 15:00 is what the device says, and it wins."""
    record = uphold(hour, ())
    assert stand().state is DisputeState.TO_AMEND
    confirm(record)
    assert (stand().state, stand().amended_s) == (DisputeState.WITHOUT_EFFECT, 0)


def test_so_is_one_that_the_second_person_declines(six_hours, uphold, stand, evening_ms):
    decline_manual_record(uphold().pk, actor("staff3"), evening_ms, "was not seen")
    assert stand().state is DisputeState.WITHOUT_EFFECT


def test_so_is_one_whose_hours_the_reviewer_rejects(six_hours, uphold, confirm, stand, reviewer):
    confirm(uphold())
    assert stand().state is DisputeState.TO_AMEND
    reject([newest()], reviewer("staff4", note="nobody saw that"))
    assert stand().state is DisputeState.WITHOUT_EFFECT


def test_until_it_is_settled_nothing_is_said_of_it(six_hours, uphold, stand, evening_ms):
    confirm_manual_record(uphold().pk, actor("staff3"), evening_ms)
    assert stand().state is DisputeState.TO_AMEND


def test_corrected_master_data_amend_what_an_answer_left_to_them(
    six_hours, dispute, stand, reviewer, mei, noon_ms, settle, evening_ms, serve
):
    end(dispute, DisputeOutcome.UPHELD, evening_ms)
    serve(3.5, 4)
    approve([newest()], reviewer("staff1"))
    assert stand().state is DisputeState.TO_AMEND
    # As a lifted cap or a withdrawn card would: nobody corrected the activity.
    Shift.objects.update(end_ms=noon_ms + 3 * HOUR_MS)
    mark_unsettled([mei.number], evening_ms, master_data=True)
    settle(evening_ms + 1)
    approve([newest()], reviewer("staff1"))
    assert stand().state is DisputeState.TO_AMEND
    phases = ((Phase.EXECUTING, noon_ms - 12 * HOUR_MS), (Phase.ENDED, noon_ms + 6 * HOUR_MS))
    shifts = ((noon_ms - 3 * HOUR_MS, noon_ms + 2 * HOUR_MS),)
    corrected = ActivityValues(id="fair", site="north", title="Lantern fair", phases=phases, shifts=shifts)
    enter_activity(corrected, Signed(actor("staff2"), evening_ms + 2, "the shift was shorter"))
    settle(evening_ms + 3)
    assert stand().state is DisputeState.TO_AMEND
    approve([newest()], reviewer("staff1"))
    assert stand().state is DisputeState.AMENDED


# A wrong rejection.


@pytest.fixture
def refused(dispute, serve, reviewer):
    """Eight hours that staff1 rejected by mistake."""
    serve()
    reject([newest()], reviewer("staff1", note="wrong click"))


def test_an_upheld_objection_reopens_what_was_rejected(
    refused, dispute, stand, reviewer, settle, evening_ms, entries
):
    done = end(dispute, DisputeOutcome.UPHELD, evening_ms)
    assert (done.records, len(done.reopened)) == ((), 1)
    assert stand().state is DisputeState.TO_AMEND
    settle(evening_ms + 1)
    assert entries()[-1] == (1001, "original", 2, 8 * 3600, "pending", "REOPENED")
    assert stand().state is DisputeState.TO_AMEND
    approve([newest()], reviewer("staff4"))
    assert (stand().state, stand().amended_s) == (DisputeState.AMENDED, 8 * 3600)


def test_a_rejected_one_reopens_nothing(refused, dispute, evening_ms, settle, entries):
    assert end(dispute, DisputeOutcome.REJECTED, evening_ms).reopened == ()
    settle(evening_ms + 1)
    assert [row[4] for row in entries()] == ["rejected"]


def test_rejected_once_more_it_had_no_effect(refused, dispute, stand, reviewer, settle, evening_ms):
    end(dispute, DisputeOutcome.UPHELD, evening_ms)
    settle(evening_ms + 1)
    reject([newest()], reviewer("staff4", note="was not there"))
    assert stand().state is DisputeState.WITHOUT_EFFECT


def test_the_same_times_by_hand_do_not_displace_what_the_device_measured(
    refused, dispute, reviewer, settle, evening_ms, noon_ms, entries
):
    """Whatever the terminal is called: before, `north-gate` came after `manual` and lost."""
    times = [
        Correction(Direction.IN, noon_ms - 3 * HOUR_MS),
        Correction(Direction.OUT, noon_ms + 5 * HOUR_MS),
    ]
    for record in end(dispute, DisputeOutcome.UPHELD, evening_ms, *times).records:
        confirm_manual_record(record.pk, actor("staff3"), evening_ms)
    settle(evening_ms + 1)
    assert entries()[-1] == (1001, "original", 2, 8 * 3600, "pending", "REOPENED")
    assert LedgerEntry.objects.latest("pk").flags == []
