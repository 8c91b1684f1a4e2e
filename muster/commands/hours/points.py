"""`muster points`: points for approved service, and the gifts that they are exchanged for (S18)."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre, listing
from muster.commands.options import AS, NOTE, NUMBER, VOLUNTEER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.group(cls=Group)
def points() -> None:
    """Look up points, and take an application for a gift through its steps."""


@points.command("show")
@at_centre
@VOLUNTEER
@AS
def points_show(_now_ms: int, volunteer: int, by: "Actor") -> None:
    """Show a volunteer's points by year, and every application.

    \b
    muster points show --volunteer 1001
    """
    from settlement.look_up import volunteer_numbered
    from settlement.merged_numbers import merged_numbers
    from settlement.reach import check_reaches, reach_of
    from settlement.recognition.points import points_account

    check_reaches(by, volunteer_numbered(volunteer))
    account = points_account(volunteer)
    years = sorted(account.balance)
    listing(
        "year, earned, left", ((y, account.earned.get(y, 0), account.balance[y]) for y in years), "No points."
    )
    numbers = merged_numbers().numbers_of(volunteer)
    applications = reach_of(by).exchanges().filter(volunteer__in=numbers).order_by("pk")
    rows = ((row.pk, row.local_date, row.tier, row.state) for row in applications)
    listing("number, day, gift, state", rows, "No application.")


@points.command("list")
@at_centre
@AS
def points_list(_now_ms: int, by: "Actor") -> None:
    """List the applications that nobody has decided on."""
    from settlement.reach import reach_of
    from settlement.recognition.points import waiting_exchanges

    rows = ((row.pk, row.local_date, row.volunteer_id, row.tier) for row in waiting_exchanges(reach_of(by)))
    listing("number, day, volunteer, gift", rows, "No application waits.")


@points.command("apply")
@at_centre
@VOLUNTEER
@click.option("--gift", required=True, help="One of the gifts of the settings, such as towel.")
@AS
def points_apply(now_ms: int, volunteer: int, gift: str, by: "Actor") -> None:
    """Take down a volunteer's application for a gift; nothing is deducted yet.

    \b
    muster points apply --volunteer 1001 --gift towel
    """
    from settlement.look_up import volunteer_numbered
    from settlement.recognition.points import apply_for_gift

    taken = apply_for_gift(volunteer_numbered(volunteer), gift, by, now_ms)
    click.echo(f"Application {taken.pk} waits for a decision.")


@points.command("decide")
@at_centre
@NUMBER
@click.option("--approve/--reject", "approves", required=True, help="The decision.")
@AS
@NOTE
def points_decide(now_ms: int, number: int, by: "Actor", note: str, *, approves: bool) -> None:
    """Approve application NUMBER, which deducts its points, or reject it with a note.

    \b
    muster points decide 7 --approve --as zhao
    muster points decide 8 --reject --note "out of towels" --as zhao
    """
    from settlement.recognition.points import approve_exchange, reject_exchange

    if approves:
        approve_exchange(number, by, now_ms)
        click.echo(f"Application {number} is approved: its points are deducted.")
    else:
        reject_exchange(number, by, now_ms, note)
        click.echo(f"Application {number} is rejected: nothing is deducted.")


@points.command("fulfil")
@at_centre
@NUMBER
@AS
def points_fulfil(now_ms: int, number: int, by: "Actor") -> None:
    """Note that the gift of application NUMBER was handed out.

    \b
    muster points fulfil 7 --as zhao
    """
    from settlement.recognition.points import fulfil_exchange

    fulfil_exchange(number, by, now_ms)
    click.echo(f"The gift of application {number} is handed out.")
