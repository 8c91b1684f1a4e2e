"""Logging in: by password and one-time code, throttled, in the reader's language; nobody signs up."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import NoReverseMatch, reverse

from foundation.words import LANGUAGES
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Signed, records_of
from settlement.accounts.invitations import invite_login
from settlement.models import Account, Activity, Site
from settlement.organisations.tree import add_organisation
from tests.boot.browser import sent_with_a_form
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser

pytestmark = pytest.mark.django_db

PASSWORD = "a horse of correct battery"
LOG_IN, AGAIN = "/account/log-in/", "/account/again/"
ACTIVATE, FACTOR = "/account/second-factor/totp/activate/", "/account/second-factor/authenticate/"


@pytest.fixture
def client():
    """A browser behind the proxy that ends TLS."""
    return Browser()


@pytest.fixture
def zhao():
    """Somebody with a password."""
    who = actor("Zhao")
    account = Account.objects.get(login="zhao")
    account.set_password(PASSWORD)
    account.save()
    return who


def log_in(client, login="zhao", password=PASSWORD):
    return client.post(LOG_IN, {"login": login, "password": password})


def code_for(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def activate(client):
    """Set the second factor up as the page says, the password given once more; returns the key."""
    assert client.get(ACTIVATE)["Location"].startswith(AGAIN)
    assert client.post(AGAIN, {"password": PASSWORD}).status_code == 302
    secret = re.search(r"<code dir=\"ltr\">([A-Z2-7]+)</code>", client.get(ACTIVATE).content.decode())[1]
    assert client.post(ACTIVATE, {"code": code_for(secret)}).status_code == 302
    return secret


def test_who_reads_a_page_that_names_people_is_asked_to_log_in(client, site):
    answered = client.get("/?site=north")
    assert (answered.status_code, answered["Location"]) == (302, f"{LOG_IN}?next=/%3Fsite%3Dnorth")
    for address in ("/evidence/north-gate/0/1", "/evidence/manual/1"):
        assert client.get(address)["Location"].startswith(LOG_IN)
    assert client.get("/api/board.json").status_code == 401
    for public in ("/certificate/", "/notice/", "/receipt/", "/rules", LOG_IN):
        assert client.get(public).status_code == 200


@pytest.mark.parametrize("origin", ["https://testserver", "http://127.0.0.1:8460"])
def test_the_form_is_taken_as_a_browser_sends_it(origin, zhao):
    scheme, _, host = origin.partition("://")
    browser = Client(enforce_csrf_checks=True, HTTP_HOST=host)
    shown = browser.get(LOG_IN, secure=scheme == "https")
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, "login": "zhao", "password": PASSWORD}
    sent = sent_with_a_form(shown["Referrer-Policy"], f"{origin}{LOG_IN}")
    strange = browser.post(LOG_IN, form, headers={**sent, "Origin": "null"}, secure=scheme == "https")
    assert strange.status_code == 403
    for told in ("load the page again", "请返回并重新载入页面", "ارجع وأعد تحميل الصفحة"):
        assert told in strange.content.decode()
    answered = browser.post(LOG_IN, form, headers=sent, secure=scheme == "https")
    assert (answered.status_code, answered["Location"]) == (302, "/now/")


def test_a_password_and_then_the_second_factor_lead_to_the_board(client, zhao, site):
    answered = log_in(client)
    assert answered["Location"] == "/now/"
    assert client.get("/")["Location"] == ACTIVATE  # its level asks for one
    secret = activate(client)
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    assert "North gate" in client.get("/").content.decode()
    client.logout()
    assert log_in(client)["Location"] == FACTOR
    assert client.get("/")["Location"].startswith(LOG_IN)
    assert b"errorlist" in client.post(FACTOR, {"code": "000000"}).content
    codes = recovery_codes(client, zhao)
    assert client.post(FACTOR, {"code": codes[0]}).status_code == 302
    assert client.get("/").status_code == 200


def recovery_codes(client, zhao):
    """Those that were made with the second factor."""
    account = Account.objects.get(login="zhao")
    return Authenticator.objects.get(user=account, type="recovery_codes").wrap().get_unused_codes()


def test_a_recovery_code_logs_in_once(client, zhao, site):
    log_in(client)
    activate(client)
    codes = recovery_codes(client, zhao)
    assert len(codes) == 10
    client.logout()
    log_in(client)
    client.post(FACTOR, {"code": codes[0]})
    assert client.get("/").status_code == 200
    client.logout()
    log_in(client)
    client.post(FACTOR, {"code": codes[0]})
    assert client.get("/")["Location"].startswith(LOG_IN)


def test_guessing_is_throttled_and_told(client, zhao):
    answers = [log_in(client, password="wrong").content.decode() for _ in range(8)]
    assert "Too many failed login attempts" in answers[-1]
    assert "Too many failed login attempts" in log_in(client).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_its_refusal_speak_the_readers_language(language, client, zhao):
    client.cookies["muster-language"] = language
    page = log_in(client, password="wrong").content.decode()
    assert f'lang="{language}"' in page
    refused = {"en": "not correct", "zh-Hans": "密码", "ar": "كلم"}
    assert refused[language] in page


def test_who_has_ended_or_was_never_there_does_not_get_in(client, zhao):
    actor("Top")
    end_account("zhao", Signed(actor("Top"), 5))
    assert log_in(client).status_code == 200
    assert log_in(client, "nobody").status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_session_ends_with_its_account(client, zhao, site, no_second_factor):
    log_in(client)
    assert client.get("/").status_code == 200
    end_account("zhao", Signed(actor("Top"), 5))
    assert client.get("/")["Location"].startswith(LOG_IN)


def test_sessions_end_and_their_cookies_are_not_for_scripts(client, zhao, settings):
    log_in(client)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
    assert client.session.get_expire_at_browser_close()


def test_nobody_signs_up_or_resets_a_password_by_mail(client):
    for name in ("account_signup", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_an_invitation_is_taken_up_at_its_page(client, zhao):
    secret = invite_login("zhao", 7, Signed(zhao, 0))
    address = f"/invitation/{secret}"
    client.get(address)
    # The page goes by the centre's own clock: this invitation of 1970 is over.
    assert client.get(address).status_code == 404


def test_a_fresh_invitation_sets_the_password_once(client, zhao, settings, tmp_path):
    from foundation.clock import open_clock

    secret = invite_login("zhao", 7, Signed(zhao, open_clock(None).wall_ms()))
    address = f"/invitation/{secret}"
    assert "Zhao" in client.get(address).content.decode()
    differ = client.post(address, {"password": "another horse here", "again": "x"}).content.decode()
    assert "not the same" in differ
    weak = client.post(address, {"password": "short", "again": "short"}).content.decode()
    assert "can&#x27;t be taken" in weak
    taken = client.post(address, {"password": "another horse here", "again": "another horse here"})
    assert taken["Location"] == LOG_IN
    assert client.get(address).status_code == 404
    assert log_in(client, password="another horse here")["Location"] == "/now/"


def test_each_sees_the_sites_of_the_own_branch_alone(client, no_second_factor, site):
    city, beside = add_organisation("City"), add_organisation("Beside")
    site.organisation = city
    site.save()
    south = Site.objects.create(code="south", name="South gate", zone="UTC", organisation=beside)
    Activity.objects.create(id="choir", site=south, title="Choir", organisation=beside)
    here = actor("Sun", Level.ORDINARY, city.path)
    client.force_login(Account.objects.get(pk=here.account))
    page = client.get("/").content.decode()
    assert "North gate" in page
    assert "South gate" not in page
    assert client.get("/?site=south").status_code == 404
    (look,) = records_of("site", f"north {site_day(page)}")
    assert (look.name, look.action) == ("Sun", "look")
    client.get("/")
    assert records_of("site", f"north {site_day(page)}").count() == 1
    volunteer = actor("Wei", Level.VOLUNTEER, city.path)
    client.force_login(Account.objects.get(pk=volunteer.account))
    refused = client.get("/")
    assert refused.status_code == 403
    assert "your account may not read that" in refused.content.decode()
    inspector = actor("Qi", Level.VOLUNTEER, city.path, [Role.INSPECTOR])
    client.force_login(Account.objects.get(pk=inspector.account))
    assert client.get("/").status_code == 200


def site_day(page):
    return re.search(r'<time datetime="(\d{4}-\d\d-\d\d)"', page)[1]


def test_who_only_has_an_activity_at_a_site_sees_that_activity(
    client, no_second_factor, site, fair, market, serve, mei
):
    """Others' people at the same site are theirs, and whoever runs the site sees them all."""
    owner, guest = add_organisation("Owner"), add_organisation("Guest")
    Site.objects.update(organisation=owner)
    Activity.objects.filter(pk="fair").update(organisation=owner)
    Activity.objects.filter(pk="market").update(organisation=guest)
    serve()
    board = "/api/board.json?site=north&date=2026-03-07"
    for node, seen in ((guest, []), (owner, [1001])):
        reader = actor(node.name, Level.ORDINARY, node.path)
        client.force_login(Account.objects.get(pk=reader.account))
        told = client.get(board).json()
        assert [line["volunteer"] for line in told["lines"]] == seen
        client.logout()
