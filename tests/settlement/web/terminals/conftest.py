"""A centre with its authority, and an organisation that runs the site north."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from settlement.accounts.actor import Level
from settlement.models import LogAlarm
from settlement.organisations.tree import add_organisation
from settlement.settings import Approval
from tests.settlement.actors import actor
from tests.settlement.enrolment.conftest import asking, centre_settings  # noqa: F401 - fixtures
from tests.settlement.web.conftest import browser_of


@pytest.fixture
def city(site):
    """Runs the site."""
    organisation = add_organisation("City")
    site.organisation = organisation
    site.save()
    return organisation


@pytest.fixture
def doubted(terminal):
    """Two logs speak in the terminal's name."""
    return LogAlarm.objects.create(
        terminal_id="north-gate", code="log_twins", epoch="e" * 32, seq=1, detail="two <b>epochs</b>",
        first_ms=1, last_ms=1,
    )  # fmt: skip


@pytest.fixture
def zhao(no_second_factor):
    """A browser of the highest level."""
    return browser_of(actor("Zhao"))


@pytest.fixture
def inside(no_second_factor, city):
    """A browser of somebody of the city, of a level."""
    return lambda level=Level.SENIOR, **more: browser_of(actor(f"Wu {level}", level, city.path, **more))


@pytest.fixture
def outsider(no_second_factor):
    """A browser of somebody high up in another city."""
    return browser_of(actor("Chen", Level.SENIOR, add_organisation("Other city").path))


@pytest.fixture
def by_hand(centre_settings, no_second_factor, settings):  # noqa: F811 - the fixture
    """Terminals with a token wait for somebody, too."""
    enrolment = replace(settings.CENTRE.enrolment, approval=Approval.BY_HAND)
    settings.CENTRE = replace(settings.CENTRE, enrolment=enrolment)


@pytest.fixture
def at_noon(pages_at, noon_ms):
    pages_at(noon_ms)


def told(response):
    return response.content.decode()


def queries(client, page):
    """How many it takes to show the page."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return len(seen)
