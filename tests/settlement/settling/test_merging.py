"""Two numbers of one person: what counts once they are merged, and what is each one's own again after."""

import pytest

from settlement.evidence.attribution import mark_unsettled
from settlement.ledger.totals import approved_seconds
from settlement.master_data.people import revoke_credential
from settlement.models import (
    Event,
    LedgerEntry,
    Review,
)
from settlement.review.decide import approve
from settlement.rule_book import rules_by_date
from settlement.settling.computation import everybody_with_evidence
from settlement.settling.full_check import check_everything
from settlement.settling.replay import replay
from settlement.settling.settler import settle_everything
from tests.settlement.actors import actor
from tests.settlement.settling.merged import GONE, HOUR_S, KEPT, WHY, assert_nothing_differs, lines

pytestmark = pytest.mark.django_db


def test_stays_of_both_numbers_are_one_persons_and_what_overlaps_counts_once(
    twice, ended_fair, serve, at_market, merge, settle, evening_ms
):
    serve(-3, 1)
    at_market(-1, 4)
    assert lines() == [(KEPT, "fair", 4), (GONE, "market", 5)]
    merge()
    assert lines() == [(KEPT, "fair", 4), (KEPT, "market", 3)]
    settle()
    assert lines() == [(KEPT, "fair", 4), (KEPT, "market", 3)]
    assert set(Event.objects.filter(kind="check_in").values_list("volunteer", flat=True)) == {KEPT, GONE}
    assert_nothing_differs(evening_ms)


def test_scans_of_both_numbers_are_paired_as_one_persons(
    twice, ended_fair, serve, merge, separate, evening_ms
):
    """She came with one badge and left with the other; whom two badges checked in and out was there once."""
    serve(-3, None)
    serve(None, -1, number=GONE)
    serve(1, 3)
    serve(1, 3, number=GONE)
    assert lines() == [(KEPT, "fair", 2), (GONE, "fair", 2)]
    merge()
    assert lines() == [(KEPT, "fair", 4)]
    separate()
    assert lines() == [(KEPT, "fair", 2), (GONE, "fair", 2)]


def test_approved_hours_of_the_gone_number_end_at_once_and_the_kept_ones_gain_waits(
    twice, ended_fair, serve, at_market, merge, approve_all, entries
):
    serve(-3, 1)
    at_market(-1, 4)
    approve_all()
    merge()
    assert approved_seconds(GONE) == 0
    assert approved_seconds(KEPT) == 4 * HOUR_S
    assert entries()[2:] == [
        (GONE, "adjustment", 1, -5 * HOUR_S, "approved", "MERGED"),
        (KEPT, "original", 1, 3 * HOUR_S, "pending", "MERGED"),
    ]
    said = Review.objects.get(entry__volunteer=GONE, entry__kind="adjustment")
    assert (said.by, said.note) == ("Zhao", WHY)
    approve_all()
    assert approved_seconds(KEPT) == 7 * HOUR_S


def test_of_a_line_of_both_the_kept_number_gains_the_difference(
    twice, ended_fair, serve, merge, approve_all, entries
):
    serve(-3, 1)
    serve(2, 4, number=GONE)
    approve_all()
    merge()
    assert entries()[2:] == [
        (GONE, "adjustment", 1, -2 * HOUR_S, "approved", "MERGED"),
        (KEPT, "adjustment", 1, 2 * HOUR_S, "pending", "MERGED"),
    ]


def test_what_waited_for_the_gone_number_waits_for_it_no_more(
    twice, ended_fair, serve, merge, reviewer, entries
):
    serve(-3, 1, number=GONE)
    waits = LedgerEntry.objects.get().pk
    merge()
    assert entries() == [
        (GONE, "original", 1, 4 * HOUR_S, "superseded", None),
        (KEPT, "original", 1, 4 * HOUR_S, "pending", "MERGED"),
    ]
    assert not approve([waits], reviewer()).decided


def test_where_the_kept_number_loses_to_the_other_it_loses_at_once(
    twice, ended_fair, serve, at_market, merge, approve_all
):
    """At the market she came earlier, so those hours go before those of the fair (S9)."""
    serve(-1, 4)
    approve_all()
    at_market(-3, 1)
    merge()
    assert approved_seconds(KEPT) == 3 * HOUR_S
    assert [(row.activity_id, row.delta_s) for row in LedgerEntry.objects.filter(review=None)] == [
        ("market", 4 * HOUR_S)
    ]


def test_the_gone_number_keeps_nothing_that_its_evidence_shows_no_more(
    twice, ended_fair, serve, merge, approve_all, settle, evening_ms
):
    serve(-3, 1, number=GONE)
    approve_all()
    revoke_credential(f"badge:{GONE}.1", 0, evening_ms)
    settle()
    assert approved_seconds(GONE) == 4 * HOUR_S
    merge()
    assert approved_seconds(GONE) == 0


def test_what_is_approved_beyond_the_evidence_for_another_reason_waits_as_always(
    twice, ended_fair, serve, merge, approve_all, deliver, entries, settle, evening_ms
):
    serve(-3, 1)
    approve_all()
    revoke_credential(f"badge:{KEPT}.1", 0, evening_ms)
    settle()
    serve(2, 4, number=GONE)
    merge()
    assert approved_seconds(KEPT) == 4 * HOUR_S
    assert entries()[-1] == (KEPT, "adjustment", 2, -2 * HOUR_S, "pending", "MERGED")


def test_taken_back_each_has_what_its_own_events_say_and_no_second_counts_twice(
    twice, ended_fair, serve, at_market, merge, separate, approve_all, entries, settle, evening_ms
):
    serve(-3, 1)
    at_market(-1, 4)
    merge()
    approve_all()
    assert approved_seconds(KEPT) == 7 * HOUR_S
    separate()
    assert (approved_seconds(KEPT), approved_seconds(GONE)) == (4 * HOUR_S, 0)
    assert lines() == [(KEPT, "fair", 4), (GONE, "market", 5)]
    assert entries()[-2:] == [
        (KEPT, "adjustment", 1, -3 * HOUR_S, "approved", "MERGED"),
        (GONE, "original", 2, 5 * HOUR_S, "pending", "MERGED"),
    ]
    settle()
    assert_nothing_differs(evening_ms + 2)
    merge(at_ms=evening_ms + 3)
    assert lines() == [(KEPT, "fair", 4), (KEPT, "market", 3)]
    assert approved_seconds(GONE) == 0


def test_what_the_kept_number_gained_goes_though_its_evidence_was_corrected_away_meanwhile(
    twice, ended_fair, serve, merge, separate, approve_all, settle, evening_ms
):
    """Else both would have it, once the card is found to be the other one's after all."""
    serve(-3, 1, number=GONE)
    merge()
    approve_all()
    revoke_credential(f"badge:{GONE}.1", 0, evening_ms)
    settle()
    assert approved_seconds(KEPT) == 4 * HOUR_S
    separate()
    assert approved_seconds(KEPT) == 0


def test_what_comes_late_for_the_gone_number_counts_for_the_kept_one(
    twice, ended_fair, serve, merge, settle, evening_ms
):
    serve(-3, 1)
    merge()
    settle()
    serve(2, 4, number=GONE)
    assert lines() == [(KEPT, "fair", 6)]
    assert_nothing_differs(evening_ms)
    assert settle_everything(evening_ms + 5).changed == 0


def test_whoever_has_evidence_under_another_number_alone_is_settled_and_checked(
    twice, ended_fair, serve, merge, settle, evening_ms
):
    merge()
    settle()
    serve(2, 4, number=GONE)
    assert lines() == [(KEPT, "fair", 2)]
    assert everybody_with_evidence() == {KEPT, GONE}
    assert settle_everything(evening_ms + 5).changed == 0


def test_what_a_settler_read_before_the_merge_is_not_stored_after_it(
    twice, ended_fair, serve, merge, settle, monkeypatch, evening_ms
):
    from settlement.settling import settler

    serve(-3, 1, number=GONE)
    mark_unsettled([GONE], evening_ms)
    compute, merged = settler.compute, []

    def compute_and_merge(*given):
        found = compute(*given)
        if not merged:
            merged.append(merge())
        return found

    monkeypatch.setattr(settler, "compute", compute_and_merge)
    settle()
    assert lines() == [(KEPT, "fair", 4)]
    assert [row.rev for row in LedgerEntry.objects.filter(volunteer=GONE)] == [1]


def test_the_full_check_says_nothing_of_whose_other_number_waits(
    twice, ended_fair, serve, merge, settle, evening_ms
):
    serve(-3, 1)
    merge()
    settle()
    mark_unsettled([GONE], evening_ms)
    assert "2 more wait" in str(check_everything(evening_ms, print))


def test_a_replay_computes_merged_numbers_as_they_are(
    twice, ended_fair, serve, at_market, merge, rules, evening_ms, settle
):
    serve(-3, 1)
    at_market(-1, 4)
    merge()
    settle()
    found = replay(rules_by_date(), rules_by_date(), actor("Zhao"), evening_ms, print)
    assert (found.before_s, found.changed_lines) == (7 * HOUR_S, 0)
