"""`muster account token`: secrets by which programs act as an account at the API."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre, listing
from muster.commands.options import AS, NUMBER, REASON

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor

_SCOPES = click.Choice(
    ["read", "people", "review", "inbox", "records", "administration", "master_data", "terminals"]
)


@click.group(cls=Group)
def token() -> None:
    """Make tokens by which programs act as the own account (docs/api.md), list and revoke them."""


@token.command("add")
@at_centre
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=_SCOPES,
    multiple=True,
    required=True,
    help="What it is for; repeatable. read: sites and what waits; people: who is missing, volunteers; "
    "review, inbox: decide; records: enter times, objections; administration: accounts, audit;"
    " master_data: organisations, sites; terminals: orders, settings.",
)
@click.option("--days", type=click.IntRange(1), default=90, show_default=True, help="For how many days.")
@AS
def token_add(now_ms: int, name: str, scopes: tuple[str, ...], days: int, by: "Actor") -> None:
    """Make a token NAME for the own account, and show its secret, once.

    It never may more than the account may at the time, and takes what a log-in takes: a password that was
    set and, where the level asks for it, a second factor.

    \b
    muster account token add "city dashboard" --scope read --days 30
    """
    from django.conf import settings

    from settlement.accounts.api_tokens import NewToken, Scope, make_token
    from settlement.accounts.audit import Signed
    from settlement.local_times import local_text

    longest = settings.CENTRE.accounts.longest_token_days
    if days > longest:
        raise click.BadParameter(f"{longest} at most.", param_hint="--days")
    new = NewToken(name, frozenset(map(Scope, scopes)), days)
    row, secret = make_token(new, Signed(by, now_ms), settings.CENTRE.accounts.second_factor_from, longest)
    ends = local_text(row.ends_ms, settings.CENTRE.rules.settlement_tz)
    click.echo(f"Token {row.pk}, {row.name}, until {ends}. It is shown this once:\n{secret}")


@token.command("revoke")
@at_centre
@NUMBER
@REASON
@AS
def token_revoke(now_ms: int, number: int, reason: str, by: "Actor") -> None:
    """Let the token NUMBER be good no more: one of the own account, or of an account below.

    \b
    muster account token revoke 3 --reason "the dashboard is gone"
    """
    from settlement.accounts.api_tokens import revoke_token
    from settlement.accounts.audit import Signed

    row = revoke_token(number, Signed(by, now_ms, reason))
    click.echo(f"The token {row.pk}, {row.name}, is good no more.")


@token.command("list")
@at_centre
@AS
def token_list(now_ms: int, by: "Actor") -> None:
    """List the tokens of the own account and, for who may change accounts, of those in the own branch."""
    from django.conf import settings

    from settlement.accounts.api_tokens import tokens_of
    from settlement.local_times import local_text

    def state(ends_ms: int, revoked_ms: int | None) -> str:
        if revoked_ms is not None:
            return "revoked"
        return "over" if ends_ms <= now_ms else "good"

    zone = settings.CENTRE.rules.settlement_tz
    rows = (
        (row.pk, row.account.login, row.name, ", ".join(row.scopes), local_text(row.ends_ms, zone),
         row.used_on or "–", state(row.ends_ms, row.revoked_ms))
        for row in tokens_of(by)
    )  # fmt: skip
    listing("number, account, name, scopes, ends, used on, state", rows, "There is no token.")
