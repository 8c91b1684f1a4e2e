"""`muster rating`: what people say about the effect of somebody's service (S13)."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre, listing
from muster.commands.options import ACTIVITY, AS, NOTE, VOLUNTEER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.group(cls=Group)
def rating() -> None:
    """Take down ratings of service, and see what they make of its value."""


@rating.command("give")
@at_centre
@VOLUNTEER
@ACTIVITY
@click.option(
    "--role",
    type=click.Choice(["self", "peer", "leader", "recipient"]),
    required=True,
    help="Who judges; recipients' ratings count for commendations only.",
)
@click.option("--effect", type=int, required=True, help="0 to 1500 thousandths; 1000 is as expected.")
@click.option("--recipient", default="", help="Who was served, for a recipient's rating.")
@AS
@NOTE
def rating_give(
    now_ms: int,
    volunteer: int,
    activity: str,
    role: str,
    effect: int,
    recipient: str,
    by: "Actor",
    note: str,
) -> None:
    """Take down a rating; whoever rates again is heard with the last one.

    \b
    muster rating give --volunteer 1001 --activity fair --role recipient --effect 1200 --recipient Li
    """
    from settlement.look_up import activity_called, volunteer_numbered
    from settlement.recognition.ratings import RaterRole, rate

    rate(
        volunteer_numbered(volunteer),
        activity_called(activity),
        RaterRole(role),
        effect,
        by=by,
        now_ms=now_ms,
        note=note,
        recipient=recipient,
    )
    click.echo("The rating is taken down.")


@rating.command("show")
@at_centre
@VOLUNTEER
@AS
def rating_show(_now_ms: int, volunteer: int, by: "Actor") -> None:
    """Show the assessed value of a volunteer's service by activity; it is never service time."""
    from settlement.look_up import volunteer_numbered
    from settlement.reach import check_reaches
    from settlement.recognition.ratings import assessed_values
    from settlement.rules.hours import display_hours

    check_reaches(by, volunteer_numbered(volunteer))
    values = assessed_values(volunteer)
    rows = (
        (value.activity, display_hours(value.t_s), value.duty_pm, value.effect_pm, display_hours(value.v_s))
        for value in values
    )
    listing("activity, hours, duty (per mille), effect (per mille), value (h)", rows, "No approved time.")
