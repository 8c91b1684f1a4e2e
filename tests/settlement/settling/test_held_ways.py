"""A cap lifted and a stay credited at the pages are held, undone and posted as approvals are."""

import pytest

from foundation.errors import RulesError
from settlement.models import CreditedStay, HeldReview, LedgerEntry, LiftedCap, Review, Session
from settlement.review.held import Click, HeldState, Verdict, do_later, post_due, trouble_of, undo
from settlement.settling.held_ways import WAYS
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def capped(mei, ended_fair, serve):
    ended_fair.shifts.all().delete()
    serve(-4, 5.9)
    return Click(ended_fair, Verdict.LIFT_CAP, (LedgerEntry.objects.get().pk,))


@pytest.fixture
def long(mei, fair, serve, noon_ms):
    fair.shifts.all().delete()
    fair.phases.update(from_ms=noon_ms - 200 * 3_600_000)
    serve(-22, 4)
    return Click(fair, Verdict.CREDIT_STAY, (LedgerEntry.objects.order_by("local_date").first().pk,))


def later(click, reviewer, minutes=5):
    return do_later(click, WAYS[click.verdict], reviewer, minutes)


def post(now_ms, ways=WAYS):
    HeldReview.objects.update(post_at_ms=0)
    return post_due(now_ms, ways)


def test_a_cap_is_held_undone_held_again_and_lifted_when_it_is_posted(capped, reviewer, evening_ms):
    held = later(capped, reviewer(note="the flood"))
    assert not LiftedCap.objects.exists()
    undo(held.number, actor("staff2"), evening_ms)
    assert post(evening_ms) == 0
    later(capped, reviewer(note="the flood"))
    assert post(evening_ms, {}) == 0, "left to whoever knows the way"
    assert post(evening_ms) == 1
    assert LiftedCap.objects.values_list("reason", "by").get() == ("the flood", "staff1")
    assert HeldReview.objects.order_by("pk").last().state == HeldState.POSTED


def test_a_stay_is_credited_when_it_is_posted_and_nothing_of_it_before(long, reviewer, evening_ms):
    before = [*Session.objects.order_by("pk").values_list("pk", "flags")]
    asked = reviewer(note="on duty", override="the log is complete")
    later(long, asked)
    assert [*Session.objects.order_by("pk").values_list("pk", "flags")] == before
    assert not CreditedStay.objects.exists()
    assert not Review.objects.exists()
    assert post(evening_ms) == 1
    assert CreditedStay.objects.get().reason == "on duty"
    assert Review.objects.filter(state="approved").exists()


def test_what_its_service_refuses_is_not_held(capped, market, reviewer):
    with pytest.raises(RulesError) as no_reason:
        later(capped, reviewer())
    with pytest.raises(RulesError) as elsewhere:
        later(Click(market, Verdict.LIFT_CAP, capped.entries), reviewer(note="x"))
    with pytest.raises(RulesError) as not_long:
        later(Click(capped.activity, Verdict.CREDIT_STAY, capped.entries), reviewer(note="x"))
    assert [one.value.code for one in (no_reason, elsewhere, not_long)] == [
        "NO_REASON", "UNKNOWN_ENTRY", "NOT_LONG",
    ]  # fmt: skip
    assert not HeldReview.objects.exists()


def test_what_was_done_meanwhile_is_told_when_it_is_posted(capped, reviewer, evening_ms):
    later(capped, reviewer(note="the flood"))
    later(capped, reviewer("staff2", note="again"), 0)
    assert post(evening_ms) == 1
    held = HeldReview.objects.get()
    assert (held.state, trouble_of(held).code) == (HeldState.REFUSED, "CAP_IS_LIFTED")
