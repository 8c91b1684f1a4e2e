"""What was rejected under one number is not asked as if nobody had looked at it under the other."""

import pytest

from settlement.ledger.totals import approved_seconds
from settlement.models import LedgerEntry, Volunteer
from settlement.reach import WHOLE
from settlement.review.decide import approve, approve_clean_lines, reject
from settlement.review.queue import waiting_entries
from settlement.review.reopen import reopen
from settlement.settling.full_check import check_everything
from settlement.settling.merging import merge_numbers, take_merge_back
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR_S = 3600
KEPT, GONE = 1001, 2001


@pytest.fixture
def twice(mei):
    return Volunteer.objects.create(number=GONE, display_name="Mei Li")


@pytest.fixture
def merge(twice, evening_ms):
    return lambda at_ms=evening_ms: merge_numbers(KEPT, GONE, actor("Zhao"), "same card", at_ms)


@pytest.fixture
def separate(twice, evening_ms):
    return lambda at_ms=evening_ms + 1: take_merge_back(GONE, actor("Qian"), "two people", at_ms)


def waiting():
    return list(LedgerEntry.objects.filter(review=None).values_list("volunteer", "delta_s"))


def newest():
    return LedgerEntry.objects.latest("pk").pk


@pytest.fixture
def rejected(twice, ended_fair, serve, reviewer):
    """Four hours of the gone number that staff1 rejected."""
    serve(-3, 1, number=GONE)
    reject([newest()], reviewer("staff1", note="was not there"))


def test_the_same_result_is_not_asked_again_under_the_kept_number(
    rejected, merge, entries, settle, evening_ms
):
    merge()
    assert waiting() == []
    assert entries()[-1] == (KEPT, "original", 1, 4 * HOUR_S, "rejected", "MERGED")
    said = LedgerEntry.objects.get(volunteer=KEPT).review
    assert (said.by, said.note) == ("staff1", "was not there")
    settle()
    assert "no difference" in str(check_everything(evening_ms, print))


def test_another_result_says_by_whom_it_was_rejected_and_is_not_approved_as_if_clean(
    rejected, merge, serve, ended_fair, reviewer
):
    serve(2, 3)
    merge()
    (one,) = waiting_entries(WHOLE)
    assert (one.stored.entry.key.volunteer, one.stored.entry.delta_s) == (str(KEPT), 5 * HOUR_S)
    assert (one.rejected.by, one.rejected.note) == ("staff1", "was not there")
    assert (one.rejected.again_s, one.rejected.new_s) == (4 * HOUR_S, HOUR_S)
    assert not approve_clean_lines(ended_fair, reviewer("staff2")).decided
    pk = one.stored.pk
    assert [str(why) for _, why in approve([pk], reviewer("staff1", note="yes")).refused] == ["OWN_REJECTION"]
    assert [str(why) for _, why in approve([pk], reviewer("staff2")).refused] == ["REJECTED_BEFORE"]
    assert approve([pk], reviewer("staff2", note="seen")).decided


def test_an_hour_that_was_rejected_beside_approved_ones_stays_refused(
    twice, ended_fair, serve, merge, reviewer
):
    serve(-3, 0, number=GONE)
    approve([newest()], reviewer())
    serve(1, 2, number=GONE)
    reject([newest()], reviewer("staff1", note="no"))
    merge()
    (one,) = waiting_entries(WHOLE)
    assert one.stored.entry.delta_s == 4 * HOUR_S
    assert one.rejected.again_s == HOUR_S


def test_it_is_reopened_where_it_stands_now_and_counts_then(rejected, merge, reviewer, settle, evening_ms):
    merge()
    pk = LedgerEntry.objects.get(volunteer=KEPT).pk
    reopen(pk, by=actor("staff2"), reason="the other gate saw her", now_ms=evening_ms)
    settle()
    assert waiting() == [(KEPT, 4 * HOUR_S)]
    approve([newest()], reviewer("staff2", note="seen"))
    assert approved_seconds(KEPT) == 4 * HOUR_S


def test_what_was_rejected_meanwhile_stays_rejected_once_it_is_the_other_numbers_again(
    twice, ended_fair, serve, merge, separate, reviewer, entries, settle
):
    serve(-3, 1, number=GONE)
    approve([newest()], reviewer())
    merge()
    reject([newest()], reviewer("staff3", note="was not there"))
    separate()
    settle()
    assert waiting() == []
    assert entries()[-1] == (GONE, "adjustment", 2, 4 * HOUR_S, "rejected", "MERGED")
    assert LedgerEntry.objects.get(pk=newest()).review.by == "staff3"


def test_merging_again_carries_nothing_twice(rejected, merge, separate, entries, evening_ms):
    for turn in range(3):
        merge(at_ms=evening_ms + 10 * turn)
        separate(at_ms=evening_ms + 10 * turn + 5)
    assert [row[4] for row in entries()] == ["rejected", "rejected"]


def test_a_rejection_that_was_reopened_is_not_carried(rejected, merge, settle, evening_ms):
    reopen(newest(), by=actor("staff2"), reason="seen", now_ms=evening_ms)
    merge()
    assert waiting() == [(KEPT, 4 * HOUR_S)]
    assert not LedgerEntry.objects.filter(volunteer=KEPT, review__state="rejected").exists()


def test_a_rejection_of_the_kept_number_alone_is_not_the_other_ones(
    twice, ended_fair, serve, merge, separate, reviewer, evening_ms
):
    merge()
    serve(-3, 1)
    reject([newest()], reviewer("staff1", now_ms=evening_ms, note="no"))
    separate()
    assert not LedgerEntry.objects.filter(volunteer=GONE).exists()


def test_what_was_rejected_of_the_kept_number_before_the_merge_is_not_the_other_ones(
    twice, ended_fair, serve, merge, separate, reviewer, evening_ms, entries
):
    serve(-3, 1)
    reject([newest()], reviewer("staff1", now_ms=evening_ms - 10, note="no"))
    serve(2, 4, number=GONE)
    merge(at_ms=evening_ms + 5)
    separate(at_ms=evening_ms + 9)
    assert waiting() == [(GONE, 2 * HOUR_S)]
    assert not LedgerEntry.objects.filter(volunteer=GONE, review__state="rejected").exists()
