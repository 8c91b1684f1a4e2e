"""Organisations and sites are entered and changed by page, within reach at both ends, and on record."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind, records_of
from settlement.master_data.organisation_overview import _HOLDS
from settlement.models import AuditRecord, Membership, Organisation, Site
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(no_second_factor, pages_at, noon_ms, site, terminal):
    """A city with a district that runs the site, and another city."""
    pages_at(noon_ms)
    city, other = add_organisation("City", issuer="310115"), add_organisation("Othercity")
    district = add_organisation("District", parent=city)
    site.organisation = district
    site.save()
    return city, district, other


@pytest.fixture
def browser(tree):
    return browser_of(actor("Wu", Level.SENIOR, tree[0].path))


def told_of(kind, subject):
    rows = records_of(kind, subject).select_related("values")
    return [(row.action, row.values.before, row.values.after, row.reason) for row in rows]


def test_an_organisation_is_entered_below_one_in_reach(browser, tree):
    city, _, other = tree
    given = {"under": city.path, "name": " Team\0 ", "issuer": "310116", "in_charge": "Li", "reason": "new"}
    page = text_of(browser.post("/organisations/new", given, follow=True))
    assert "Team is entered." in page
    entered = Organisation.objects.get(name="Team")
    assert entered.path == f"{city.path}0002"
    after = {"name": "Team", "issuer": "310116", "in_charge": "Li"}
    assert told_of(Kind.ORGANISATION, entered.path) == [("enter", None, after, "new")]
    assert records_of(Kind.ORGANISATION, entered.path).get().request
    refused = browser.post("/organisations/new", given | {"name": "Second"})
    assert (refused.status_code, "Another organisation issues" in text_of(refused)) == (400, True)
    assert 'value="Second"' in text_of(refused)
    long = browser.post("/organisations/new", given | {"name": "x" * 121, "issuer": ""})
    assert "takes 120 characters, and this has 121" in re.sub("[\u2068\u2069]", "", text_of(long))
    assert browser.post("/organisations/new", given | {"under": other.path}).status_code == 404
    assert browser.post("/organisations/new", given | {"under": "", "issuer": ""}).status_code == 400
    assert Organisation.objects.count() == 4


def test_it_is_corrected_as_previewed_and_the_row_says_why(browser, tree):
    _, district, _ = tree
    given = {"name": "West district", "issuer": "", "in_charge": "Li", "reason": "renamed"}
    before = AuditRecord.objects.count()
    page = text_of(browser.post(f"/organisations/{district.path}/change/correct/preview", given))
    assert re.search(r"District</bdi>.*West district</bdi>.*1 site", page)
    assert AuditRecord.objects.count() == before
    page = text_of(browser.post(f"/organisations/{district.path}/change/correct", given, follow=True))
    assert "West district is corrected." in page
    row = records_of(Kind.ORGANISATION, district.path).get()
    assert (row.reason, sorted(row.fields), bool(row.request)) == ("renamed", ["in_charge", "name"], True)
    assert f"?request={row.request}" in page
    refused = browser.post(
        f"/organisations/{district.path}/change/correct", given | {"reason": " "}, follow=True
    )
    assert "Write" in text_of(refused)
    district.refresh_from_db()
    assert (district.name, records_of(Kind.ORGANISATION, district.path).count()) == ("West district", 1)


def test_it_moves_only_within_reach_at_both_ends(browser, client, tree):
    city, district, other = tree
    address, given = f"/organisations/{district.path}/change/move", {"under": other.path, "reason": "r"}
    for step in (f"{address}/preview", address):
        page = text_of(browser.post(step, given, follow=True))
        assert "There is no organisation" in page
        assert "Othercity" not in page
    assert "is moved" not in text_of(browser.post(address, given | {"under": ""}, follow=True))
    outside = f"/organisations/{other.path}/change/move"
    assert browser.post(outside, {"under": city.path, "reason": "r"}).status_code == 404
    assert Organisation.objects.get(name="District").path == district.path
    assert "Othercity" in text_of(client.post(f"{address}/preview", given, secure=True))
    assert "is moved" in text_of(client.post(address, given, secure=True, follow=True))
    assert Organisation.objects.get(name="District").path == f"{other.path}0001"


def test_it_ends_only_while_nothing_names_it(browser, tree, mei):
    city, district, _ = tree
    address, given = f"/organisations/{district.path}/change/end", {"reason": "twice in the list"}
    assert "1 site" in text_of(browser.post(address, given, follow=True))
    Site.objects.update(organisation=city)
    Membership.objects.create(volunteer=mei, organisation=district, joined_ms=0, left_ms=1)
    assert "1 membership" in text_of(browser.post(address, given, follow=True))
    assert Organisation.objects.filter(pk=district.pk).exists()
    Membership.objects.all().delete()
    assert "is taken out of the tree" in text_of(browser.post(address, given, follow=True))
    assert not Organisation.objects.filter(pk=district.pk).exists()
    before = {"name": "District", "issuer": "", "in_charge": ""}
    assert told_of(Kind.ORGANISATION, district.path) == [("remove", before, None, "twice in the list")]


def test_whatever_refers_to_an_organisation_keeps_it():
    held = {(relation.related_model, relation.field.name) for relation in Organisation._meta.related_objects}
    known = {(table, field.removesuffix("__")) for table, field in _HOLDS.values()}
    assert known == held | {(Organisation, "")}
    unknown = [name for name in _HOLDS if not Words("en").knows(f"holds-{name}")]
    assert unknown == []


def test_a_site_is_entered_and_changed_as_previewed(browser, tree):
    city, district, other = tree
    given = {"code": "south", "name": "South gate", "zone": "Asia/Riyadh", "language": "ar",
             "organisation": district.path, "reason": "r"}  # fmt: skip
    for wrong in (
        {"code": "a/b"},
        {"code": "north"},
        {"zone": "Nowhere"},
        {"organisation": ""},
        {"name": " "},
    ):
        assert browser.post("/sites/new", given | wrong).status_code == 400
    assert browser.post("/sites/new", given | {"organisation": other.path}).status_code == 404
    assert "is entered" in text_of(browser.post("/sites/new", given, follow=True))
    assert Site.objects.get(code="south").organisation == district
    changed = {**given, "name": "South door", "zone": "UTC", "organisation": city.path}
    page = text_of(browser.post("/sites/south/change/preview", changed))
    for word in ("South gate", "South door", "Asia/Riyadh", "District", "City", "settled anew"):
        assert word in page
    assert Site.objects.get(code="south").name == "South gate"
    assert browser.post("/sites/south/change/done", changed | {"organisation": other.path}).status_code == 404
    page = text_of(browser.post("/sites/south/change/done", changed, follow=True))
    assert "is changed" in page
    row = records_of(Kind.SITE, "south").first()
    assert (row.values.before["zone"], row.values.after["zone"], row.reason) == ("Asia/Riyadh", "UTC", "r")
    assert "South gate" in text_of(browser.get("/sites/south/change"))


def test_who_has_only_an_activity_at_a_site_changes_nothing_of_it(tree, fair, browser):
    fair.organisation = tree[2]
    fair.save()
    guest = browser_of(actor("Gu", Level.SENIOR, tree[2].path))
    assert guest.get("/sites/north/").status_code == 200
    assert "/sites/north/change" not in text_of(guest.get("/sites/north/"))
    assert guest.get("/sites/north/change").status_code == 404
    assert browser.get("/sites/north/change").status_code == 200


@pytest.mark.parametrize(("level", "may"), [(Level.MIDDLE, True), (Level.ORDINARY, False)])
def test_each_level_does_what_it_may(level, may, tree):
    city, district, _ = tree
    browser = browser_of(actor("Li", level, city.path))
    assert browser.get(f"/organisations/{district.path}/").status_code == 200
    assert (browser.get("/organisations/new").status_code == 200) == may
    assert (browser.get("/sites/new").status_code == 200) == may
    assert ("/organisations/new" in text_of(browser.get("/organisations/"))) == may
    answer = browser.post(
        f"/organisations/{district.path}/change/correct", {"name": "New", "reason": "r"}, follow=True
    )
    assert (answer.status_code == 200) == may
    assert Organisation.objects.filter(name="New").exists() == may
    assert Browser().get("/organisations/").status_code == 302


def test_a_page_costs_the_same_however_many_there_are(browser, tree):
    city, district, _ = tree

    def queries(address):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    addresses = ("/organisations/", f"/organisations/{city.path}/", "/sites/north/change", "/sites/north/")
    few = [queries(address) for address in addresses]
    for number in range(60):
        add_organisation(f"Team {number}", parent=city)
        Site.objects.create(code=f"s{number}", name="S", zone="UTC", organisation=district)
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 12
    first = text_of(browser.get("/organisations/"))
    following = re.search(r'href="(\?after=\w+)" rel="next"', first)[1]
    assert "Team 59" in text_of(browser.get(f"/organisations/{following}"))
    assert "Team 7<" in text_of(browser.get("/organisations/?text=team+7"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_each_language(language, browser, tree):
    words = Words(language, on_pages=True)
    district = tree[1].path
    pages = {
        "/organisations/": "page-organisation_new",
        f"/organisations/{district}/": "page-organisation_move",
        "/organisations/new": "page-organisation_enter",
        "/sites/new": "page-site_code",
        "/sites/north/change": "page-site_change",
    }
    for address, label in pages.items():
        assert words.say(label) in text_of(browser.get(f"{address}?language={language}"))
