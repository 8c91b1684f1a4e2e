"""Who writes the paper list of an activity that has ended, and who confirms it."""

import pytest

from settlement.accounts.actor import Level, Role
from settlement.models import Membership
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of


@pytest.fixture(autouse=True)
def now(pages_at, no_second_factor, evening_ms):
    pages_at(evening_ms)


@pytest.fixture
def people(mei, wei, city, ended_fair):
    for person in (mei, wei):
        Membership.objects.create(volunteer=person, organisation=city, joined_ms=0)
    return city


@pytest.fixture
def liaison(people):
    return browser_of(actor("Lin", Level.VOLUNTEER, people.path, (Role.LIAISON,)))


@pytest.fixture
def second(people):
    return browser_of(actor("Sun", Level.MIDDLE, people.path))
