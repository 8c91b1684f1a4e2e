"""The filter of the review: combined, shown part by part with the way to take each away, and who is late."""

import re

import pytest
from msgspec.structs import replace

from settlement.accounts.actor import Level
from settlement.models import LedgerEntry, PhaseChange, Shift, Volunteer
from settlement.organisations.tree import add_organisation
from settlement.people_settings import ReviewSettings
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of, text_of

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000


@pytest.fixture
def client(no_second_factor, settings, pages_at, evening_ms):
    settings.CENTRE = replace(settings.CENTRE, review=ReviewSettings(undo_minutes=0))
    pages_at(evening_ms)
    return browser_of(actor("Zhao"))


@pytest.fixture
def two(mei, wei, ended_fair, serve):
    """A clean line of Mei's and a doubtful one of Wei's, of a city's."""
    ended_fair.organisation = add_organisation("City")
    ended_fair.save()
    serve()
    serve(left=None, number=1002)
    return ended_fair.organisation.path


def test_each_part_of_the_filter_is_shown_with_the_way_to_take_it_away(client, two):
    page = client.get(f"/review/lines?flag=MISSING_OUT&site=north&organisation={two}&after=x&waited=soon")
    parts = re.findall(r'<li><a href="([^"]*)"><bdi>([^<]*)</bdi>', page.content.decode())
    assert [text for _, text in parts] == ["Remark: no check-out", "Site: north", f"Organisation: {two}"]
    assert parts[1][0].replace("&amp;", "&") == f"?flag=MISSING_OUT&organisation={two}"
    assert "left out of the filter: days waiting, page" in text_of(page)
    assert "Wei" in text_of(page)
    assert "Mei</bdi>" not in text_of(page)


def test_the_activities_are_counted_by_the_filter_and_lead_on_with_it(client, two):
    told = text_of(client.get("/review/?person=mei"))
    assert 'href="/review/fair/?person=mei"' in told
    assert '<td data-name="Waiting" class="number">1</td>' in told
    assert '<option value="north">North gate</option>' in told
    assert "Nothing waits here" in text_of(client.get("/review/?method=card"))


def test_a_terminal_that_people_filter_for_can_be_one_that_refused_nothing(client, two):
    clean = text_of(client.get("/review/lines?terminal=north-gate&kept=clean"))
    assert "Mei</bdi>" in clean
    assert "Wei</bdi>" not in clean


def test_who_is_late_is_told_by_organisation_once_ten_working_days_are_over(
    client, two, pages_at, evening_ms
):
    pages_at(evening_ms + 13 * DAY_MS)
    assert "Nothing is over due." in text_of(client.get("/review/late")), "due that day, the 20th"
    pages_at(evening_ms + 14 * DAY_MS)
    told = text_of(client.get("/review/late"))
    assert f'href="/review/?late=1&amp;organisation={two}"><bdi>City</bdi>' in told
    assert re.search(r"▲</span> 2</span>.*2026-03-20", told)
    assert text_of(client.get("/review/fair/?late=1")).count("▲</span> late") == 2
    other = add_organisation("Other city")
    stranger = browser_of(actor("Chen", Level.SENIOR, other.path))
    assert "Nothing is over due." in text_of(stranger.get("/review/late"))


def test_what_is_due_first_stands_first_and_the_next_page_goes_on_behind_it(client, two, serve, monkeypatch):
    monkeypatch.setattr("settlement.review.browse.MOST_AT_ONCE", 1)
    earlier = LedgerEntry.objects.get(volunteer=1001)
    PhaseChange.objects.filter(phase="executing").update(from_ms=0)
    Shift.objects.all().delete()
    serve(-26, -24, number=1002)
    seen, query = [], "?"
    while query:
        page = client.get(f"/review/lines{query}").content.decode()
        seen += re.findall(r'<time dir="ltr">(2026-03-\d\d)</time></td>\n<td data-name="Hours"', page)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        query = following[1].replace("&amp;", "&") if following else ""
    assert seen == sorted(seen)
    assert seen[0] < earlier.local_date.isoformat()
    assert len(seen) == LedgerEntry.objects.filter(review=None).count()


def test_pages_over_all_activities_cost_the_same_however_much_waits(
    client, two, serve, django_assert_max_num_queries
):
    doubtful = LedgerEntry.objects.get(volunteer=1002)
    line = f"/review/line/{doubtful.pk}"
    pages = (
        line,
        f"{line}/times",
        "/review/fair/clean",
        "/review/late",
        "/review/?late=1&method=badge",
        "/review/lines?late=1&method=badge&terminal=north-gate",
    )
    few = {}
    for round_ in range(2):
        for page in pages:
            client.get(page)
            with django_assert_max_num_queries(12) as asked:
                client.get(page)
            assert few.setdefault(page, len(asked)) == len(asked)
        if not round_:
            for number in range(2001, 2006):
                Volunteer.objects.create(number=number, display_name=f"Person {number}")
                serve(number=number)
                serve(left=None, number=number)
