"""Inspections at pages: sites that are due, names drawn from those present, and visits taken down."""

import re

import pytest

from foundation.words import LANGUAGES
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Kind, records_of
from settlement.models import InspectedPerson, InspectionVisit, Session, Site
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(fair, site, mei, serve, pages_at, noon_ms, no_second_factor):
    """Mei is at the site of a city's fair."""
    fair.organisation = site.organisation = add_organisation("City")
    fair.save()
    site.save()
    serve(left=None)
    Session.objects.update(is_open=True)
    pages_at(noon_ms)
    return fair.organisation.path


@pytest.fixture
def inspector(city):
    return browser_of(actor("Qian", Level.ORDINARY, city, (Role.INSPECTOR,)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_site_is_due_until_somebody_visited_it(language, inspector, mei):
    assert 'href="/inspections/"' in text_of(inspector.get("/inbox/"))
    assert 'href="/inspections/north/"' in text_of(inspector.get(f"/inspections/?language={language}"))
    drawn = text_of(inspector.post("/inspections/north/", {"what": "draw", "count": "5"}))
    assert re.findall(r'name="called" value="(\d+)"', drawn) == ["1001"]
    assert records_of(Kind.SITE, "north inspected").exists()
    form = {"what": "enter", "called": "1001", "found-1001": "not_seen", "findings": "nobody at the gate"}
    done = text_of(inspector.post("/inspections/north/", form, follow=True))
    assert 'role="status"' in done
    assert 'href="/inspections/north/"' not in done
    visit = InspectionVisit.objects.get()
    assert (visit.inspector, visit.findings, visit.people.get().seen) == ("Qian", "nobody at the gate", False)
    assert '<span dir="ltr">0/1</span>' in text_of(inspector.get("/inspections/north/"))


def test_a_visit_of_whom_nobody_numbered_is_refused(inspector):
    form = {"what": "enter", "called": "9999", "found-9999": "seen"}
    assert "9999" in text_of(inspector.post("/inspections/north/", form, follow=True))
    assert not InspectionVisit.objects.exists()


def test_who_may_not_inspect_or_is_elsewhere_draws_no_names(city):
    page, form = "/inspections/north/", {"what": "draw"}
    other = add_organisation("Other city").path
    reviewer = browser_of(actor("Wu", Level.VOLUNTEER, city, (Role.REVIEWER,)))
    outsider = browser_of(actor("Chen", Level.SENIOR, other))
    assert [one.get(page).status_code for one in (reviewer, outsider, Browser())] == [200, 404, 302]
    assert [one.post(page, form).status_code for one in (reviewer, outsider, Browser())] == [403, 404, 403]
    assert "North gate" not in text_of(outsider.get("/inspections/"))


def test_the_pages_cost_the_same_for_any_number_of_sites(inspector, city, django_assert_max_num_queries):
    costs = []
    for _ in range(2):
        for page in ("/inspections/", "/inspections/north/"):
            inspector.get(page)
            with django_assert_max_num_queries(12) as asked:
                inspector.get(page)
            costs.append(len(asked))
        for number in range(5):
            Site.objects.get_or_create(
                code=f"s{number}",
                defaults={
                    "name": "S",
                    "zone": "UTC",
                    "organisation": Site.objects.get(pk="north").organisation,
                },
            )
    assert costs[:2] == costs[2:]


def test_a_roll_that_was_called_at_the_terminal_tells_how_it_was_drawn_and_what_was_remarked(
    inspector, fair, mei, noon_ms
):
    visit = InspectionVisit.objects.create(
        site=fair.site,
        inspector="i-3",
        at_ms=noon_ms,
        entered_by="i-3",
        entered_ms=noon_ms,
        present=12,
        draws=2,
    )
    InspectedPerson.objects.create(visit=visit, volunteer=mei, seen=False, remark="at lunch")
    told = text_of(inspector.get("/inspections/north/"))
    assert '<span dir="ltr">12</span>' in told
    assert "drawn anew, in all" in told
    assert "at lunch" in told
