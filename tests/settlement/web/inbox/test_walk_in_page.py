"""The page of a walk-in: who may see the name, and what is decided there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind, records_of
from settlement.models import Volunteer, WalkInDecision
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor
from tests.settlement.volunteers.test_walk_ins import walked_in  # noqa: F401 - a fixture
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(no_second_factor):
    return browser_of(actor("Zhao"))


@pytest.fixture
def page(walked_in):  # noqa: F811
    return f"/walk-in/{walked_in.pk}/"


def test_who_may_enter_people_sees_the_name_which_is_noted_and_matches_it(client, page, mei):
    assert "Mei Tang" not in text_of(client.get("/inbox/walk_ins/"))
    shown = text_of(client.get(page))
    assert "Mei Tang" in shown
    assert "+8613800138000" in shown
    assert records_of(Kind.RECORD, page.strip("/")).exists()
    sent = client.post(page, {"what": "match", "volunteer": "1001"})
    assert sent.url == "/inbox/walk_ins/"
    assert WalkInDecision.objects.get().volunteer_id == 1001
    assert client.get(page).status_code == 404


def test_it_is_registered_or_refused_there(client, page, mei):
    taken = client.post(page, {"what": "register", "volunteer": "1001", "name": "Mei Tang"})
    assert "somebody&#x27;s already" in text_of(taken)
    client.post(page, {"what": "register", "volunteer": "1009", "name": "Mei Tang"})
    assert Volunteer.objects.get(pk=1009).display_name == "Mei Tang"


def test_it_is_refused_with_a_reason(client, page):
    assert client.post(page, {"what": "refuse", "note": ""}).status_code == 200
    client.post(page, {"what": "refuse", "note": "a visitor"})
    assert WalkInDecision.objects.get().outcome == "refused"


def test_nobody_else_learns_who_it_is(no_second_factor, page):
    node = add_organisation("Elsewhere").path
    volunteer = actor("Vol", level=Level.VOLUNTEER, node=node)
    assert browser_of(volunteer).get(page).status_code == 403
    far = browser_of(actor("Far", level=Level.MIDDLE, node=node))
    assert far.get(page).status_code == 404
    assert "Mei Tang" not in Browser().get(page).content.decode()


@pytest.mark.parametrize("language", ["zh-Hans", "ar"])
def test_every_language_has_it_within_twelve_queries(client, page, language):
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(page, headers={"accept-language": language})
    assert shown.status_code == 200
    assert len(asked) <= 12
