"""Pages are read by somebody who has logged in, unless a test says otherwise."""

import re

import pytest
from django.test import Client
from msgspec.structs import replace

from settlement import lately
from settlement.models import Account
from settlement.people_settings import AccountSettings, SecondFactorFrom
from tests.settlement.actors import actor


class Browser(Client):
    """One behind the proxy that ends TLS."""

    def generic(self, *args, secure=True, **more):
        return super().generic(*args, secure=True, **more)


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch):
    """What pages hand out as counted a moment ago is counted each time."""
    monkeypatch.setattr(lately, "FRESH_S", 0.0)


@pytest.fixture
def no_second_factor(settings):
    """A centre whose log-in is a password alone."""
    accounts = AccountSettings(second_factor_from=SecondFactorFrom.NOBODY)
    settings.CENTRE = replace(settings.CENTRE, accounts=accounts)


@pytest.fixture
def client(client, no_second_factor, request):
    """Logged in as somebody of the highest level, where there is a database."""
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        client.force_login(Account.objects.get(pk=actor("Zhao").account))
    return client


def browser_of(who):
    """A browser in which that account is logged in."""
    browser = Browser()
    browser.force_login(Account.objects.get(pk=who.account))
    return browser


def text_of(response):
    """The page with its markup, blanks folded."""
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def pages_at(monkeypatch):
    """Lets the pages' clock stand at a moment (UTC milliseconds)."""

    def _pages_at(at_ms):
        clock = type("Standing", (), {"wall_ms": lambda self: at_ms, "mono_ms": lambda self: 0})
        monkeypatch.setattr("settlement.web.frame.open_clock", lambda _: clock())

    return _pages_at
