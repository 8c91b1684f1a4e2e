"""Who has an account, page by page: level, place, second factor and last log-in."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from msgspec import Meta, Struct

from settlement.accounts.actor import Actor, Level
from settlement.look_up import storable
from settlement.models import Account, Invitation

MOST_AT_ONCE = 50
"""Accounts of one page."""


class Kept(StrEnum):
    """Which accounts are wanted: of those who work for organisations, of volunteers, or those that ended."""

    STAFF = "staff"
    VOLUNTEERS = "volunteers"
    ENDED = "ended"


class WantedAccounts(Struct, frozen=True):
    """A filter; `text` is a part of a login or name, `after` the last login before the page."""

    kept: Kept = Kept.STAFF
    text: Annotated[str, Meta(max_length=80)] = ""
    after: Annotated[str, Meta(max_length=40)] = ""


class AccountRow(Struct, frozen=True):
    """One account. `invited_until_ms` is of an invitation that nobody used yet, None where there is none."""

    number: int
    login: str
    name: str
    level: str
    roles: tuple[str, ...]
    path: str
    organisation: str
    volunteer: int | None
    created_ms: int
    ended_ms: int | None
    last_log_in_ms: int | None
    has_second_factor: bool
    has_password: bool
    invited_until_ms: int | None


def accounts_page(reached: QuerySet[Account], wanted: WantedAccounts) -> tuple[list[AccountRow], bool]:
    """A page of the accounts that are reached, by login, and whether others follow."""
    rows = reached.filter(ended_ms__isnull=wanted.kept is not Kept.ENDED)
    if wanted.kept is Kept.STAFF:
        rows = rows.exclude(level=Level.VOLUNTEER, roles=[])
    elif wanted.kept is Kept.VOLUNTEERS:
        rows = rows.filter(level=Level.VOLUNTEER)
    text = storable(wanted.text.strip())
    if text:
        rows = rows.filter(Q(login__icontains=text) | Q(real_name__icontains=text))
    if wanted.after:
        rows = rows.filter(login__gt=storable(wanted.after))
    found = list(rows.select_related("organisation").order_by("login")[: MOST_AT_ONCE + 1])
    return _told(found[:MOST_AT_ONCE]), len(found) > MOST_AT_ONCE


def account_row(reached: QuerySet[Account], number: int) -> AccountRow | None:
    """One account of those that are reached; None where there is none of that number."""
    told = _told(list(reached.filter(pk=number).select_related("organisation")))
    return told[0] if told else None


def levels_to_give(by: Actor) -> list[Level]:
    """The levels that somebody may give others: those below the own one, and the highest all."""
    return [level for level in Level if by.is_above(level) or by.level is Level.SUPER]


def _told(rows: list[Account]) -> list[AccountRow]:
    numbers = [row.pk for row in rows]
    factors = Authenticator.objects.filter(user__in=numbers, type=Authenticator.Type.TOTP)
    protected = set(factors.values_list("user_id", flat=True))
    invited = dict(
        Invitation.objects.filter(account__in=numbers, used_ms=None).values_list("account_id", "ends_ms")
    )
    return [_one(row, invited.get(row.pk), has_second_factor=row.pk in protected) for row in rows]


def _one(row: Account, invited_until_ms: int | None, *, has_second_factor: bool) -> AccountRow:
    return AccountRow(
        number=row.pk,
        login=row.login,
        name=row.real_name,
        level=row.level,
        roles=tuple(row.roles),
        path=row.organisation.path if row.organisation else "",
        organisation=row.organisation.name if row.organisation else "",
        volunteer=row.volunteer_id,
        created_ms=row.created_ms,
        ended_ms=row.ended_ms,
        last_log_in_ms=_ms(row.last_login),
        has_second_factor=has_second_factor,
        has_password=row.has_usable_password(),
        invited_until_ms=invited_until_ms,
    )


def _ms(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp()) * 1000
