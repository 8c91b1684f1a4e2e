"""Who may decide on what, and when."""

import datetime as dt

import pytest

from foundation.errors import RulesError
from settlement.inspections import Visit, enter_visit
from settlement.ledger.entries import pending
from settlement.ledger.totals import ApprovedLine, approved_lines, approved_seconds
from settlement.models import LedgerEntry, Review
from settlement.review.decide import approve, approve_clean_lines, reject
from settlement.review.readiness import readiness_of
from settlement.rules.review import ReviewRefusal
from sync.contract.events import Manual
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
DAY = 24 * HOUR


def only():
    return LedgerEntry.objects.get().pk


def code_of(refused):
    return refused.value.code


def test_only_approved_time_counts(mei, ended_fair, serve, reviewer):
    serve()
    assert approved_seconds(mei.number) == 0
    assert approve([only()], reviewer()).decided == (only(),)
    assert approved_seconds(mei.number) == 8 * 3600
    (line,) = approved_lines(mei.number)
    assert line == ApprovedLine("fair", LedgerEntry.objects.get().local_date, 8 * 3600)
    review = Review.objects.get()
    assert (review.by, review.state) == ("staff1", "approved")


def test_rejected_time_never_counts_and_says_why(mei, ended_fair, serve, reviewer):
    serve()
    reject([only()], reviewer(note="  nobody saw her  "))
    assert approved_seconds(mei.number) == 0
    assert Review.objects.get().note == "nobody saw her"


def test_nobody_reviews_the_own_hours(mei, ended_fair, serve, reviewer):
    serve()
    assert approve([only()], reviewer("1001")).refused == ((only(), ReviewRefusal.SELF_REVIEW),)
    assert approve_clean_lines(ended_fair, reviewer("1001")).refused == ((only(), ReviewRefusal.SELF_REVIEW),)
    assert not Review.objects.exists()


def test_who_entered_or_confirmed_a_time_by_hand_does_not_review_it(
    mei, ended_fair, serve, reviewer, terminal, deliver, noon_ms, settle, hear
):
    entry = {"volunteer": "1001", "activity": "fair", "reason": "card forgotten",
             "entered_by": "staff1", "confirmed_by": "staff2"}  # fmt: skip
    terminal.log(Manual, noon_ms + 9 * HOUR, direction="in", at_ms=noon_ms, **entry)
    terminal.log(Manual, noon_ms + 9 * HOUR, direction="out", at_ms=noon_ms + HOUR, **entry)
    deliver()
    hear()
    settle()
    for name in ("staff1", "staff2"):
        assert approve([only()], reviewer(name)).refused == ((only(), ReviewRefusal.FOUR_EYES),)
    assert approve_clean_lines(ended_fair, reviewer("staff3")).refused == (
        (only(), ReviewRefusal.BLOCKING_FLAG),
    )
    assert approve([only()], reviewer("staff3")).decided == (only(),)


def test_clean_lines_are_approved_together_and_the_rest_waits(mei, wei, ended_fair, serve, reviewer):
    serve()
    serve(-3, None, number=1002)
    done = approve_clean_lines(ended_fair, reviewer())
    assert len(done.decided) == 1
    assert [reason for _, reason in done.refused] == [ReviewRefusal.BLOCKING_FLAG]
    assert [row.volunteer_id for row in pending()] == [1002]


def test_a_day_of_an_activity_is_approved_by_itself(mei, ended_fair, serve, reviewer):
    serve()
    day = LedgerEntry.objects.get().local_date
    assert approve_clean_lines(ended_fair, reviewer(), day.replace(day=8)).decided == ()
    assert approve_clean_lines(ended_fair, reviewer(), day).decided == (only(),)


def test_an_entry_is_decided_only_while_it_is_pending(mei, ended_fair, serve, reviewer):
    serve()
    approve([only()], reviewer())
    assert reject([only()], reviewer(note="too late")).refused == ((only(), ReviewRefusal.NOT_PENDING),)
    assert approved_seconds(mei.number) == 8 * 3600


@pytest.mark.parametrize(
    ("decide", "changes", "code"),
    [
        (approve, {"note": "x" * 301}, "NOTE_TOO_LONG"),
        (approve, {"override": "x" * 301}, "NOTE_TOO_LONG"),
        (reject, {}, "NO_REASON"),
        (reject, {"note": "  "}, "NO_REASON"),
    ],
)
def test_a_decision_is_signed_and_a_rejection_has_a_reason(
    decide, changes, code, mei, ended_fair, serve, reviewer
):
    serve()
    with pytest.raises(RulesError) as refused:
        decide([only()], reviewer(**changes))
    assert code_of(refused) == code
    assert not Review.objects.exists()


def test_an_entry_that_does_not_exist_is_named_and_nothing_is_decided(mei, ended_fair, serve, reviewer):
    serve()
    with pytest.raises(RulesError) as refused:
        approve([only(), 999_999], reviewer())
    assert code_of(refused) == "UNKNOWN_ENTRY"
    assert not Review.objects.exists()


# Completeness (S14).


def test_lines_wait_until_their_terminal_was_heard_of_after_their_shift(
    mei, ended_fair, serve, hear, reviewer, noon_ms, deliver, terminal, settle
):
    terminal.check_in(wall_ms=noon_ms - 3 * HOUR)
    terminal.check_out(wall_ms=noon_ms + 5 * HOUR)
    deliver()
    hear(noon_ms + 5 * HOUR - 1)
    settle()
    with pytest.raises(RulesError, match=r"north-gate \(not heard of since") as refused:
        approve_clean_lines(ended_fair, reviewer())
    assert code_of(refused) == "NOT_READY"
    hear(noon_ms + 5 * HOUR)
    assert approve_clean_lines(ended_fair, reviewer()).decided == (only(),)


def test_lines_wait_for_events_that_are_known_to_be_missing(
    mei, ended_fair, serve, hear, reviewer, terminal, noon_ms, evening_ms
):
    serve()
    terminal.check_in("badge:1002.1", wall_ms=noon_ms)
    hear()
    with pytest.raises(RulesError, match=r"north-gate \(events are missing\)"):
        approve([only()], reviewer())


def test_once_the_review_is_due_a_reason_goes_before_completeness(
    mei, ended_fair, serve, terminal, hear, reviewer, noon_ms, evening_ms
):
    serve()
    terminal.check_in("badge:1002.1", wall_ms=noon_ms)
    hear()
    day_before = evening_ms + 12 * DAY
    with pytest.raises(RulesError, match="from 2026-03-20 on"):
        approve([only()], reviewer(now_ms=day_before, override="the card burnt"))
    due = day_before + DAY
    with pytest.raises(RulesError, match="give a reason"):
        approve([only()], reviewer(now_ms=due, override=" "))
    assert approve([only()], reviewer(now_ms=due, override="the card burnt")).decided == (only(),)
    assert Review.objects.get().override == "the card burnt"


def test_the_lines_of_a_series_are_decided_when_their_own_shift_is_over(
    mei, fair, serve, hear, reviewer, noon_ms
):
    """The series goes on for months; each week's hours don't wait for its end."""
    day = 24 * HOUR
    fair.phases.create(phase="ended", from_ms=noon_ms + 90 * day)
    fair.shifts.create(start_ms=noon_ms + 7 * day - 3 * HOUR, end_ms=noon_ms + 7 * day + 5 * HOUR)
    serve()
    (found,) = readiness_of(fair, [dt.date(2026, 3, 7)]).values()
    assert (found.closes_ms, found.due) == (noon_ms + 5 * HOUR, dt.date(2026, 3, 20))
    assert approve_clean_lines(fair, reviewer()).decided == (only(),)


def test_an_activity_that_ends_early_closes_its_lines(mei, fair, noon_ms):
    fair.phases.create(phase="ended", from_ms=noon_ms)
    (found,) = readiness_of(fair, [dt.date(2026, 3, 7)]).values()
    assert found.closes_ms == noon_ms


def test_an_activity_without_an_end_closes_for_each_line_with_its_date(
    mei, fair, serve, hear, reviewer, noon_ms
):
    fair.shifts.all().delete()
    serve()
    midnight_ms = noon_ms + 12 * HOUR
    hear(midnight_ms - 1)
    with pytest.raises(RulesError, match="not heard of since"):
        approve([only()], reviewer())
    hear(midnight_ms)
    assert approve([only()], reviewer()).decided == (only(),)


def test_whom_an_inspector_missed_waits_for_a_decision_of_its_own(
    mei, wei, site, ended_fair, serve, reviewer, noon_ms, evening_ms
):
    serve()
    serve(number=1002)
    visit = Visit(inspector="Qian", at_ms=noon_ms, seen=(1002,), not_seen=(1001,))
    enter_visit(site, visit, by=actor("Qian"), now_ms=evening_ms)
    done = approve_clean_lines(ended_fair, reviewer())
    missed = LedgerEntry.objects.get(volunteer=mei).pk
    assert (len(done.decided), done.refused) == (1, ((missed, ReviewRefusal.NOT_SEEN),))
    assert approve([missed], reviewer()).decided == (missed,)


def test_a_call_in_vain_on_another_day_keeps_nothing_waiting(
    mei, site, ended_fair, serve, reviewer, noon_ms, evening_ms
):
    serve()
    visit = Visit(inspector="Qian", at_ms=noon_ms - 24 * 3_600_000, not_seen=(1001,))
    enter_visit(site, visit, by=actor("Qian"), now_ms=evening_ms)
    assert len(approve_clean_lines(ended_fair, reviewer()).decided) == 1


def test_a_call_in_vain_before_the_evidence_came_means_every_line_at_the_site(
    mei, site, ended_fair, serve, reviewer, noon_ms, evening_ms
):
    visit = Visit(inspector="Qian", at_ms=noon_ms, not_seen=(1001,))
    enter_visit(site, visit, by=actor("Qian"), now_ms=evening_ms)
    serve()
    assert approve_clean_lines(ended_fair, reviewer()).refused == ((only(), ReviewRefusal.NOT_SEEN),)
