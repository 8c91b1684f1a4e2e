"""Who reads a demo's pages: everybody; but whoever has logged in reaches no further than the own account."""

import msgspec
import pytest
from django.test import Client

from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed, records_of
from settlement.models import Account, Activity, Site
from settlement.organisations.tree import add_organisation
from sync.contract.wire import Realm
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of

pytestmark = pytest.mark.django_db

NAMING = ("/", "/api/board.json", "/now/", "/now/north/missing", "/review/", "/review/fair/", "/inbox/",
          "/inbox/times/", "/volunteers/?who=1", "/evidence/manual/1")  # fmt: skip


@pytest.fixture
def two_sites(fair, no_second_factor):
    """The fair at the north gate, of one organisation; the south gate is another's."""
    one, other = add_organisation("One"), add_organisation("Other")
    Site.objects.filter(pk="north").update(organisation=one)
    Activity.objects.filter(pk="fair").update(organisation=one)
    Site.objects.create(code="south", name="South gate", zone="Asia/Shanghai", organisation=other)
    return one, other


@pytest.fixture
def demo(settings, no_second_factor):
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, realm=Realm.DEMO)


def test_a_demo_is_read_without_a_log_in_and_offers_one(two_sites, demo):
    somebody = Client()
    page = somebody.get("/now/").content.decode()
    assert "North gate" in page
    assert "South gate" in page
    assert 'href="/account/log-in/"' in page
    for path in NAMING[:-1]:
        assert somebody.get(path).status_code == 200, path


def test_whoever_has_logged_in_at_a_demo_reaches_the_own_organisation_alone(two_sites, demo, settings):
    one, other = two_sites
    guest = browser_of(actor("Guest", Level.ORDINARY, other.path))
    page = guest.get("/now/").content.decode()
    assert "South gate" in page
    assert "North gate" not in page
    assert "Guest" in page
    assert guest.get("/review/fair/").status_code == 404
    assert guest.get("/?site=north").status_code == 404
    host = browser_of(actor("Host", Level.ORDINARY, one.path))
    assert host.get("/review/fair/").status_code == 200
    assert [row.name for row in records_of("activity", "fair")] == ["Host"]


def test_a_volunteer_who_has_logged_in_at_a_demo_reads_no_page_that_names_others(two_sites, demo, mei):
    wei = browser_of(actor("Wei", Level.VOLUNTEER, two_sites[0].path, volunteer=mei.number))
    for path in ("/now/", "/review/", "/inbox/", "/volunteers/?who=1", "/api/board.json"):
        assert wei.get(path).status_code == 403, path


def test_whose_account_has_ended_is_nobody_in_particular_at_a_demo(two_sites, demo):
    actor("Top")
    leaving = browser_of(actor("Leaving", Level.ORDINARY, two_sites[1].path))
    assert "North gate" not in leaving.get("/now/").content.decode()
    end_account("leaving", Signed(actor("Top"), 5))
    assert "North gate" in leaving.get("/now/").content.decode()
    assert leaving.post("/review/fair/decided", {"what": "approve_clean"}).status_code == 403
    assert Account.objects.get(login="leaving").ended_ms == 5


def test_nobody_decides_anything_at_a_demo_without_a_log_in(two_sites, demo):
    somebody = Client()
    assert somebody.post("/review/fair/decided", {"what": "approve_clean"}).status_code == 403
    assert somebody.post("/inbox/gifts/1", {"what": "grant"}).status_code == 403


def test_a_live_centre_stays_closed_to_whoever_has_not_logged_in(two_sites):
    somebody = Client()
    for path in NAMING:
        answer = somebody.get(path, secure=True)
        if path.endswith(".json"):
            assert answer.status_code == 401
        else:
            assert (answer.status_code, answer["Location"].startswith("/account/log-in/")) == (302, True), (
                path
            )
    for path in ("/review/fair/decided", "/inbox/gifts/1"):
        answer = somebody.post(path, {"what": "approve_clean"}, secure=True)
        assert answer.status_code == 403
        assert "/account/log-in/" in answer.content.decode()
