"""A log-in that ends in the middle of a form: what was typed is kept, and goes on once somebody is back."""

import re

import pytest
from django.test import Client

from settlement.accounts.actor import Level
from settlement.models import Account, ManualRecord, Membership
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db
SHEET = "/sheets/of/fair/"
TYPED = {"day": "2026-03-07", "reason": 'no "power"', "form": "f1", "number-1": "1001", "came-1": "09:00"}
ORIGIN = {"Origin": "https://testserver", "Referer": f"https://testserver{SHEET}"}


@pytest.fixture
def browser(mei, city, ended_fair, pages_at, evening_ms, no_second_factor):
    """One that sends what browsers send, token and all, logged in as somebody who may enter times."""
    pages_at(evening_ms)
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(Account.objects.get(pk=actor("Lin", Level.ORDINARY, city.path).account))
    return strict


def send(browser, page, **more):
    """Send the form of a page as a browser does: what it holds, and what somebody typed into it."""
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))
    given = {name: value.replace("&quot;", '"') for name, value in held.items()} | more
    return browser.post(SHEET, given, secure=True, headers=ORIGIN)


@pytest.mark.parametrize("lost", [["sessionid"], ["sessionid", "csrftoken"]])
def test_what_was_typed_is_kept_and_taken_after_the_next_log_in(lost, browser):
    form = browser.get(SHEET, secure=True)
    who = Account.objects.get(login="lin")
    for name in lost:
        del browser.cookies[name]
    refused = send(browser, form, **TYPED)
    assert refused.status_code == 403
    assert "You are not logged in any more" in refused.content.decode()
    assert not ManualRecord.objects.exists()
    browser.force_login(who)
    again = send(browser, refused)
    while again.status_code == 403:  # the log-in gave the browser another token
        assert 'name="came-1" value="09:00"' in again.content.decode()
        again = send(browser, again)
    assert again.status_code == 302
    assert ManualRecord.objects.get().reason == TYPED["reason"]


def test_a_form_from_elsewhere_is_not_offered_once_more(browser):
    headers = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/"}
    refused = browser.post(SHEET, TYPED, secure=True, headers=headers)
    assert refused.status_code == 403
    assert "09:00" not in refused.content.decode()


def test_a_password_stands_on_no_such_page(browser):
    refused = browser.post(
        "/account/log-in/", {"login": "lin", "password": "secret!"}, secure=True, headers=ORIGIN
    )
    assert refused.status_code == 403
    assert "secret!" not in refused.content.decode()
