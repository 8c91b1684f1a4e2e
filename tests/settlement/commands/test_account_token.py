"""`muster account token`: made for the own account, shown once, listed, and revoked."""

import re

import pytest

from settlement.accounts.api_tokens import Scope
from settlement.models import Account, ApiToken
from settlement.people_settings import SecondFactorFrom


@pytest.fixture
def logged_in(muster, settings):
    """Zhao and Qian have set a password; nobody needs a second factor."""
    from msgspec.structs import replace

    accounts = replace(settings.CENTRE.accounts, second_factor_from=SecondFactorFrom.NOBODY)
    settings.CENTRE = replace(settings.CENTRE, accounts=accounts)
    Account.objects.filter(login__in=("zhao", "qian")).update(password="argon2$set")


def add(muster, *more, **given):
    return muster("account", "token", "add", "city dashboard", "--scope", "read", *more, **given)


def test_it_is_made_shown_once_listed_and_revoked(muster, logged_in):
    told = add(muster, "--scope", "review", "--days", "30")
    assert "until 2026-04-06 23:00:00" in told
    (secret,) = re.findall("^muster_.{43}$", told, re.MULTILINE)
    listed = muster("account", "token", "list")
    assert secret not in listed
    row = ApiToken.objects.get()
    assert re.search(rf"{row.pk} +zhao +city dashboard +read, review +2026-04-06 23:00:00 +– +good", listed)
    assert "is good no more" in muster("account", "token", "revoke", row.pk, "--reason", "gone")
    assert "revoked" in muster("account", "token", "list")


def test_it_is_made_for_the_own_account(muster, logged_in):
    add(muster, "--as", "qian")
    assert ApiToken.objects.get().account.login == "qian"


def test_what_a_log_in_lacks_a_token_lacks(muster, settings):
    assert "has no password yet" in add(muster, status=1)
    Account.objects.filter(login="zhao").update(password="argon2$set")
    assert "has no second factor" in add(muster, status=1)


def test_it_is_made_for_some_days_and_not_for_ever(muster, logged_in):
    assert "366 at most" in add(muster, "--days", "367", status=2)
    assert "0 is not in the range" in add(muster, "--days", "0", status=2)
    add(muster, "--days", "366")


def test_a_token_is_for_something(muster, logged_in):
    assert "--scope" in muster("account", "token", "add", "x", status=2)


def test_there_may_be_none(muster):
    assert muster("account", "token", "list") == "There is no token.\n"


def test_every_scope_may_be_chosen():
    from muster.commands.people.account_token import token

    (scope,) = (one for one in token.commands["add"].params if one.name == "scopes")
    assert list(scope.type.choices) == list(Scope)
