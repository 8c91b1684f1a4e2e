"""All sites at a glance: trouble first, who is here, who is missing; nobody sees another's sites."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import Activity, Assignment, LogAlarm, Site, Terminal, Volunteer
from settlement.organisations.tree import add_organisation
from settlement.reach import WHOLE
from settlement.review import site_now
from settlement.review.sites_now import missing_at, sites_now
from settlement.settling.settler import settle_everything
from settlement.web.now import views
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def expected(mei, wei, fair):
    """Mei and Wei have the shift from 09:00 to 17:00, and so has somebody else's activity nobody."""
    for person in (mei, wei):
        Assignment.objects.create(activity=fair, volunteer=person)
    return fair


@pytest.fixture
def at_noon(pages_at, noon_ms):
    pages_at(noon_ms)


@pytest.fixture
def zhao(no_second_factor):
    """The browser of somebody of the highest level."""
    return browser_of(actor("Zhao"))


def counts(one):
    return (one.here, one.expected, one.missing, one.terminals)


def test_who_is_here_and_who_is_missing_are_counted(expected, serve, noon_ms):
    (site,) = sites_now(WHOLE, noon_ms, noon_ms)
    assert counts(site) == (0, 2, 2, 1)
    serve(left=None)
    settle_everything(noon_ms)
    (site,) = sites_now(WHOLE, noon_ms, noon_ms)
    assert counts(site) == (1, 2, 1, 1)
    (gone,) = missing_at(site_of(expected), WHOLE, noon_ms)
    assert (gone.volunteer, gone.name, gone.activity) == (1002, "Wei", "Lantern fair")
    assert (gone.start_ms, gone.end_ms) == (noon_ms - 3 * HOUR, noon_ms + 5 * HOUR)


def site_of(activity):
    return Site.objects.get(pk=activity.site_id)


def test_who_went_home_during_the_shift_was_there_and_who_came_yesterday_was_not(expected, serve, noon_ms):
    serve(-2, -1)
    serve(-20, -19, number=1002)
    assert [one.volunteer for one in missing_at(site_of(expected), WHOLE, noon_ms)] == [1002]
    (site,) = sites_now(WHOLE, noon_ms, noon_ms)
    assert counts(site)[:3] == (0, 2, 1)


def test_who_came_and_forgot_to_leave_was_there(expected, serve, noon_ms):
    serve(-4, None)
    (site,) = sites_now(WHOLE, noon_ms, noon_ms)
    assert counts(site)[:3] == (0, 2, 1)


def test_before_and_after_the_shift_nobody_is_expected(expected, noon_ms):
    for hours in (-4, 5):
        (site,) = sites_now(WHOLE, noon_ms + hours * HOUR, noon_ms)
        assert counts(site)[:3] == (0, 0, 0)


def test_each_of_two_shifts_is_its_own(expected, serve, noon_ms):
    """Whoever came for the first is missing from the second."""
    expected.shifts.create(start_ms=noon_ms + 6 * HOUR, end_ms=noon_ms + 8 * HOUR)
    serve(-3, 4)
    evening_ms = noon_ms + 7 * HOUR
    assert [one.volunteer for one in missing_at(site_of(expected), WHOLE, evening_ms)] == [1001, 1002]
    (site,) = sites_now(WHOLE, evening_ms, evening_ms)
    assert counts(site)[:3] == (0, 2, 2)


def test_what_is_wrong_with_terminals_is_counted_and_its_site_comes_first(
    expected, terminal, deliver, noon_ms
):
    Site.objects.create(code="east", name="A quiet gate", zone="Asia/Shanghai")
    terminal.check_in(wall_ms=noon_ms)
    for _ in range(3):
        terminal.check_in(wall_ms=noon_ms)
    deliver(4)
    row = Terminal.objects.get()
    LogAlarm.objects.create(terminal=row, code="forked", detail="x", first_ms=1, last_ms=1)
    first, second = sites_now(WHOLE, noon_ms, noon_ms)
    assert (first.code, second.code) == ("north", "east")
    assert (first.alarms, first.silent, first.lacking > 0, first.heard_ms) == (1, 1, True, None)
    assert not second.is_in_trouble
    LogAlarm.objects.update(settled_ms=2, settled_by="Zhao", reason="x")
    assert sites_now(WHOLE, noon_ms, noon_ms)[0].alarms == 0


def test_it_costs_the_same_however_many_sites_there_are(expected, serve, noon_ms):
    serve(left=None)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            sites_now(WHOLE, noon_ms, noon_ms)
        return len(seen)

    few = queries()
    for number in range(12):
        site = Site.objects.create(code=f"s{number}", name=f"Site {number}", zone="Asia/Shanghai")
        activity = Activity.objects.create(id=f"a{number}", site=site, title="More")
        activity.shifts.create(start_ms=noon_ms - HOUR, end_ms=noon_ms + HOUR)
        person = Volunteer.objects.create(number=3000 + number, display_name="Somebody")
        Assignment.objects.create(activity=activity, volunteer=person)
    assert queries() == few <= 12
    assert sum(one.missing for one in sites_now(WHOLE, noon_ms, noon_ms)) == 13


def test_the_pages_show_it_and_find_a_site(expected, serve, at_noon, no_second_factor):
    serve(left=None)
    Site.objects.create(code="east", name="<i>East</i>", zone="Asia/Shanghai")
    client = browser_of(actor("Zhao"))
    told = client.get("/now/").content.decode()
    assert "&lt;i&gt;East&lt;/i&gt;" in told
    assert 'href="/now/north/missing">1</a>' in told
    assert "North gate" not in client.get("/now/?site=east").content.decode()
    missing = client.get("/now/north/missing").content.decode()
    assert "Wei" in missing
    assert "Mei" not in missing
    assert "09:00" in missing


def test_many_sites_come_page_by_page(zhao, expected, at_noon, monkeypatch):
    monkeypatch.setattr(views, "MOST_SITES", 2)
    for name in ("East", "South", "West"):
        Site.objects.create(code=name.lower(), name=name, zone="Asia/Shanghai")
    first = text_of(zhao.get("/now/"))
    shown = re.findall(r'href="/now/(\w+)/"><bdi>', first)
    following = re.search(r'href="(\?after=\w+)" rel="next"', first).group(1)
    rest = text_of(zhao.get(f"/now/{following}"))
    shown += re.findall(r'href="/now/(\w+)/"><bdi>', rest)
    assert shown == ["north", "east", "south", "west"]
    assert 'rel="next"' not in rest
    assert zhao.get("/now/?after=%00").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_speak_each_language(language, expected, at_noon, no_second_factor):
    client = browser_of(actor("Zhao"))
    for page in ("/now/", "/now/north/missing"):
        response = client.get(f"{page}?language={language}")
        assert response.status_code == 200
        assert Words(language).say("page-now") in response.content.decode()


def test_nobody_sees_what_is_beyond_the_own_reach(expected, at_noon, no_second_factor):
    city, other = add_organisation("City"), add_organisation("Other city")
    expected.organisation = city
    expected.save()
    for page in ("/now/", "/now/north/missing"):
        assert Browser().get(page).status_code == 302
        assert browser_of(actor("1001", Level.VOLUNTEER, city.path)).get(page).status_code == 403
    outsider = browser_of(actor("Chen", Level.SENIOR, other.path))
    assert not re.search("north|North", outsider.get("/now/").content.decode())
    assert outsider.get("/now/north/missing").status_code == 404
    inside = browser_of(actor("Sun", Level.ORDINARY, city.path))
    assert "North gate" in inside.get("/now/").content.decode()
    assert "Wei" in inside.get("/now/north/missing").content.decode()


def test_a_sites_page_shows_who_is_here_and_what_was_read_last(zhao, expected, serve, at_noon, noon_ms):
    serve(left=None)
    settle_everything(noon_ms)
    told = text_of(zhao.get("/now/north/"))
    here, _, readings = told.partition('id="readings"')
    assert "Mei" in here
    assert 'href="/volunteers/1001"' in here
    assert re.search(r'href="/evidence/[^"]+"', here)
    assert "Wei" not in told
    assert "check-in" in readings
    assert "Mei" in readings
    assert "Nobody is checked in." in text_of(zhao.get("/now/north/?who=wei"))
    assert "Mei" in text_of(zhao.get("/now/north/?who=1001"))
    assert "Mei" in text_of(zhao.get("/now/north/?who=m"))
    for who in ("9" * 30, "%00", "١٠٠١"):
        assert zhao.get(f"/now/north/?who={who}").status_code == 200


def test_a_sites_page_comes_page_by_page_at_the_same_cost(zhao, fair, serve, at_noon, noon_ms, monkeypatch):
    monkeypatch.setattr(site_now, "MOST_HERE", 2)
    zhao.get("/now/north/")
    costs, seen = [], []
    for numbers in (range(2001, 2003), range(2003, 2006)):
        for number in numbers:
            Volunteer.objects.create(number=number, display_name=f"Person {number}")
            serve(left=None, number=number)
        settle_everything(noon_ms)
        with CaptureQueriesContext(connection) as asked:
            page = text_of(zhao.get("/now/north/"))
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 12
    for _ in range(3):
        seen += re.findall(r'href="/volunteers/(\d+)"', page)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        if following:
            page = text_of(zhao.get(f"/now/north/{following[1]}"))
    assert seen == ["2005", "2004", "2003", "2002", "2001"]


def test_nobody_sees_the_page_of_a_site_beyond_the_reach(zhao, fair, site, serve, at_noon, noon_ms, mei):
    city, other = add_organisation("City"), add_organisation("Other city")
    site.organisation = fair.organisation = city
    site.save()
    fair.save()
    serve(left=None)
    assert Browser().get("/now/north/").status_code == 302
    assert browser_of(actor("1001", Level.VOLUNTEER, city.path)).get("/now/north/").status_code == 403
    outsider = browser_of(actor("Chen", Level.SENIOR, other.path))
    assert outsider.get("/now/north/").status_code == 404
    # Whose activity is only a guest at the site sees its own people, and nothing of its terminals.
    Activity.objects.create(id="guest", site=site, title="Guest", organisation=other)
    told = text_of(outsider.get("/now/north/"))
    assert "Mei" not in told
    assert 'id="readings"' not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sites_page_is_in_each_language(language, zhao, fair, serve, at_noon, mei):
    serve()
    told = text_of(zhao.get(f"/now/north/?language={language}"))
    assert Words(language).say("page-now_readings") in told
    assert Words(language).say("reading-check_out") in told
    assert "page-" not in told
