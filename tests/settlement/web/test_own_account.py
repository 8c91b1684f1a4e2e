"""The pages of the own account: second factor, recovery codes, password, log-out; in each language."""

import pytest

from foundation.words import LANGUAGES, Words
from tests.settlement.web.test_log_in import AGAIN, PASSWORD, activate, client, log_in, zhao  # noqa: F401

pytestmark = pytest.mark.django_db
ACCOUNT = "/account/second-factor/"
PAGES = {
    ACCOUNT: "mfa_index",
    f"{ACCOUNT}recovery-codes/": "mfa_view_recovery_codes",
    f"{ACCOUNT}recovery-codes/generate/": "mfa_generate_recovery_codes",
    f"{ACCOUNT}totp/deactivate/": "mfa_deactivate_totp",
    f"{ACCOUNT}reauthenticate/": "mfa_reauthenticate",
    "/account/password/": "account_change_password",
    "/account/log-out/": "account_logout",
    "/account/inactive/": "account_inactive",
    AGAIN: "account_reauthenticate",
}


@pytest.fixture
def at_home(client, zhao):  # noqa: F811
    """Logged in with a second factor just set up."""
    log_in(client)
    activate(client)
    return client


def test_each_page_of_the_own_account_is_there_in_each_language(at_home):
    for address, heading in PAGES.items():
        for language in LANGUAGES:
            page = at_home.get(f"{address}?language={language}")
            assert page.status_code == 200, address
            assert Words(language).say(f"page-{heading}") in page.content.decode(), (address, language)


def test_recovery_codes_are_made_anew_downloaded_and_the_second_factor_ended(at_home):
    first = at_home.get(f"{ACCOUNT}recovery-codes/download/").content
    at_home.post(f"{ACCOUNT}recovery-codes/generate/")
    second = at_home.get(f"{ACCOUNT}recovery-codes/download/").content
    assert len(first.split()) == len(second.split()) > 5
    assert first != second
    assert at_home.post(f"{ACCOUNT}totp/deactivate/").status_code == 302
    assert at_home.get("/now/")["Location"] == "/account/second-factor/totp/activate/"


def test_a_changed_password_is_the_only_one_from_then_on(at_home):
    new = "another horse of a better battery"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert at_home.post("/account/password/", given).status_code == 302
    at_home.post("/account/log-out/")
    assert at_home.get("/now/")["Location"].startswith("/account/log-in/")
    assert log_in(at_home).status_code == 200
    assert log_in(at_home, password=new).status_code == 302
