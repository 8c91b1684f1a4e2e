"""Tokens by which programs act as an account: made and revoked by people, told once, kept as a hash.

A token never does more than its account may at the time of the call, and only what its scopes name.
"""

import datetime as dt
import hashlib
import secrets
from enum import StrEnum

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from msgspec import Struct

from foundation.errors import RulesError
from foundation.person_name import stranger_in, tidied
from settlement.accounts.accounts import account_to_invite, actor_in, actor_of
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may, may
from settlement.accounts.second_factor import (
    has_second_factor,
    lacks_second_factor,
    needs_second_factor,
)
from settlement.models import Account, ApiAnswer, ApiToken
from settlement.organisations.tree import subtree
from settlement.people_settings import SecondFactorFrom
from settlement.troubles import AccountTrouble, ApiTrouble

LONGEST_NAME = 40
MOST_AT_ONCE = 50
"""Tokens of one page."""
_DAY_MS = 86_400_000
_MARK = "muster_"
"""What a secret begins with, by which those who search code for secrets find it."""


class Scope(StrEnum):
    """What a token is for; writing does not include reading."""

    READ = "read"  # sites, what waits in the review and in the inbox
    PEOPLE = "people"  # who is missing, volunteers and their files
    REVIEW = "review"  # decide on hours
    INBOX = "inbox"  # decide on what waits in the inbox
    RECORDS = "records"  # enter times by hand, take objections down
    ADMINISTRATION = "administration"  # accounts and the audit
    MASTER_DATA = "master_data"  # enter and change organisations and sites
    TERMINALS = "terminals"  # ask terminals to do something, give several settings


class NewToken(Struct, frozen=True):
    """A token to be made: what people call it, what it is for, and for how many days."""

    name: str
    scopes: frozenset[Scope]
    days: int


def make_token(
    new: NewToken, signed: Signed, second_factor_from: SecondFactorFrom, longest_days: int | None = None
) -> tuple[ApiToken, str]:
    """Make a token for the account that signs, and the secret, which nobody is told again.

    It takes what a log-in takes: a password that was set, and the second factor where the level asks for it.
    Raises RulesError: NOBODY_ACTS, NOT_ALLOWED for who may not read personal data, NEVER_LOGGED_IN,
    NO_SECOND_FACTOR, BAD_TOKEN_NAME, TOKEN_NAME_TAKEN, TOKEN_FOR_NOTHING, BAD_TOKEN_DAYS.
    """
    by = actor_in(signed)
    check_may(by, Deed.READ_PEOPLE)
    name = tidied(new.name)
    if not name or len(name) > LONGEST_NAME or stranger_in(new.name):
        raise RulesError(ApiTrouble.BAD_TOKEN_NAME, most=LONGEST_NAME)
    if not new.scopes:
        raise RulesError(ApiTrouble.TOKEN_FOR_NOTHING)
    if longest_days is not None and not 1 <= new.days <= longest_days:
        raise RulesError(ApiTrouble.BAD_TOKEN_DAYS, most=longest_days)
    secret = _MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        # Of one account's tokens one is made at a time: two would not see each other's names.
        account = Account.objects.select_for_update(no_key=True).get(pk=by.account)
        check_could_log_in(account, by, second_factor_from)
        alive = ApiToken.objects.filter(account=account, revoked_ms=None, ends_ms__gt=signed.now_ms)
        if alive.filter(name=name).exists():
            raise RulesError(ApiTrouble.TOKEN_NAME_TAKEN, name=name)
        row = ApiToken.objects.create(
            account=account,
            name=name,
            digest=_digest(secret),
            scopes=sorted(new.scopes),
            made_ms=signed.now_ms,
            ends_ms=signed.now_ms + new.days * _DAY_MS,
        )
        note(Action.ENTER, Kind.ACCOUNT, account.login, signed, after=_values(row))
    return row, secret


def check_could_log_in(account: Account, by: Actor, second_factor_from: SecondFactorFrom) -> None:
    """Raise RulesError NEVER_LOGGED_IN, NO_SECOND_FACTOR for an account that lacks what a log-in takes."""
    if not account.password or not account.has_usable_password():
        raise RulesError(ApiTrouble.NEVER_LOGGED_IN, login=by.login)
    if lacks_second_factor(account, by, second_factor_from):
        raise RulesError(ApiTrouble.NO_SECOND_FACTOR, login=by.login)


def revoke_token(number: int, signed: Signed) -> ApiToken:
    """Let a token be good no more: one of the own account, or of one below.

    Raises RulesError UNKNOWN_TOKEN, and as `change_account` does.
    """
    with transaction.atomic():
        row = ApiToken.objects.select_related("account").filter(pk=number).first()
        if row is None:
            raise RulesError(ApiTrouble.UNKNOWN_TOKEN, number=number)
        account_to_invite(row.account.login, signed)
        if ApiToken.objects.filter(pk=number, revoked_ms=None).update(revoked_ms=signed.now_ms):
            note(Action.REMOVE, Kind.ACCOUNT, row.account.login, signed, before=_values(row))
        row.refresh_from_db(fields=["revoked_ms"])
    return row


def tokens_of(by: Actor) -> QuerySet[ApiToken]:
    """The tokens of the own account and, for who may change accounts, of those in the own branch."""
    wanted = Q(account=by.account)
    if may(by, Deed.CHANGE_ACCOUNTS):
        wanted = wanted | subtree(by.node, "account__organisation__path") if by.node else Q()
    return ApiToken.objects.filter(wanted).select_related("account").order_by("account__login", "pk")


def tokens_page(by: Actor, before: int = 0) -> tuple[list[ApiToken], bool]:
    """A page of `tokens_of`, the newest first, and whether older ones follow; `before` ended the last one."""
    rows = tokens_of(by).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: MOST_AT_ONCE + 1])
    return found[:MOST_AT_ONCE], len(found) > MOST_AT_ONCE


def token_among(by: Actor, number: int) -> ApiToken | None:
    """The token of that number among `tokens_of`."""
    return tokens_of(by).filter(pk=number).first()


def acting_by(secret: str, now_ms: int, second_factor_from: SecondFactorFrom) -> tuple[Actor, ApiToken]:
    """Whom a secret lets a program act as, with the rights that the account has now.

    Raises RulesError: TOKEN_UNKNOWN, TOKEN_OVER, ACCOUNT_ENDED, NO_SECOND_FACTOR.
    """
    rows = ApiToken.objects.select_related("account__organisation").filter(digest=_digest(secret))
    found = rows.annotate(has_second_factor=has_second_factor("account")).first()
    if found is None:
        raise RulesError(ApiTrouble.TOKEN_UNKNOWN)
    if found.revoked_ms is not None or found.ends_ms <= now_ms:
        raise RulesError(ApiTrouble.TOKEN_OVER, name=found.name)
    if found.account.ended_ms is not None:
        raise RulesError(AccountTrouble.ACCOUNT_ENDED, login=found.account.login)
    actor = actor_of(found.account)
    if needs_second_factor(actor, second_factor_from) and not found.has_second_factor:
        raise RulesError(ApiTrouble.NO_SECOND_FACTOR, login=actor.login)
    return actor, found


def check_scope(token: ApiToken, scope: Scope) -> None:
    """Raise RulesError TOKEN_WITHOUT_SCOPE where the token is not for that."""
    if scope not in token.scopes:
        raise RulesError(ApiTrouble.TOKEN_WITHOUT_SCOPE, scope=scope)


def count_call(token: ApiToken, machine_s: int, most: int) -> int:
    """Count a call in its minute, and the token's day; how many seconds to wait where it is one too many.

    One statement on the token's own row: exact whichever processes serve, and cheaper than a cache in the
    database, which takes six and loses counts between two processes.
    """
    minute = machine_s // 60
    today = dt.datetime.fromtimestamp(machine_s, dt.UTC).date()
    in_minute = Case(When(minute=minute, then=F("calls") + 1), default=Value(1))
    allowed = ApiToken.objects.filter(~Q(minute=minute) | Q(calls__lt=most), pk=token.pk)
    counted = allowed.update(minute=minute, calls=in_minute, used_on=today)
    return 0 if counted else 60 - machine_s % 60


def forget_answers(now_ms: int) -> None:
    """Take away what was answered to writing calls longer than a day ago: their keys are free again."""
    ApiAnswer.objects.filter(at_ms__lte=now_ms - _DAY_MS).delete()


def _values(row: ApiToken) -> dict[str, object]:
    return {"token": row.name, "scopes": list(row.scopes), "ends_ms": row.ends_ms}


def _digest(secret: str) -> str:
    # As random as a key: nothing is gained by a slow hash.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
