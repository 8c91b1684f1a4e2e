"""What was rejected stays rejected and visible, and another person's way back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.errors import RulesError
from settlement.accounts.actor import Level
from settlement.ledger.totals import approved_seconds
from settlement.models import LedgerEntry, PhaseChange, Reopening, Settled
from settlement.reach import WHOLE
from settlement.review.decide import approve, approve_clean_lines, reject
from settlement.review.queue import waiting_entries
from settlement.review.reopen import reopen
from settlement.rules.review import ReviewRefusal
from settlement.settling.full_check import check_everything
from settlement.settling.settler import settle_everything
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


def newest():
    return LedgerEntry.objects.latest("pk").pk


@pytest.fixture
def rejected(mei, ended_fair, serve, reviewer):
    """Four hours that staff1 rejected."""
    serve(-3, 1)
    reject([newest()], reviewer("staff1", note="was not there"))
    return newest()


@pytest.fixture
def take_back(rejected, evening_ms, settle):
    def _take_back(by="staff2", reason="the other gate saw her", entry=None):
        opened = reopen(entry or rejected, by=actor(by), reason=reason, now_ms=evening_ms)
        settle()
        return opened

    return _take_back


def test_what_comes_after_a_rejection_says_by_whom_why_and_what_is_new(rejected, serve, noon_ms):
    serve(2, 3)
    (waiting,) = waiting_entries(WHOLE)
    found = waiting.rejected
    assert (found.entry, found.by, found.note, found.reopened_by) == (rejected, "staff1", "was not there", "")
    assert (found.again_s, found.new_s) == (4 * 3600, 3600)
    assert found.new_stays == ((noon_ms // 1000 + 2 * 3600, noon_ms // 1000 + 3 * 3600),)


def test_it_is_not_approved_in_bulk(rejected, serve, ended_fair, reviewer):
    serve(2, 3)
    done = approve_clean_lines(ended_fair, reviewer("staff2"))
    assert (done.decided, done.refused) == ((), ((newest(), ReviewRefusal.REJECTED_BEFORE),))


def test_another_person_lets_it_count_with_a_reason_and_who_rejected_it_does_not(
    rejected, serve, reviewer, mei
):
    serve(2, 3)
    entry = newest()
    assert approve([entry], reviewer("staff1", note="after all")).refused == (
        (entry, ReviewRefusal.OWN_REJECTION),
    )
    assert approve([entry], reviewer("staff2")).refused == ((entry, ReviewRefusal.REJECTED_BEFORE),)
    assert approve([entry], reviewer("staff2", note="seen by two")).decided == (entry,)
    assert approved_seconds(mei.number) == 5 * 3600


def test_lines_of_which_nothing_was_rejected_are_approved_beside_it(
    rejected, serve, wei, ended_fair, reviewer
):
    serve(2, 3)
    serve(number=1002)
    assert len(approve_clean_lines(ended_fair, reviewer("staff2")).decided) == 1


def test_a_refused_adjustment_does_not_hide_in_the_next(mei, ended_fair, serve, reviewer):
    serve(-3, 1)
    approve_clean_lines(ended_fair, reviewer("staff1"))
    serve(2, 3)
    reject([newest()], reviewer("staff1", note="nobody saw that"))
    serve(4, 5)
    (waiting,) = waiting_entries(WHOLE)
    assert waiting.stored.entry.delta_s == 2 * 3600
    assert (waiting.rejected.again_s, waiting.rejected.new_s) == (3600, 3600)
    assert approve_clean_lines(ended_fair, reviewer("staff2")).refused == (
        (newest(), ReviewRefusal.REJECTED_BEFORE),
    )


def test_another_person_reopens_it_and_the_same_result_waits_again(rejected, take_back, entries, mei):
    assert take_back() == (rejected,)
    assert entries() == [
        (1001, "original", 1, 4 * 3600, "rejected", None),
        (1001, "original", 2, 4 * 3600, "pending", "REOPENED"),
    ]
    row = Reopening.objects.get()
    assert (row.entry_id, row.by, row.reason, row.dispute) == (
        rejected, "staff2", "the other gate saw her", None,
    )  # fmt: skip
    (waiting,) = waiting_entries(WHOLE)
    assert (waiting.rejected.reopened_by, waiting.rejected.reopened_for) == (row.by, row.reason)
    assert approved_seconds(mei.number) == 0


def test_what_was_reopened_is_decided_by_itself_even_by_who_rejected_it(take_back, ended_fair, reviewer, mei):
    take_back()
    assert approve_clean_lines(ended_fair, reviewer("staff3")).refused == (
        (newest(), ReviewRefusal.REJECTED_BEFORE),
    )
    assert approve([newest()], reviewer("staff1")).decided == (newest(),)
    assert approved_seconds(mei.number) == 4 * 3600


def test_settled_again_it_enters_nothing_more(take_back, entries, evening_ms):
    take_back()
    before = entries()
    settle_everything(evening_ms)
    assert entries() == before
    told = []
    assert str(check_everything(evening_ms, told.append)) == "checked 1 volunteers: no difference", told


def test_rejected_once_more_it_stays_rejected(take_back, entries, reviewer, evening_ms):
    take_back()
    reject([newest()], reviewer("staff2", note="it was her sister"))
    settle_everything(evening_ms)
    assert [row[4] for row in entries()] == ["rejected", "rejected"]


def test_a_settler_that_was_at_work_already_does_not_swallow_it(
    rejected, evening_ms, settle, entries, monkeypatch
):
    """It computed before, and writes the same result after: the reopened line is entered all the same."""
    reopen(rejected, by=actor("staff2"), reason="seen", now_ms=evening_ms)
    digest = Settled.objects.get().digest
    settle()
    assert Settled.objects.get().digest == digest
    assert entries()[-1][4:] == ("pending", "REOPENED")


@pytest.mark.parametrize(
    ("by", "reason", "code"),
    [
        ("staff1", "wrong click", "OWN_REJECTION"),
        ("1001", "I was there", "SELF_REVIEW"),
        ("staff2", " ", "NO_REASON"),
    ],
)
def test_only_another_person_with_a_reason_reopens(by, reason, code, take_back):
    with pytest.raises(RulesError) as refused:
        take_back(by, reason)
    assert refused.value.code == code
    assert not Reopening.objects.exists()


def test_what_is_not_rejected_or_reopened_already_is_not_reopened(take_back, mei, serve, reviewer):
    with pytest.raises(RulesError) as refused:
        take_back(entry=999_999)
    assert refused.value.code == "UNKNOWN_ENTRY"
    take_back()
    for entry in LedgerEntry.objects.values_list("pk", flat=True):
        with pytest.raises(RulesError) as refused:
            take_back(entry=entry)
        assert refused.value.code == "NOT_REJECTED"


def test_a_rejection_that_an_approval_went_past_is_no_more_to_reopen(rejected, serve, reviewer, take_back):
    serve(2, 3)
    approve([newest()], reviewer("staff2", note="seen by two"))
    with pytest.raises(RulesError) as refused:
        take_back(entry=rejected)
    assert refused.value.code == "NOT_REJECTED"


def test_reopening_one_of_several_rejections_reopens_the_line(rejected, serve, reviewer, take_back):
    serve(2, 3)
    second = newest()
    reject([second], reviewer("staff3", note="nor then"))
    with pytest.raises(RulesError) as refused:
        take_back("staff3", entry=rejected)
    assert refused.value.code == "OWN_REJECTION"
    assert take_back(entry=rejected) == (rejected, second)


def test_the_queue_asks_as_often_for_two_rejected_lines_as_for_one(mei, wei, ended_fair, serve, reviewer):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            waiting_entries(WHOLE)
        return len(queries)

    serve(-3, 1)
    reject([newest()], reviewer("staff1", note="no"))
    serve(2, 3)
    one = asked()
    serve(-3, 1, number=1002)
    reject([newest()], reviewer("staff1", note="no"))
    serve(2, 3, number=1002)
    assert asked() == one


def test_what_is_archived_is_reopened_by_a_higher_level_alone(
    rejected, city, ended_fair, noon_ms, evening_ms
):
    PhaseChange.objects.create(activity=ended_fair, phase="archived", from_ms=noon_ms + 7 * 3_600_000)
    with pytest.raises(RulesError) as refused:
        reopen(rejected, by=actor("mid", Level.MIDDLE, city.path), reason="seen", now_ms=evening_ms)
    assert refused.value.code == "NOT_ALLOWED"
    assert reopen(rejected, by=actor("sen", Level.SENIOR, city.path), reason="seen", now_ms=evening_ms)
