"""Decisions of one click: undone as a whole until they are posted, by whoever may decide, and told."""

import re

import pytest

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level, Role
from settlement.models import HeldReview, LedgerEntry, Review, Volunteer
from settlement.organisations.tree import add_organisation
from settlement.review.held import post_due
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db

LIST = "/review/fair/"
DECIDED = "/review/fair/decided"


@pytest.fixture
def client(no_second_factor, pages_at, evening_ms):
    """Logged in as somebody of the highest level, in the evening."""
    pages_at(evening_ms)
    return browser_of(actor("Zhao"))


@pytest.fixture
def lines(mei, wei, ended_fair, serve):
    """Two clean lines and two doubtful ones, by volunteer."""
    for number in (1003, 1004):
        Volunteer.objects.create(number=number, display_name=f"Person {number}")
    serve()
    serve(number=1003)
    serve(left=None, number=1002)
    serve(left=None, number=1004)
    return {row.volunteer_id: row.pk for row in LedgerEntry.objects.all()}


@pytest.fixture
def overdue():
    """Lets the minutes pass in which decisions can be undone."""
    return lambda: HeldReview.objects.update(post_at_ms=0)


def undo_address(page):
    found = re.search(r'action="(/decisions/\d+/undone)"', page.content.decode())
    return found and found[1]


def test_all_clean_ones_are_held_undone_held_again_and_posted(client, lines, overdue, evening_ms):
    approved = client.post(DECIDED, {"what": "approve_clean"}, follow=True)
    assert "2 entries will be approved in 5 min; until then they can be undone." in text_of(approved)
    assert "Mei" not in text_of(client.get(LIST))
    assert "No clean entry waits." in text_of(client.get("/review/fair/clean"))
    assert not Review.objects.exists()
    undone = client.post(undo_address(approved), follow=True)
    assert undone.redirect_chain == [(LIST, 302)]
    assert "Undone: 2 entries wait for a decision again." in text_of(undone)
    assert "Mei" in text_of(undone)
    assert post_due(evening_ms) == 0
    client.post(DECIDED, {"what": "approve_clean", "note": "seen"})
    assert post_due(evening_ms) == 0, "the minutes have not passed"
    overdue()
    assert post_due(evening_ms) == 1
    assert set(Review.objects.values_list("entry", "state", "by", "note")) == {
        (lines[1001], "approved", "Zhao", "seen"),
        (lines[1003], "approved", "Zhao", "seen"),
    }
    told = text_of(client.get("/decisions/"))
    assert told.index("posted") < told.index("undone · <bdi>Zhao</bdi>")
    assert f'href="/review/line/{lines[1001]}"><bdi>Mei · 2026-03-07 · ' in told, "a wrong click can be found"


def test_a_decision_costs_the_same_few_queries_for_any_number(client, lines, django_assert_max_num_queries):
    """Thirteen, and the beginnings and ends of two transactions."""
    client.get(LIST)
    with django_assert_max_num_queries(17) as one:
        client.post(DECIDED, {"what": "approve", "entry": lines[1001]})
    with django_assert_max_num_queries(17) as more:
        client.post(DECIDED, {"what": "approve", "entry": [lines[1002], lines[1003], lines[1004]]})
    assert len(one) == len(more)
    assert HeldReview.objects.count() == 2


def test_the_button_to_undo_is_told_once(client, lines):
    assert undo_address(client.post(DECIDED, {"what": "approve_clean"}, follow=True))
    assert not undo_address(client.get(LIST))
    assert undo_address(client.get("/decisions/")), "there it stays until it is posted"


def test_from_a_line_it_goes_on_to_the_next_doubtful_one(client, lines):
    form = {"what": "approve", "entry": lines[1002], "line": lines[1002]}
    following = client.post(DECIDED, form, follow=True)
    assert following.redirect_chain == [(f"/review/line/{lines[1004]}", 302)]
    assert "1 entry will be approved in 5 min" in text_of(following)
    back = client.post(undo_address(following), follow=True)
    assert back.redirect_chain == [(f"/review/line/{lines[1002]}", 302)]
    form = {"what": "reject", "note": "nobody saw her", "entry": lines[1004], "line": lines[1004]}
    assert client.post(DECIDED, form)["Location"] == f"/review/line/{lines[1002]}", "the first again"
    client.post(DECIDED, {"what": "approve", "entry": lines[1002], "line": lines[1002]})
    last = client.get(f"/review/line/{lines[1004]}")
    assert "Decided, and to be posted in a few minutes, by <bdi>Zhao</bdi>: <bdi>nobody saw her</bdi>" in (
        text_of(last)
    )
    assert undo_address(last)
    assert 'name="what"' not in text_of(last)


def test_what_is_refused_stays_on_the_line_that_it_is_about(client, lines):
    entry = lines[1002]
    refused = client.post(DECIDED, {"what": "reject", "entry": entry, "line": entry}, follow=True)
    assert refused.redirect_chain == [(f"/review/line/{entry}", 302)]
    assert not HeldReview.objects.exists()


def test_what_can_be_undone_no_more_is_told(client, lines, overdue, evening_ms):
    address = undo_address(client.post(DECIDED, {"what": "approve_clean"}, follow=True))
    overdue()
    post_due(evening_ms)
    late = client.post(address, follow=True)
    assert late.redirect_chain == [("/decisions/", 302)]
    assert "be undone any more" in text_of(late)
    assert Review.objects.count() == 2


def test_only_who_may_decide_sees_and_undoes_it(client, lines, ended_fair):
    city, other = add_organisation("City"), add_organisation("Other city")
    ended_fair.organisation = city
    ended_fair.save()
    address = undo_address(client.post(DECIDED, {"what": "approve_clean"}, follow=True))
    assert Browser().post(address).status_code == 403
    assert browser_of(actor("1001", Level.VOLUNTEER, city.path)).post(address).status_code == 403
    outsider = browser_of(actor("Chen", Level.SENIOR, other.path))
    assert outsider.post(address).status_code == 404
    assert "fair" not in text_of(outsider.get("/decisions/"))
    ordinary = browser_of(actor("Liu", Level.ORDINARY, city.path))
    assert "Liu" in text_of(ordinary.post(address, follow=True))
    assert HeldReview.objects.get().state == "held"
    assert ordinary.get(address).status_code == 405
    reviewer = browser_of(actor("Sun", Level.ORDINARY, city.path, (Role.REVIEWER,)))
    reviewer.post(address)
    assert HeldReview.objects.get().ended_by == "Sun"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_each_language(language, client, lines):
    empty = client.get(f"/decisions/?language={language}")
    assert Words(language).say("page-decisions_none") in text_of(empty)
    client.post(DECIDED, {"what": "approve_clean"})
    shown = text_of(client.get(f"/decisions/?language={language}"))
    assert Words(language).say("review-state_held") in shown
    assert "page-" not in shown


def test_what_somebody_else_holds_is_told_to_who_clicks_second(client, lines, evening_ms):
    client.post(DECIDED, {"what": "approve", "entry": [lines[1001]]})
    second = browser_of(actor("Qian"))
    told = text_of(second.post(DECIDED, {"what": "reject", "entry": [lines[1001]], "note": "x"}, follow=True))
    assert "Somebody decided on this entry already; that is posted in a few minutes." in told
