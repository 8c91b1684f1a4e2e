"""Every address, by everybody who has no business there: nothing is read or written, and nothing breaks."""

import itertools
import re

import pytest
from django.apps import apps
from django.urls import URLResolver, get_resolver

from settlement.accounts.actor import Level, Role
from settlement.models import Activity, Chain, LedgerEntry, RatingLink, Site, Volunteer
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
HIDDEN = ("Hiddenperson", "Hiddensite", "Hiddenactivity", "Hiddenbranch")
PUBLIC = (
    "account/",
    "certificate/",
    "notice/",
    "rules",
    "static/",
    "invitation/",
    "rating/",
    "receipt/",
    "api/",
)
"""What needs no log-in: each has tests of its own, and the API asks for a token."""
OWN = {"/mine/naming", "/reports/notice/publish", "/reports/indicators/make"}
"""What changes something of whoever asks."""
OWN_TABLES = {"AuditRecord", "Session", "LogEntry"}
"""Where it is noted that somebody asked, or logged in."""


@pytest.fixture
def hidden(mei, ended_fair, terminal, serve, site):
    """A line of a branch that nobody of these tests reaches, and what stands in addresses for it."""
    branch = add_organisation("Hiddenbranch")
    Site.objects.update(name=HIDDEN[1], organisation=branch)
    Activity.objects.update(title=HIDDEN[2], organisation=branch)
    Volunteer.objects.update(display_name=HIDDEN[0])
    actor("Hilda", Level.SENIOR, branch.path)
    serve()
    chain = Chain.objects.get()
    link = RatingLink.objects.create(
        volunteer_id=1001, activity_id="fair", role="recipient", digest="d", asked_ms=0, ends_ms=2**53
    )
    return {
        "site": ["north"],
        "activity": ["fair"],
        "number": [1, 1001],
        "entry": [LedgerEntry.objects.get().pk],
        "terminal": [chain.terminal_id],
        "epoch": [chain.epoch],
        "seq": [2],
        "kind": ["objections", "indicators"],
        "day": ["2026-03-07"],
        "form": ["csv"],
        "deed": ["rename"],
        "what": ["end"],
        "held": ["nobody"],
        "delivery": [1],
        "message": ["9c" * 16],
        "path": [branch.path],
        "link": [link.pk],
    }


@pytest.fixture
def outsider(no_second_factor):
    """Somebody who may everything, in another branch."""
    return browser_of(actor("Olga", Level.SENIOR, add_organisation("Other").path, list(Role)))


@pytest.fixture
def volunteer(no_second_factor, db):
    """A volunteer of another branch, with a record of their own."""
    Volunteer.objects.create(number=7, display_name="Seven")
    return browser_of(actor("7", Level.VOLUNTEER, add_organisation("Third").path))


def test_nobody_reads_without_having_logged_in(hidden):
    browser, told = Browser(), {}
    for address in addresses(hidden):
        answer = browser.get(address)
        shown = answer.status_code == 200 or answer.status_code >= 500
        leads_elsewhere = answer.status_code == 302 and not answer.url.startswith("/account/log-in/")
        if shown or leads_elsewhere:
            told[address] = answer.status_code
    assert told == {}


@pytest.mark.parametrize("who", ["outsider", "volunteer"])
def test_nobody_reads_what_is_beyond_the_own_reach(who, hidden, request):
    browser, told = request.getfixturevalue(who), {}
    for address in addresses(hidden):
        answer = browser.get(address)
        text = b"".join(answer).decode(errors="replace") if answer.streaming else answer.content.decode()
        words = [word for word in HIDDEN if word in text]
        if words or answer.status_code == 500:
            told[address] = answer.status_code, words
    assert told == {}


@pytest.mark.parametrize("who", [None, "outsider", "volunteer"])
def test_nobody_changes_what_is_beyond_the_own_reach(who, hidden, request):
    browser = request.getfixturevalue(who) if who else Browser()
    before, broken = tables(), {}
    given = {"note": "n", "reason": "r", "entries": hidden["entry"], "answer": "a"}
    for address in set(addresses(hidden)) - OWN:
        answer = browser.post(address, given)
        if answer.status_code >= 500:
            broken[address] = answer.status_code
    assert broken == {}
    assert tables() == before


def tables():
    """Every row of the centre, but of those tables that note that somebody asked."""
    models = [model for model in apps.get_models() if model.__name__ not in OWN_TABLES]
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}


def addresses(hidden, patterns=None, before=""):
    """Each address with what stands for the hidden branch in it; an unknown parameter fails."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(hidden, pattern.url_patterns, route)
        elif not route.startswith(PUBLIC):
            names = PARAMETER.findall(route)
            for values in itertools.product(*(hidden[name] for name in names)):
                filled = iter(values)
                yield "/" + PARAMETER.sub(lambda _, filled=filled: str(next(filled)), route)
