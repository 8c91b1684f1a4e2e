"""`muster account`: who may act at the centre, on the tree of organisations."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from muster.commands.group import Command, Group, settings_file
from muster.commands.opening import actor, at_centre, centre_now, listing
from muster.commands.options import AS, REASON, VOLUNTEER_NUMBER
from muster.commands.people.account_token import token

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor

_LEVELS = click.Choice(["super", "senior", "middle", "ordinary", "volunteer"])
_ROLES = click.Choice(["reviewer", "liaison", "inspector", "supervisor"])
_LOGIN = click.argument("login")
_PLACE = click.option("--organisation", help="Path of the organisation at and below which it acts.")


@click.group(cls=Group)
def account() -> None:
    """Make accounts of real people, invite them, change and end them, and see who has one."""


account.add_command(token)


@account.command("add")
@settings_file("settlement.toml")
@_LOGIN
@click.option("--name", required=True, help="The person's real name.")
@click.option("--level", type=_LEVELS, required=True, help="What the account may do.")
@_PLACE
@click.option("--role", "roles", type=_ROLES, multiple=True, help="A role beside the level; repeatable.")
@click.option("--volunteer", type=VOLUNTEER_NUMBER, help="The person's own number, of a volunteer.")
@click.option("--same-person-as", "same", default="", help="Another account of the same person.")
@click.option("--namesake", is_flag=True, help="Somebody of the same name is another person.")
@click.option("--system-user", default="", help="Who is this account on this machine without --as.")
@AS
def account_add(
    config: Path,
    login: str,
    name: str,
    level: str,
    organisation: str | None,
    roles: tuple[str, ...],
    volunteer: int | None,
    same: str,
    system_user: str,
    by: str | None,
    *,
    namesake: bool,
) -> None:
    """Make an account and an invitation, by which its person sets the own password.

    The first one is made at the centre's machine by whoever may prepare the centre, and is of the level
    `super`; every other one by an account of a higher level, whose organisation stands above.

    \b
    muster account add zhao --name "Zhao Min" --level super --system-user root
    muster account add qian --name "Qian Li" --level ordinary --organisation 00010003 --role reviewer
    """
    now_ms = centre_now(config)
    from settlement.accounts.accounts import NewAccount, add_account
    from settlement.accounts.actor import Level, Role
    from settlement.accounts.audit import Signed
    from settlement.models import Account

    signed = Signed(actor(by) if Account.objects.exists() else None, now_ms)
    new = NewAccount(
        login=login,
        name=name,
        level=Level(level),
        organisation=organisation or "",
        roles=frozenset(map(Role, roles)),
        volunteer=volunteer,
        same_person_as=same,
        is_namesake=namesake,
        system_user=system_user,
    )
    row = add_account(new, signed)
    click.echo(f"{row.real_name} has the account {row.login}.")
    _invite(login, signed.by, now_ms)


@account.command("invite")
@at_centre
@_LOGIN
@AS
def account_invite(now_ms: int, login: str, by: "Actor") -> None:
    """Make a new invitation for LOGIN, as after a forgotten password; earlier ones are good no more.

    \b
    muster account invite qian
    """
    _invite(login, by, now_ms)


@account.command("change")
@at_centre
@_LOGIN
@click.option("--name", help="The person's real name, corrected.")
@click.option("--level", type=_LEVELS, help="What the account may do from now on.")
@_PLACE
@click.option("--role", "roles", type=_ROLES, multiple=True, help="The roles beside the level, all of them.")
@click.option("--no-role", is_flag=True, help="No role beside the level any more.")
@click.option("--volunteer", type=VOLUNTEER_NUMBER, help="The person's own number, of a volunteer.")
@click.option("--system-user", help="Who is this account on this machine without --as.")
@REASON
@AS
def account_change(
    now_ms: int,
    login: str,
    name: str | None,
    level: str | None,
    organisation: str | None,
    roles: tuple[str, ...],
    volunteer: int | None,
    system_user: str | None,
    reason: str,
    by: "Actor",
    *,
    no_role: bool,
) -> None:
    """Change the account LOGIN; what it decided stays as it is.

    \b
    muster account change qian --level middle --reason "heads the district now"
    """
    from settlement.accounts.accounts import ChangedAccount, change_account
    from settlement.accounts.actor import Level, Role
    from settlement.accounts.audit import Signed

    wanted = ChangedAccount(
        name=name,
        level=Level(level) if level else None,
        organisation=organisation,
        roles=frozenset(map(Role, roles)) if roles or no_role else None,
        volunteer=volunteer,
        system_user=system_user,
    )
    change_account(login, wanted, Signed(by, now_ms, reason))
    click.echo(f"The account {login} is changed.")


@account.command("end")
@at_centre
@_LOGIN
@REASON
@AS
def account_end(now_ms: int, login: str, reason: str, by: "Actor") -> None:
    """Let the account LOGIN act no more; what it decided stays.

    \b
    muster account end qian --reason "left the organisation"
    """
    from settlement.accounts.accounts import end_account
    from settlement.accounts.audit import Signed

    end_account(login, Signed(by, now_ms, reason))
    click.echo(f"The account {login} acts no more.")


@account.command("list")
@at_centre
@AS
def account_list(_now_ms: int, by: "Actor") -> None:
    """List the accounts of the own organisation and those below."""
    from settlement.reach import reach_of

    rows = (
        (row.login, row.real_name, row.level, row.organisation.path if row.organisation else "–",
         ", ".join(row.roles) or "–", row.volunteer_id or "–", "ended" if row.ended_ms else "acts")
        for row in reach_of(by).accounts().select_related("organisation").order_by("login")
    )  # fmt: skip
    listing("login, name, level, organisation, roles, volunteer, state", rows, "Nobody has an account.")


@click.command("audit", cls=Command)
@at_centre
@click.option("--kind", help="Only of this kind, such as activity, account or volunteer.")
@click.option("--subject", help="Only of this one: an activity's id, a volunteer's number …")
@click.option("--last", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many rows.")
@AS
def audit(_now_ms: int, kind: str | None, subject: str | None, last: int, by: "Actor") -> None:
    """List who changed master data, access, settings, staff and accounts, and who looked at personal data.

    \b
    muster centre audit --kind activity --subject fair
    """
    from django.conf import settings

    from settlement.accounts.audit import audit_rows
    from settlement.local_times import local_text

    rows = (
        (local_text(row.at_ms, settings.CENTRE.rules.settlement_tz), row.name or "–", row.action, row.kind,
         row.subject, ", ".join(row.fields) or "–", row.reason or "–")
        for row in audit_rows(by, kind=kind, subject=subject)[:last]
    )  # fmt: skip
    listing("at, who, what, of, which, fields, reason", rows, "Nothing is on record.")


def _invite(login: str, by: "Actor | None", now_ms: int) -> None:
    from django.conf import settings

    from settlement.accounts.audit import Signed
    from settlement.accounts.invitations import invite_login

    days = settings.CENTRE.accounts.invitation_days
    secret = invite_login(login, days, Signed(by, now_ms))
    click.echo(f"Within {days} days the password is set at the pages, under /invitation/{secret}")
