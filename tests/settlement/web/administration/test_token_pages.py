"""API tokens on pages: made after the password is said again, shown once, ended, each act on record."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.accounts.api_tokens import MOST_AT_ONCE, NewToken, Scope, acting_by, make_token
from settlement.accounts.audit import Signed
from settlement.models import Account, ApiToken, AuditRecord
from settlement.people_settings import AccountSettings, SecondFactorFrom
from tests.settlement.actors import actor
from tests.settlement.web.administration.conftest import account, told
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PASSWORD = "a horse of correct battery"
NEW = {"name": "Lantern <b>board</b>", "scope": ["read", "review"], "days": "30", "reason": "for the hall"}


@pytest.fixture(scope="module")
def hashed():
    """A password's slow hash, made once."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


@pytest.fixture
def passwords(staff, hashed):
    """Everybody has set a password."""
    Account.objects.update(password=hashed)


@pytest.fixture
def confirmed(passwords, browse):
    """A browser whose person has just said the password again."""

    def _confirmed(name):
        client = browse(name)
        assert client.post("/account/again/", {"password": PASSWORD}).status_code == 302
        return client

    return _confirmed


def token_of(who, noon_ms, name="board"):
    return make_token(
        NewToken(name, frozenset({Scope.READ}), 30), Signed(who, noon_ms), SecondFactorFrom.NOBODY
    )[0]


def test_a_token_is_made_and_its_secret_shown_once(confirmed, noon_ms):
    client = confirmed("qian")
    page = told(client.post("/tokens/made", NEW))
    secret = re.search(r"muster_[\w-]{43}", page)[0]
    who, row = acting_by(secret, noon_ms, SecondFactorFrom.NOBODY)
    assert (who.login, row.name, row.scopes) == ("qian", NEW["name"], ["read", "review"])
    assert row.ends_ms == noon_ms + 30 * 86_400_000
    assert "Lantern &lt;b&gt;board" in page
    listed = told(client.get("/tokens/"))
    assert secret not in listed
    assert "Lantern &lt;b&gt;board" in listed
    record = AuditRecord.objects.get(kind="account", action="enter")
    assert (record.name, record.subject, record.reason) == ("Qian", "qian", "for the hall")


def test_who_logged_in_before_says_the_password_again_first(passwords, browse):
    client = browse("qian")
    assert client.get("/tokens/new")["Location"] == "/account/again/?next=%2Ftokens%2Fnew"
    assert client.post("/tokens/made", NEW)["Location"].startswith("/account/again/")
    assert not ApiToken.objects.exists()


def test_without_the_second_factor_that_the_level_asks_for_there_is_no_page(settings, passwords, browse):
    settings.CENTRE = replace(settings.CENTRE, accounts=AccountSettings())
    client = browse("qian")
    for page in ("/tokens/", "/tokens/new"):
        assert client.get(page)["Location"] == "/account/second-factor/totp/activate/"
    Authenticator.objects.create(user=account("qian"), type="totp", data={})
    assert client.get("/tokens/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": " "}, "has 1 to 40 characters"),
        ({"scope": []}, "is for nothing"),
        ({"scope": ["everything"]}, "is for nothing"),
        ({"days": "367"}, "good for 1 to 366 days"),
        ({"days": "-1"}, "good for 1 to 366 days"),
    ],
)
def test_what_is_wrong_is_told_at_the_form(wrong, why, confirmed):
    assert why in told(confirmed("sun").post("/tokens/made", NEW | wrong, follow=True))
    assert not ApiToken.objects.exists()


def names_on(page):
    return re.findall(r'<th scope="row"><bdi>([^<]+)</bdi>', page)


def test_each_lists_and_ends_the_own_and_those_below(passwords, staff, browse, noon_ms):
    rows = {name: token_of(staff[name], noon_ms, name) for name in ("zhao", "wu", "sun", "qian", "chen")}
    assert names_on(told(browse("zhao").get("/tokens/"))) == ["chen", "qian", "sun", "wu", "zhao"]
    assert names_on(told(browse("sun").get("/tokens/"))) == ["qian", "sun"]
    assert names_on(told(browse("qian").get("/tokens/"))) == ["qian"]
    client = browse("sun")
    for far in (rows["wu"].pk, rows["chen"].pk, 10**6):
        assert client.get(f"/tokens/{far}/ask").status_code == 404
        assert client.post(f"/tokens/{far}/ended", {"reason": "x"}).status_code == 404
    address = f"/tokens/{rows['qian'].pk}"
    assert "can&#x27;t be undone" in told(client.get(f"{address}/ask"))
    assert "reason" in told(client.post(f"{address}/ended", {"reason": " "}, follow=True))
    assert ApiToken.objects.filter(revoked_ms=None).count() == 5
    assert "is good no more" in told(client.post(f"{address}/ended", {"reason": "left"}, follow=True))
    assert ApiToken.objects.get(revoked_ms=noon_ms).pk == rows["qian"].pk
    record = AuditRecord.objects.get(kind="account", action="remove")
    assert (record.name, record.subject, record.reason) == ("Sun", "qian", "left")


def test_it_is_for_whoever_reads_people(passwords, browse, city):
    assert Browser().get("/tokens/")["Location"].startswith("/account/log-in/")
    volunteer = browser_of(actor("Mei", Level.VOLUNTEER, city.path))
    for page in ("/tokens/", "/tokens/new"):
        assert volunteer.get(page).status_code == 403
    assert volunteer.post("/tokens/made", NEW).status_code == 403
    assert 'href="/tokens/"' in told(browse("qian").get("/account/second-factor/"))
    assert 'href="/tokens/"' not in told(volunteer.get("/account/second-factor/"))


def test_page_follows_page_with_as_many_queries(passwords, staff, browse, noon_ms):
    client = browse("qian")
    token_of(staff["qian"], noon_ms, "t0")
    client.get("/tokens/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/tokens/")
    for number in range(1, MOST_AT_ONCE + 2):
        token_of(staff["qian"], noon_ms, f"t{number}")
    with CaptureQueriesContext(connection) as many:
        first = told(client.get("/tokens/"))
    assert len(few) == len(many) <= 12
    following = re.search(r'href="(\?[^"]*)" rel="next"', first)[1]
    seen = names_on(first) + names_on(told(client.get(f"/tokens/{following}")))
    assert seen == [f"t{number}" for number in range(MOST_AT_ONCE + 1, -1, -1)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_readers_language(language, passwords, staff, browse, noon_ms):
    token_of(staff["qian"], noon_ms)
    page = told(browse("qian").get(f"/tokens/?language={language}"))
    assert Words(language).say("scope-read") in page
    assert "page-" not in page
