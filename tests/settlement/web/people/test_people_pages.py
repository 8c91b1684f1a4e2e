"""Volunteers on pages: found by number or name within reach, and a file with its look noted."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from foundation.words import LANGUAGES, Words
from settlement import name_search
from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind, Signed, records_of
from settlement.master_data.people import enter_volunteer
from settlement.models import Activity, Membership, Volunteer
from settlement.name_search import keep_name_keys
from settlement.organisations.tree import add_organisation
from settlement.reach import WHOLE, Reach
from settlement.recognition.certificates import issue_certificate
from settlement.review.decide import approve_clean_lines
from settlement.volunteers import search
from settlement.volunteers.file import personal_file
from settlement.volunteers.search import find_volunteers
from settlement.web.people.views import bars_of
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(mei, wei):
    for number, name in ((1, "One"), (10, "Ten"), (10_011, "Łukasz"), (123_456_789_012, "Zoë <b>O'Neil</b>")):
        Volunteer.objects.create(number=number, display_name=name)
    keep_name_keys(Volunteer.objects.all())


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1001", [1001, 10_011]),
        ("10", [10, 1001, 1002, 10_011]),
        ("1", [1, 10, 1001, 1002, 10_011, 123_456_789_012]),
        ("123456789012", [123_456_789_012]),
        ("1234567890123", []),
        ("o'n", [1, 123_456_789_012]),
        ("MEI", [1001]),
        ("lukasz", [10_011]),
        ("neil ZOE", [123_456_789_012]),
        ("zoe mei", []),
        ("zo one", [123_456_789_012]),
        ("zo ten", []),
        ("zo o", [123_456_789_012]),
        (" wei ", [1002]),
        ("", []),
        ("nobody", []),
        ("\0", []),
    ],
)
def test_they_are_found_by_the_beginning_of_a_number_or_of_each_word_of_a_name(
    text, numbers, people, monkeypatch
):
    for few in (2000, 0, 1):
        monkeypatch.setattr(name_search, "_FEW", few)
        found, more = find_volunteers(text, WHOLE)
        assert ([one.number for one in found], more) == (numbers, False)


def test_too_many_want_more_letters(people, monkeypatch):
    monkeypatch.setattr(search, "MOST_FOUND", 2)
    found, more = find_volunteers("1", WHOLE)
    assert ([one.number for one in found], more) == ([1, 10], True)


def test_in_a_large_branch_the_first_who_fit_are_enough_and_in_a_small_one_all_are_asked(
    people, mei, wei, monkeypatch, city
):
    for person in (mei, wei):
        Membership.objects.create(volunteer=person, organisation=city, joined_ms=0)
    for looked_at in (500, 2):
        monkeypatch.setattr(search, "_LOOKED_AT", looked_at)
        found, more = find_volunteers("1", Reach(city.path))
        assert ([one.number for one in found], more) == ([1001, 1002], False)


def test_somebody_is_found_by_the_name_of_now_alone(mei, evening_ms):
    signed = Signed(actor("Zhao"), evening_ms)
    enter_volunteer(1001, "陈秀英", signed)
    assert [one.name for one in find_volunteers("cxy", WHOLE)[0]] == ["陈秀英"]
    enter_volunteer(1001, "José Pérez", signed)
    assert find_volunteers("cxy", WHOLE) == ([], False)
    assert [one.number for one in find_volunteers("perez", WHOLE)[0]] == [1001]


def test_a_file_shows_hours_by_month_and_line(mei, ended_fair, serve, reviewer, no_second_factor):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    page = browser_of(actor("Zhao")).get("/volunteers/1001").content.decode()
    assert "<strong>8.00</strong>" in page
    assert "<title>2026-03: 8.00</title>" in page
    assert "09:00–17:00" in page
    assert "Lantern fair" in page
    assert records_of(Kind.VOLUNTEER, 1001).exists()


def test_the_chart_ends_with_the_newest_month_and_its_bars_are_in_proportion(mei, evening_ms):
    held = personal_file(1001, actor("Zhao"), evening_ms)
    assert bars_of(held) == []
    template = {"activity": "a", "title": "A", "content": "", "recipients": "", "site": "S", "recorder": ""}
    lines = []
    for month in range(1, 13):
        for year in (2025, 2026):
            day = dt.date(year, month, 5)
            lines.append(_line(day, 3600 * month, template))
    bars = bars_of(replace(held, record=replace(held.record, lines=tuple(lines))))
    assert [bar.month for bar in bars] == [f"2026-{month:02}" for month in range(1, 13)]
    assert (bars[-1].hours, bars[-1].height, bars[-1].y) == ("12.00", 60, 0)
    assert bars[5].height == 30


def _line(day, seconds, template):
    from settlement.rules.ledger import LineState
    from settlement.volunteers.record import ServiceLine

    told = {"recorder_name": "", "state": LineState.APPROVED, "approved_s": seconds, "waiting_s": 0}
    return ServiceLine(local_date=day, **template, **told)


def test_names_are_shown_as_text(people, no_second_factor):
    client = browser_of(actor("Zhao"))
    assert "Zoë &lt;b&gt;O&#x27;Neil&lt;/b&gt;" in client.get("/volunteers/?who=Zo").content.decode()
    assert "<b>O" not in client.get("/volunteers/123456789012").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_each_language(language, people, no_second_factor):
    client = browser_of(actor("Zhao"))
    for page in ("/volunteers/", "/volunteers/?who=mei", "/volunteers/1001"):
        response = client.get(page, {"language": language, "who": "mei"})
        assert response.status_code == 200
        assert Words(language).say("page-volunteers") in response.content.decode()


def test_nobody_is_found_or_shown_beyond_the_own_reach(people, mei, no_second_factor):
    city, other = add_organisation("City"), add_organisation("Other city")
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    for page in ("/volunteers/?who=mei", "/volunteers/1001"):
        assert Browser().get(page).status_code == 302
        assert browser_of(actor("1002", Level.VOLUNTEER, other.path)).get(page).status_code == 403
    outsider = browser_of(actor("Chen", Level.SENIOR, other.path))
    assert "Mei" not in outsider.get("/volunteers/?who=mei").content.decode()
    assert outsider.get("/volunteers/1001").status_code == 404
    inside = browser_of(actor("Sun", Level.ORDINARY, city.path))
    assert "Mei" in inside.get("/volunteers/?who=100").content.decode()
    assert inside.get("/volunteers/1001").status_code == 200
    assert inside.get("/volunteers/1002").status_code == 404
    assert inside.get("/volunteers/999999").status_code == 404


def test_certificates_are_files_for_who_reaches_the_issuer(
    mei, city, choir, credit, noon_ms, no_second_factor
):
    credit(mei, 3600)
    number = issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms).number
    Membership.objects.create(volunteer=mei, organisation=choir.organisation, joined_ms=0)
    file = f"/volunteers/certificates/{number}.pdf"
    inside = browser_of(actor("Sun", Level.ORDINARY, city.path))
    assert f'href="{file}"' in inside.get("/volunteers/1001").content.decode()
    assert inside.get(file).content.startswith(b"%PDF")
    outside = browser_of(actor("Wu", Level.SENIOR, choir.organisation.path))
    page = outside.get("/volunteers/1001").content.decode()
    assert number in page
    assert file not in page
    assert outside.get(file).status_code == 404
    assert outside.get("/volunteers/certificates/VSC-1.pdf").status_code == 404
    assert Browser().get(file).status_code == 302
    assert browser_of(actor("1002", Level.VOLUNTEER, city.path)).get(file).status_code == 403


def test_a_file_costs_the_same_however_much_was_served(mei, city, site, credit, noon_ms, no_second_factor):
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    browser = browser_of(actor("Sun", Level.ORDINARY, city.path))

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/volunteers/1001").status_code == 200
        return len(seen)

    def serve(name):
        activity = Activity.objects.create(
            id=name, site=site, title="More", organisation=city, content="x", recipients="y"
        )
        credit(mei, 3600, activity=activity)
        issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms)

    serve("a")
    few = queries()
    for number in range(12):
        serve(f"a{number}")
    assert queries() == few <= 12
