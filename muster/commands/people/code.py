"""`muster code`: one-time codes by text message."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre
from muster.commands.options import AS

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.group(cls=Group)
def code() -> None:
    """One-time codes by text message."""


@code.command("issue")
@at_centre
@click.option("--volunteer", type=click.IntRange(1), required=True, help="Whom the code admits.")
@click.option("--site", required=True, help="The code of the site whose terminals take it.")
@AS
def code_issue(now_ms: int, volunteer: int, site: str, by: "Actor") -> None:
    """Send a volunteer a code that admits once, within ten minutes, at the terminals of a site.

    The telephone number is asked for, or read from standard input; it must be the volunteer's registered one,
    and is not stored.

    \b
    muster code issue --volunteer 100104 --site north-gate
    """
    from django.conf import settings

    from settlement.codes.gateway import open_gateway
    from settlement.codes.issuing import issue_code, provider_token
    from settlement.look_up import site_coded, volunteer_numbered

    person, place = volunteer_numbered(volunteer), site_coded(site)
    gateway = open_gateway(settings.CENTRE.text_messages, provider_token(settings.CENTRE), click.echo)
    telephone = click.prompt("Telephone number, as +8613912345678", err=True)
    issued = issue_code(person, place, telephone, gateway, by, now_ms)
    click.echo(f"The code {issued.ref} is on its way. It works at {place.name} for ten minutes.")
