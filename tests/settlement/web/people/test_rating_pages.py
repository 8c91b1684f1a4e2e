"""Ratings by a link of one's own: asked for, answered once on a public page, withdrawn, ended in time."""

import html
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind, Signed, records_of
from settlement.models import Activity, Membership, Rating, RatingLink
from settlement.organisations.tree import add_organisation
from settlement.personal_data.erasure import take_away
from settlement.recognition.rating_links import ask_for_rating, forget_rating_links, withdraw_rating_link
from settlement.recognition.ratings import RaterRole
from settlement.web.serving.public import only_public
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000
PAGE = "/volunteers/1001/ratings"


@pytest.fixture(autouse=True)
def unthrottled():
    cache.clear()


@pytest.fixture
def staff(no_second_factor, pages_at, evening_ms, mei, wei, ended_fair, serve):
    """A city that recorded the service of Mei and Wei, and its staff."""
    pages_at(evening_ms)
    city = add_organisation("City")
    Activity.objects.update(organisation=city)
    serve()
    serve(number=1002)
    return browser_of(actor("Wu", Level.ORDINARY, city.path))


def link_of(response):
    return re.search(r"https://testserver(/rating/[\w-]+)", response.content.decode())[1]


def ask(staff, role="recipient", rater=""):
    return staff.post(f"{PAGE}/asked", {"activity": "fair", "role": role, "rater": rater})


def test_who_was_served_rates_once_without_an_account(staff):
    shown = ask(staff)
    address = link_of(shown)
    assert "<svg" in text_of(shown)
    page = Browser().get(address)
    assert "Lantern fair" in text_of(page)
    assert "M**" in text_of(page)
    for known in ("Mei", "1001"):
        assert known not in text_of(page).replace(address, "")
    given = {"effect": "1200", "name": "Li Na", "note": " kind\0 "}
    for wrong in ({"effect": "1400"}, {"effect": ""}, {"name": " "}, {"note": "x" * 301}):
        answer = Browser().post(address, given | wrong)
        assert (answer.status_code, Rating.objects.count()) == (400, 0)
    assert "Thank you" in text_of(Browser().post(address, given))
    row = Rating.objects.get()
    assert (row.role, row.effect_pm, row.by, row.note, row.account) == (
        "recipient",
        1200,
        "Li Na",
        "kind",
        None,
    )
    for again in (Browser().post(address, given), Browser().get(address)):
        assert again.status_code == 404
        assert "was used" in text_of(again)
    assert Rating.objects.count() == 1
    page = text_of(staff.get(PAGE))
    assert "answered" in page
    assert "Li Na" in page


def test_who_asked_is_on_record_and_the_secret_nowhere(staff):
    address = link_of(ask(staff))
    row = records_of(Kind.RATING, "fair/1001").get()
    assert (row.name, row.action, row.values.after["role"], bool(row.request)) == (
        "Wu",
        "enter",
        "recipient",
        True,
    )
    secret = address.removeprefix("/rating/")
    assert len(secret) == 32
    assert secret not in str(RatingLink.objects.values_list().get())
    assert secret not in text_of(staff.get(PAGE))


def test_a_colleague_and_the_volunteer_rate_by_links_of_their_own(staff):
    for wrong in ({}, {"rater": "1001"}, {"rater": "4040"}, {"rater": "x"}):
        assert ask(staff, "peer", **wrong).status_code == 302
    assert ask(staff, "leader").status_code == 302
    assert RatingLink.objects.count() == 0
    for role, rater in (("peer", "1002"), ("self", "")):
        address = link_of(ask(staff, role, rater))
        assert 'name="name"' not in text_of(Browser().get(address))
        Browser().post(address, {"effect": "800"})
    said = Rating.objects.order_by("pk").values_list("role", "by", "effect_pm")
    assert list(said) == [("peer", "1002", 800), ("self", "1001", 800)]


def test_a_withdrawn_link_tells_so_and_an_old_one_ends(staff, pages_at, evening_ms):
    address, other = link_of(ask(staff)), link_of(ask(staff))
    first = RatingLink.objects.order_by("pk").first()
    assert "is withdrawn" in text_of(staff.post(f"{PAGE}/{first.pk}/withdrawn", follow=True))
    for answer in (Browser().get(address), Browser().post(address, {"effect": "800", "name": "Li"})):
        assert (answer.status_code, "was withdrawn" in text_of(answer)) == (410, True)
    assert [row.action for row in records_of(Kind.RATING, "fair/1001")] == ["remove", "enter", "enter"]
    pages_at(evening_ms + 30 * DAY_MS - 1)
    assert Browser().get(other).status_code == 200
    pages_at(evening_ms + 30 * DAY_MS)
    assert Browser().post(other, {"effect": "800", "name": "Li"}).status_code == 404
    assert Rating.objects.count() == 0
    forget_rating_links(evening_ms + 60 * DAY_MS)
    assert RatingLink.objects.count() == 2
    forget_rating_links(evening_ms + 61 * DAY_MS)
    assert RatingLink.objects.count() == 0


def test_a_link_that_there_is_not_is_named(staff, evening_ms):
    with pytest.raises(RulesError) as refused:
        withdraw_rating_link(9999, Signed(actor("Zhao"), evening_ms))
    assert Words("en").trouble(refused.value.trouble).startswith("There is no link 9999")


def test_who_tries_many_is_told_to_wait(staff):
    browser = Browser()
    assert {browser.get(f"/rating/{number}").status_code for number in range(30)} == {404}
    assert browser.get("/rating/x").status_code == 429
    assert Browser().get(link_of(ask(staff))).status_code == 429


def test_nobody_asks_for_ratings_of_the_own_service_or_beyond_reach(staff, mei):
    own = browser_of(actor("Mei", Level.ORDINARY, "0001", volunteer=1001))
    assert "Nobody decides" in text_of(
        own.post(f"{PAGE}/asked", {"activity": "fair", "role": "recipient"}, follow=True)
    )
    other = add_organisation("Other")
    Membership.objects.create(volunteer=mei, organisation=other, joined_ms=0)
    far = browser_of(actor("Far", Level.SENIOR, other.path))
    assert far.get(PAGE).status_code == 200
    assert "Lantern fair" not in text_of(far.get(PAGE))
    assert far.post(f"{PAGE}/asked", {"activity": "fair", "role": "recipient"}).status_code == 404
    ask(staff)
    link = RatingLink.objects.get()
    assert far.post(f"{PAGE}/{link.pk}/withdrawn").status_code == 404
    assert Browser().post(f"{PAGE}/asked", {"activity": "fair"}).status_code == 403
    link.refresh_from_db()
    assert (link.withdrawn_ms, RatingLink.objects.count()) == (None, 1)


def test_who_leads_rates_with_the_own_account(staff):
    given = {"activity": "fair", "effect": "1500", "note": "led well"}
    assert "is taken down" in text_of(staff.post(f"{PAGE}/given", given, follow=True))
    row = Rating.objects.get()
    assert (row.role, row.by, row.effect_pm) == ("leader", "Wu", 1500)


def test_links_go_with_the_person(staff, mei, wei, ended_fair, evening_ms):
    signed = Signed(None, evening_ms)
    ask_for_rating(mei, ended_fair, RaterRole.PEER, 5, signed, wei)
    ask_for_rating(mei, ended_fair, RaterRole.RECIPIENT, 5, signed)
    take_away(wei, signed)
    assert [row.role for row in RatingLink.objects.all()] == ["recipient"]
    take_away(mei, signed)
    assert RatingLink.objects.count() == 0


def test_the_page_costs_the_same_however_many_ask(staff, mei, ended_fair, evening_ms):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert staff.get(PAGE).status_code == 200
        return len(seen)

    queries()
    few = queries()
    for _ in range(8):
        ask_for_rating(mei, ended_fair, RaterRole.RECIPIENT, 5, Signed(None, evening_ms))
        staff.post(f"{PAGE}/given", {"activity": "fair", "effect": "1000"})
    queries()
    assert queries() == few <= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_each_language(language, staff):
    words, address = Words(language, on_pages=True), link_of(ask(staff))
    page = html.unescape(text_of(Browser().get(f"{address}?language={language}")))
    assert words.say("rating_of-recipient") in page
    assert words.code("rating_effect", "1000") in page
    assert words.say("page-ratings_ask") in text_of(staff.get(f"{PAGE}?language={language}"))


def test_the_process_for_everybody_serves_it():
    asked = []
    only_public(lambda environ, _: asked.append(environ["PATH_INFO"]) or [])({"PATH_INFO": "/rating/x"}, None)
    assert asked == ["/rating/x"]


def test_the_days_are_a_setting(staff, settings, evening_ms):
    settings.CENTRE = replace(settings.CENTRE, ratings=replace(settings.CENTRE.ratings, link_days=2))
    ask(staff)
    assert RatingLink.objects.get().ends_ms == evening_ms + 2 * DAY_MS
