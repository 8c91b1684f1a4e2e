"""Two numbers of one person: who may merge, decide, enter and confirm, and what stands on record of it."""

import pytest
from django.db import DatabaseError, connection, transaction

from settlement.accounts.actor import Level
from settlement.ledger.totals import approved_seconds
from settlement.master_data.people import assign
from settlement.models import (
    AuditRecord,
    LedgerEntry,
    Membership,
    MergedNumber,
    MergeTakenBack,
    Session,
    UnnamedActivity,
    Volunteer,
)
from settlement.records.manual_records import ManualTime, confirm_manual_record, enter_manual_record
from settlement.review.decide import Reviewer, approve, approve_clean_lines
from settlement.review.lifted_caps import lift_cap
from settlement.rules.evidence import Direction
from settlement.settling.merging import merge_numbers, preview_merge, preview_taking_back, take_merge_back
from settlement.settling.preview import preview, preview_record
from sync.contract.events import Manual
from tests.settlement.actors import actor
from tests.settlement.settling.merged import GONE, HOUR_S, KEPT, WHY, assert_nothing_differs, lines, refused

pytestmark = pytest.mark.django_db


def test_who_took_part_in_a_line_of_one_number_does_not_decide_on_the_others(
    twice, ended_fair, serve, merge, settle, noon_ms, evening_ms
):
    """Even where the time that was entered counts no more."""
    serve(-3, None, number=GONE)
    first = ManualTime(GONE, "fair", Direction.OUT, noon_ms, "reader broken")
    record = enter_manual_record(first, actor("Hua"), evening_ms)
    confirm_manual_record(record.pk, actor("Qian"), evening_ms)
    settle()
    then = ManualTime(
        GONE, "fair", Direction.OUT, noon_ms + 1000, "one second later", (f"manual/{record.pk}",)
    )
    second = enter_manual_record(then, actor("Lin"), evening_ms)
    confirm_manual_record(second.pk, actor("Mo"), evening_ms)
    settle()
    merge()
    waits = LedgerEntry.objects.get(review=None)
    told = [approve([waits.pk], Reviewer(actor(who), evening_ms)).refused for who in ("Hua", "Lin")]
    assert [str(why) for refusals in told for _, why in refusals] == ["FOUR_EYES", "FOUR_EYES"]


def test_confirmed_times_of_both_numbers_count_and_nobody_confirms_the_own(
    twice, ended_fair, serve, merge, settle, noon_ms, evening_ms
):
    serve(-3, None, number=GONE)
    time = ManualTime(GONE, "fair", Direction.OUT, noon_ms, "reader broken")
    record = enter_manual_record(time, actor("Zhao"), evening_ms)
    merge()
    assert refused(confirm_manual_record, record.pk, actor(str(KEPT)), evening_ms) == "MANUAL_SELF"
    (shown,) = preview_record(record, actor("Qian"), evening_ms).lines
    assert (shown.before_s, shown.after_s) == (0, 3 * HOUR_S)
    confirm_manual_record(record.pk, actor("Qian"), evening_ms)
    settle()
    assert lines() == [(KEPT, "fair", 3)]


def test_what_one_entered_for_the_own_other_number_is_held(
    twice, ended_fair, serve, merge, settle, noon_ms, evening_ms
):
    serve(-3, None)
    own = actor(str(GONE))
    time = ManualTime(KEPT, "fair", Direction.OUT, noon_ms, "reader broken")
    record = enter_manual_record(time, own, evening_ms)
    confirm_manual_record(record.pk, actor("Qian"), evening_ms)
    settle()
    assert lines() == [(KEPT, "fair", 3)]
    merge()
    assert lines() == [(KEPT, "fair", 0)]


def test_what_the_other_number_confirms_at_a_terminal_is_held_as_the_own(
    twice, ended_fair, terminal, deliver, merge, settle, noon_ms
):
    """A staff member is named by the own volunteer number there."""
    said = {"volunteer": str(KEPT), "activity": "fair", "reason": "no card", "confirmed_by": str(GONE)}
    for direction, at_ms in (("in", noon_ms), ("out", noon_ms + HOUR_S * 1000)):
        terminal.log(Manual, at_ms + 60_000, direction=direction, at_ms=at_ms, entered_by="wei", **said)
    deliver()
    settle()
    assert lines() == [(KEPT, "fair", 1)]
    merge()
    assert lines() == []


def test_a_cap_that_was_lifted_for_the_gone_number_is_lifted_for_the_kept_one(
    twice, ended_fair, serve, merge, settle, evening_ms
):
    ended_fair.shifts.all().delete()
    serve(-4, 5, number=GONE)
    assert lines() == [(GONE, "fair", 8)]
    lift_cap(LedgerEntry.objects.get().pk, actor("Zhao"), "the flood", evening_ms)
    settle()
    merge()
    assert lines() == [(KEPT, "fair", 9)]
    settle()
    assert_nothing_differs(evening_ms)


def test_who_has_an_account_of_either_number_decides_on_neither(
    twice, ended_fair, serve, merge, separate, reviewer
):
    serve(-3, 1)
    merge()
    entry = LedgerEntry.objects.get(review=None).pk
    assert [str(why) for _, why in approve([entry], reviewer(str(GONE))).refused] == ["SELF_REVIEW"]
    by = actor(str(GONE))
    assert by.volunteer == KEPT
    assert {str(KEPT), str(GONE)} <= by.marks
    separate()
    assert str(KEPT) not in actor(str(GONE)).marks


def test_a_time_to_be_entered_for_the_kept_number_is_shown_with_the_stays_of_both(
    twice, ended_fair, serve, merge, settle, noon_ms, evening_ms
):
    serve(-3, None, number=GONE)
    merge()
    time = ManualTime(KEPT, "fair", Direction.OUT, noon_ms, "reader broken")
    (line,) = preview([time], actor("Zhao"), evening_ms).lines
    assert (line.before_s, line.after_s) == (0, 3 * HOUR_S)


def test_an_event_that_names_no_activity_is_for_where_the_other_number_is_expected(
    twice, ended_fair, market, terminal, deliver, merge, separate, settle, noon_ms, evening_ms
):
    from settlement.accounts.audit import Signed
    from settlement.models import Activity
    from sync.contract.roster import UNRESOLVED_ACTIVITY

    Activity.objects.update(assigned_only=True)
    assign(ended_fair, Volunteer.objects.get(pk=KEPT), Signed(None, evening_ms))
    terminal.check_in(f"badge:{GONE}.1", activity=UNRESOLVED_ACTIVITY, wall_ms=noon_ms)
    deliver()
    assert UnnamedActivity.objects.get().activity_id is None
    merge()
    assert UnnamedActivity.objects.get().activity_id == "fair"
    assert Session.objects.get().volunteer_id == KEPT
    separate()
    assert UnnamedActivity.objects.get().activity_id is None


def test_the_hours_before_and_after_are_shown_and_nothing_is_written(
    twice, ended_fair, serve, at_market, merge, separate, evening_ms
):
    serve(-3, 1)
    at_market(-1, 4)
    found = preview_merge(KEPT, GONE, actor("Zhao"), evening_ms)
    told = {number: [(line.before_s, line.after_s) for line in of_one] for number, of_one in found.items()}
    assert told == {KEPT: [(4 * HOUR_S, 4 * HOUR_S), (None, 3 * HOUR_S)], GONE: [(5 * HOUR_S, None)]}
    assert lines() == [(KEPT, "fair", 4), (GONE, "market", 5)]
    assert not MergedNumber.objects.exists()
    merge()
    back = preview_taking_back(GONE, actor("Zhao"), evening_ms)
    assert [line.after_s for of_one in back.values() for line in of_one] == [4 * HOUR_S, None, 5 * HOUR_S]


def test_it_is_refused_where_it_makes_no_sense(twice, wei, merge, separate, rules):
    assert refused(merge, KEPT, KEPT) == "SAME_NUMBER"
    assert refused(merge, KEPT, 77) == "UNKNOWN_VOLUNTEER"
    assert refused(merge, 77, GONE) == "UNKNOWN_VOLUNTEER"
    assert refused(separate, 77) == "UNKNOWN_VOLUNTEER"
    assert refused(separate) == "NOT_MERGED"
    merge()
    assert refused(merge) == "NUMBER_MERGED"
    assert refused(merge, GONE, KEPT) == "NUMBER_MERGED"
    assert refused(merge, wei.number, GONE) == "NUMBER_MERGED"
    assert refused(merge, GONE, wei.number) == "NUMBER_MERGED"
    assert refused(merge, wei.number, KEPT) == "NUMBERS_MERGED_INTO_IT"
    merge(KEPT, wei.number)
    separate()
    assert refused(separate) == "NOT_MERGED"
    separate(wei.number)
    merge(GONE, KEPT)


def test_nobody_merges_the_own_numbers_and_nobody_without_a_reason(twice, city, evening_ms, rules):
    for own in (KEPT, GONE):
        assert refused(merge_numbers, KEPT, GONE, actor(str(own)), WHY, evening_ms) == "SELF_REVIEW"
    assert refused(merge_numbers, KEPT, GONE, actor("Zhao"), " ", evening_ms) == "NO_REASON"
    helper = actor("Sun", Level.ORDINARY, city.path)
    assert refused(merge_numbers, KEPT, GONE, helper, WHY, evening_ms) == "NOT_ALLOWED"
    merge_numbers(KEPT, GONE, actor("Zhao"), WHY, evening_ms)
    for own in (KEPT, GONE):
        assert refused(take_merge_back, GONE, actor(str(own)), WHY, evening_ms) == "SELF_REVIEW"
    assert refused(take_merge_back, GONE, actor("Zhao"), "", evening_ms) == "NO_REASON"


def test_it_takes_reach_over_both_people(twice, mei, city, separate, evening_ms, rules):
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    here = actor("Sun", Level.MIDDLE, city.path)
    for kept, gone in ((KEPT, GONE), (GONE, KEPT)):
        assert refused(merge_numbers, kept, gone, here, WHY, evening_ms) == "OUT_OF_REACH"
    merge_numbers(KEPT, GONE, actor("Zhao"), WHY, evening_ms)
    assert refused(take_merge_back, GONE, here, WHY, evening_ms) == "OUT_OF_REACH"
    Membership.objects.create(volunteer=twice, organisation=city, joined_ms=0)
    take_merge_back(GONE, here, WHY, evening_ms)
    merge_numbers(KEPT, GONE, here, WHY, evening_ms)


def test_several_numbers_go_into_one_and_each_comes_back_by_itself(
    twice, wei, ended_fair, serve, merge, separate, approve_all, evening_ms, settle
):
    serve(-3, -1)
    serve(-1, 1, number=GONE)
    serve(1, 3, number=wei.number)
    merge()
    merge(KEPT, wei.number, at_ms=evening_ms + 1)
    approve_all()
    assert lines() == [(KEPT, "fair", 6)]
    separate(at_ms=evening_ms + 2)
    assert lines() == [(KEPT, "fair", 4), (GONE, "fair", 2)]
    assert approved_seconds(KEPT) == 4 * HOUR_S
    settle()
    assert_nothing_differs(evening_ms + 2)


def test_it_stands_in_the_audit_of_both_numbers(merge, separate, rules):
    merge()
    separate()
    rows = AuditRecord.objects.filter(kind="volunteer").order_by("pk")
    assert [(row.subject, row.action, row.fields, row.reason, row.name) for row in rows] == [
        ("2001", "enter", ["merged_into"], WHY, "Zhao"),
        ("1001", "enter", ["also_numbered"], WHY, "Zhao"),
        ("2001", "remove", ["merged_into"], "two people", "Qian"),
        ("1001", "remove", ["also_numbered"], "two people", "Qian"),
    ]


@pytest.mark.parametrize("model", [MergedNumber, MergeTakenBack])
def test_the_database_itself_refuses_to_change_or_delete_it(model, merge, separate, rules):
    merge()
    separate()
    for change in ("UPDATE {} SET reason = 'x'", "DELETE FROM {}"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(change.format(model._meta.db_table))


def test_clean_gains_are_approved_in_bulk_like_any_other(twice, ended_fair, serve, merge, reviewer):
    serve(-3, 1, number=GONE)
    merge()
    assert approve_clean_lines(ended_fair, reviewer("staff2")).decided
    assert approved_seconds(KEPT) == 4 * HOUR_S
