"""`muster stars`: stars that an adjustment put in question; a person decides what follows (S19)."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre, listing
from muster.commands.options import AS, NUMBER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.group(cls=Group)
def stars() -> None:
    """Decide on stars that approved time no longer reaches; nothing is withdrawn by itself."""


@stars.command("list")
@at_centre
@AS
def stars_list(_now_ms: int, by: "Actor") -> None:
    """List the reviews that nobody has decided."""
    from settlement.reach import reach_of
    from settlement.recognition.stars import open_star_reviews
    from settlement.rules.hours import display_hours

    rows = (
        (row.pk, row.volunteer_id, row.stars_before, row.stars_after, display_hours(row.approved_s))
        for row in open_star_reviews(reach_of(by))
    )
    listing("number, volunteer, stars before, stars now, approved hours", rows, "No star is in question.")


@stars.command("decide")
@at_centre
@NUMBER
@click.option("--withdraw/--keep", "withdraws", required=True, help="The decision.")
@click.option("--note", required=True, help="Why.")
@AS
def stars_decide(now_ms: int, number: int, note: str, by: "Actor", *, withdraws: bool) -> None:
    """Withdraw the stars of review NUMBER, or let the volunteer keep them.

    \b
    muster stars decide 2 --keep --note "the reader was at fault" --as zhao
    """
    from settlement.recognition.stars import decide_star_review

    decide_star_review(number, by, now_ms, withdraw=withdraws, note=note)
    click.echo(f"Star review {number} is decided: {'withdrawn' if withdraws else 'kept'}.")
