"""Tokens are made by who could log in, told once, kept as hashes, and revoked; all of it is on record."""

import hashlib

import pytest
from allauth.mfa.models import Authenticator

from foundation.errors import RulesError
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level
from settlement.accounts.api_tokens import (
    NewToken,
    Scope,
    acting_by,
    make_token,
    revoke_token,
    tokens_of,
)
from settlement.accounts.audit import Action, Kind, Signed, records_of
from settlement.models import Account, ApiToken, AuditValues
from settlement.organisations.tree import add_organisation
from settlement.people_settings import SecondFactorFrom
from settlement.troubles import AccountTrouble, ApiTrouble
from tests.settlement.actors import actor
from tests.settlement.api.conftest import with_password

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000
NOBODY = SecondFactorFrom.NOBODY
SHOP = NewToken("shop", frozenset({Scope.READ}), 30)


@pytest.fixture
def zhao(db):
    who = actor("Zhao")
    with_password(who)
    return who


def refused(code, call, *given):
    with pytest.raises(RulesError) as error:
        call(*given)
    assert error.value.code == code


def test_only_a_hash_is_kept(zhao):
    row, secret = make_token(SHOP, Signed(zhao, 0), NOBODY)
    kept = str([*ApiToken.objects.values(), *AuditValues.objects.values()])
    assert secret.startswith("muster_")
    assert secret not in kept
    assert hashlib.sha256(secret.encode()).hexdigest() in kept
    assert (row.ends_ms, row.scopes) == (30 * DAY_MS, ["read"])


def test_it_acts_as_its_account_until_its_time_is_over(zhao):
    _, secret = make_token(SHOP, Signed(zhao, 0), NOBODY)
    who, _ = acting_by(secret, 30 * DAY_MS - 1, NOBODY)
    assert who == zhao
    refused(ApiTrouble.TOKEN_OVER, acting_by, secret, 30 * DAY_MS, NOBODY)
    refused(ApiTrouble.TOKEN_UNKNOWN, acting_by, secret + "x", 0, NOBODY)
    refused(ApiTrouble.TOKEN_UNKNOWN, acting_by, "\ud800", 0, NOBODY)


def test_making_one_takes_what_a_log_in_takes(db):
    who = actor("Sun")
    refused(ApiTrouble.NEVER_LOGGED_IN, make_token, SHOP, Signed(who, 0), NOBODY)
    account = with_password(who)
    always = SecondFactorFrom.ORDINARY
    refused(ApiTrouble.NO_SECOND_FACTOR, make_token, SHOP, Signed(who, 0), always)
    assert not ApiToken.objects.exists()
    factor = Authenticator.objects.create(user=account, type="totp", data={})
    _, secret = make_token(SHOP, Signed(who, 0), always)
    assert acting_by(secret, 0, always)[0] == who
    factor.delete()
    refused(ApiTrouble.NO_SECOND_FACTOR, acting_by, secret, 0, always)
    assert acting_by(secret, 0, NOBODY)[0] == who


def test_nobody_makes_one_who_may_read_nothing(mei):
    city = add_organisation("City")
    volunteer = actor("1001", Level.VOLUNTEER, city.path)
    with_password(volunteer)
    refused(AccountTrouble.NOT_ALLOWED, make_token, SHOP, Signed(volunteer, 0), NOBODY)
    refused(AccountTrouble.NOBODY_ACTS, make_token, SHOP, Signed(None, 0), NOBODY)


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\x00b", "\ue863"])
def test_a_name_can_be_read(name, zhao):
    refused(ApiTrouble.BAD_TOKEN_NAME, make_token, NewToken(name, SHOP.scopes, 1), Signed(zhao, 0), NOBODY)


def test_a_name_is_free_again_once_its_token_is_good_no_more(zhao):
    first, _ = make_token(SHOP, Signed(zhao, 0), NOBODY)
    refused(ApiTrouble.TOKEN_NAME_TAKEN, make_token, SHOP, Signed(zhao, 1), NOBODY)
    revoke_token(first.pk, Signed(zhao, 2, "lost"))
    make_token(SHOP, Signed(zhao, 3), NOBODY)
    make_token(SHOP, Signed(zhao, 31 * DAY_MS), NOBODY)


def test_making_and_revoking_are_on_record_once(zhao):
    row, secret = make_token(SHOP, Signed(zhao, 5), NOBODY)
    revoke_token(row.pk, Signed(zhao, 6, "lost"))
    revoke_token(row.pk, Signed(zhao, 7, "lost"))
    refused(ApiTrouble.TOKEN_OVER, acting_by, secret, 8, NOBODY)
    assert ApiToken.objects.get().revoked_ms == 6
    records = records_of(Kind.ACCOUNT, "zhao")
    assert [(one.action, one.reason, one.at_ms) for one in records] == [
        (Action.REMOVE, "lost", 6),
        (Action.ENTER, "", 5),
    ]
    assert records.last().values.after == {"token": "shop", "scopes": ["read"], "ends_ms": row.ends_ms}


def test_it_is_revoked_by_its_own_person_or_from_above(zhao):
    city, other = add_organisation("City"), add_organisation("Other city")
    owner = actor("Sun", Level.MIDDLE, city.path)
    with_password(owner)
    row, secret = make_token(SHOP, Signed(owner, 0), NOBODY)
    outsider, peer = actor("Chen", Level.SENIOR, other.path), actor("Wu", Level.MIDDLE, city.path)
    refused(AccountTrouble.OUT_OF_REACH, revoke_token, row.pk, Signed(outsider, 1, "x"))
    refused(AccountTrouble.NOT_BELOW_OWN, revoke_token, row.pk, Signed(peer, 1, "x"))
    refused(ApiTrouble.UNKNOWN_TOKEN, revoke_token, row.pk + 1, Signed(zhao, 1, "x"))
    assert acting_by(secret, 1, NOBODY)[0] == owner
    revoke_token(row.pk, Signed(actor("Li", Level.SENIOR, city.path), 1, "x"))
    refused(ApiTrouble.TOKEN_OVER, acting_by, secret, 1, NOBODY)


def test_each_lists_the_own_and_who_changes_accounts_those_of_the_own_branch(zhao):
    city, other = add_organisation("City"), add_organisation("Other city")
    people = {
        "Zhao": zhao,
        "Sun": actor("Sun", Level.ORDINARY, city.path),
        "Wu": actor("Wu", Level.ORDINARY, city.path),
        "Li": actor("Li", Level.MIDDLE, city.path),
        "Chen": actor("Chen", Level.MIDDLE, other.path),
    }
    for who in people.values():
        with_password(who)
        make_token(SHOP, Signed(who, 0), NOBODY)
    listed = {name: {row.account.real_name for row in tokens_of(who)} for name, who in people.items()}
    assert listed == {
        "Zhao": {"Zhao", "Sun", "Wu", "Li", "Chen"},
        "Sun": {"Sun"},
        "Wu": {"Wu"},
        "Li": {"Li", "Sun", "Wu"},
        "Chen": {"Chen"},
    }


def test_it_has_the_rights_that_its_account_has_now(zhao):
    city = add_organisation("City")
    who = actor("Sun", Level.SENIOR, city.path)
    account = with_password(who)
    _, secret = make_token(SHOP, Signed(who, 0), NOBODY)
    Account.objects.filter(pk=account.pk).update(level="volunteer")
    assert acting_by(secret, 1, NOBODY)[0].level is Level.VOLUNTEER
    end_account("sun", Signed(zhao, 2))
    refused(AccountTrouble.ACCOUNT_ENDED, acting_by, secret, 3, NOBODY)
