"""Decisions that are held: judged anew when they are posted, and by one click at a time."""

import pytest

from foundation.errors import RulesError
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Signed
from settlement.inspections import Visit, enter_visit
from settlement.models import Account, HeldEntry, HeldReview, LedgerEntry, Review, Volunteer
from settlement.organisations.tree import add_organisation
from settlement.review.decide import Reviewer, approve, reject
from settlement.review.held import Click, Verdict, decide_later, post_due, trouble_of, undo
from settlement.rules.review import ReviewRefusal
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(mei, wei, ended_fair, serve):
    """A clean line of Mei's and a doubtful one of Wei's."""
    serve()
    serve(left=None, number=1002)
    return [*LedgerEntry.objects.order_by("volunteer").values_list("pk", flat=True)]


def post(now_ms):
    HeldReview.objects.update(post_at_ms=0)
    return post_due(now_ms)


def approved(fair, *entries):
    return Click(fair, Verdict.APPROVE, entries)


def test_without_minutes_it_is_posted_at_once(lines, ended_fair, reviewer):
    done = decide_later(approved(ended_fair, *lines), reviewer(), 0)
    assert (done.number, done.reviewed.decided) == (0, tuple(lines))
    assert Review.objects.count() == 2
    assert not HeldReview.objects.exists()


def test_whoever_clicks_second_is_told_and_holds_the_rest(lines, ended_fair, reviewer, evening_ms):
    first = decide_later(approved(ended_fair, lines[0]), reviewer(), 5)
    second = decide_later(
        Click(ended_fair, Verdict.REJECT, lines), reviewer("staff2", note="was not there"), 5
    )
    assert second.reviewed.decided == (lines[1],)
    assert second.reviewed.refused == ((lines[0], ReviewRefusal.HELD),)
    third = decide_later(approved(ended_fair, *lines), reviewer("staff3"), 5)
    assert (third.number, third.reviewed.decided) == (0, ())
    undo(first.number, actor("staff3"), evening_ms)
    assert HeldEntry.objects.get().review_id == second.number
    assert post(evening_ms) == 1
    assert list(Review.objects.values_list("entry", "state", "by", "note")) == [
        (lines[1], "rejected", "staff2", "was not there")
    ]
    assert set(HeldReview.objects.values_list("note", flat=True)) == {""}, "kept in one place only"


def test_clean_ones_that_somebody_else_holds_are_left_to_them(lines, ended_fair, reviewer):
    decide_later(approved(ended_fair, lines[0]), reviewer(), 5)
    clean = decide_later(Click(ended_fair, Verdict.APPROVE_CLEAN), reviewer("staff2"), 5)
    assert (clean.number, clean.reviewed.decided) == (0, ())


def test_what_was_decided_meanwhile_stays_as_it_was_decided(lines, ended_fair, reviewer, evening_ms):
    decide_later(approved(ended_fair, *lines), reviewer(), 5)
    reject([lines[1]], reviewer("staff2", note="was not there"))
    assert post(evening_ms) == 1
    row = HeldReview.objects.get()
    assert (row.state, row.stayed) == ("posted", [[lines[1], "NOT_PENDING"]])
    assert Review.objects.get(entry=lines[1]).state == "rejected"
    assert Review.objects.get(entry=lines[0]).state == "approved"
    assert not HeldEntry.objects.exists()


def test_a_clean_one_that_is_clean_no_more_stays(lines, ended_fair, reviewer, evening_ms, noon_ms, site):
    decide_later(Click(ended_fair, Verdict.APPROVE_CLEAN), reviewer(), 5)
    keys = {row.entry.volunteer_id for row in HeldEntry.objects.select_related("entry")}
    assert keys == {1001}
    visit = Visit(inspector="Qian", at_ms=noon_ms, not_seen=(1001,))
    enter_visit(site, visit, by=actor("Qian"), now_ms=evening_ms)
    post(evening_ms)
    assert HeldReview.objects.get().stayed == [[lines[0], "NOT_SEEN"]]
    assert not Review.objects.exists()


@pytest.mark.parametrize("lost", ["account", "role", "reach"])
def test_whoever_lost_the_right_meanwhile_decides_nothing(lost, lines, ended_fair, reviewer, evening_ms):
    city, other = add_organisation("City"), add_organisation("Other city")
    ended_fair.organisation = city
    ended_fair.save()
    sun = actor("Sun", Level.ORDINARY, city.path, (Role.REVIEWER,))
    decide_later(approved(ended_fair, *lines), Reviewer(sun, evening_ms), 5)
    row = Account.objects.get(pk=sun.account)
    if lost == "account":
        end_account(row.login, Signed(actor("Zhao"), evening_ms, "left"))
    elif lost == "role":
        row.roles = []
        row.save()
    else:
        row.organisation = other
        row.save()
    assert post(evening_ms) == 1
    held = HeldReview.objects.get()
    assert held.state == "refused"
    code = {"account": "ACCOUNT_ENDED", "role": "NOT_ALLOWED", "reach": "OUT_OF_REACH"}[lost]
    assert trouble_of(held).code == code
    assert not Review.objects.exists()
    assert not HeldEntry.objects.exists()
    assert approve([lines[0]], reviewer()).decided == (lines[0],), "somebody else decides on it now"


def test_an_entry_of_another_activity_is_not_taken_along(lines, ended_fair, market, reviewer):
    held = decide_later(approved(market, *lines), reviewer(), 5)
    assert (held.number, held.reviewed.decided) == (0, ())


def test_it_is_undone_once_and_never_after_it_was_posted(lines, ended_fair, reviewer, evening_ms):
    first = decide_later(approved(ended_fair, lines[0]), reviewer(), 5)
    click = undo(first.number, actor("staff1"), evening_ms)
    assert click.entries == (lines[0],)
    for number in (first.number, first.number + 1, 0):
        with pytest.raises(RulesError) as refused:
            undo(number, actor("staff1"), evening_ms)
        assert refused.value.code == "NOTHING_HELD"


def test_many_are_held_and_posted_in_a_few_queries(
    mei, ended_fair, serve, reviewer, evening_ms, django_assert_max_num_queries
):
    for number in range(2001, 2021):
        Volunteer.objects.create(number=number, display_name=f"Person {number}")
        serve(number=number)
    with django_assert_max_num_queries(20):
        held = decide_later(Click(ended_fair, Verdict.APPROVE_CLEAN), reviewer(), 5)
    assert len(held.reviewed.decided) == 20
    HeldReview.objects.update(post_at_ms=0)
    with django_assert_max_num_queries(35):
        post_due(evening_ms)
    assert Review.objects.count() == 20
