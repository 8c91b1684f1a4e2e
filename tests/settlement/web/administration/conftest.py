"""A city with a district below, people at each level of it, and another city."""

import pytest

from settlement.accounts.actor import Level, Role
from settlement.models import Account
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of


@pytest.fixture
def city(db):
    return add_organisation("City")


@pytest.fixture
def district(city):
    return add_organisation("District <1>", parent=city)


@pytest.fixture
def other(db):
    return add_organisation("Other city")


@pytest.fixture
def staff(city, district, other, no_second_factor):
    """Accounts by name: the highest, two of the city, two of its district, one of another city."""
    return {
        "zhao": actor("Zhao"),
        "wu": actor("Wu", Level.SENIOR, city.path),
        "sun": actor("Sun", Level.MIDDLE, district.path),
        "qian": actor("Qian", Level.ORDINARY, district.path, roles=(Role.REVIEWER,)),
        "chen": actor("Chen", Level.SENIOR, other.path),
        "li": actor("Li", Level.ORDINARY, other.path),
    }


@pytest.fixture
def browse(staff):
    """A browser of one of them."""
    return lambda name: browser_of(staff[name])


@pytest.fixture
def at_noon(pages_at, noon_ms):
    pages_at(noon_ms)


def told(response):
    return response.content.decode()


def account(login):
    return Account.objects.get(login=login)
