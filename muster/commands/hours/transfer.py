"""`muster transfer`: a volunteer moves to another organisation; the hours stay where they are (S20)."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre, listing
from muster.commands.options import AS, NUMBER, VOLUNTEER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.group(cls=Group)
def transfer() -> None:
    """Take a volunteer's move to another organisation through its steps."""


@transfer.command("request")
@at_centre
@VOLUNTEER
@click.option("--from", "origin", required=True, help="Path of the organisation that is left.")
@click.option("--to", "destination", required=True, help="Path of the one that takes the volunteer in.")
@AS
def transfer_request(now_ms: int, volunteer: int, origin: str, destination: str, by: "Actor") -> None:
    """Take down that a volunteer wants to move.

    \b
    muster transfer request --volunteer 1001 --from 00010001 --to 00010002 --as mei
    """
    from settlement.look_up import organisation_at, volunteer_numbered
    from settlement.volunteers.transfers import request_transfer

    taken = request_transfer(
        volunteer_numbered(volunteer),
        organisation_at(origin),
        organisation_at(destination),
        by=by,
        now_ms=now_ms,
    )
    click.echo(f"Transfer {taken.pk} is requested; the introduction letter comes next.")


@transfer.command("letter")
@at_centre
@NUMBER
@click.argument("letter")
@AS
def transfer_letter(now_ms: int, number: int, letter: str, by: "Actor") -> None:
    """Note the introduction letter of transfer NUMBER: its number, or where it is kept.

    \b
    muster transfer letter 3 "2026/17, folder 4"
    """
    from settlement.accounts.audit import Signed
    from settlement.volunteers.transfers import hand_in_letter

    hand_in_letter(number, letter, Signed(by, now_ms))
    click.echo(f"The letter of transfer {number} is noted.")


@transfer.command("release")
@at_centre
@NUMBER
@AS
def transfer_release(now_ms: int, number: int, by: "Actor") -> None:
    """Let the volunteer of transfer NUMBER go, with the service record as it stands now."""
    from settlement.volunteers.transfers import release_transfer

    release_transfer(number, by=by, now_ms=now_ms)
    click.echo(f"Transfer {number} is released.")


@transfer.command("accept")
@at_centre
@NUMBER
@AS
def transfer_accept(now_ms: int, number: int, by: "Actor") -> None:
    """Take the volunteer of transfer NUMBER in; hours and points stay as they are."""
    from settlement.volunteers.transfers import accept_transfer

    moved = accept_transfer(number, by=by, now_ms=now_ms)
    click.echo(f"Volunteer {moved.volunteer_id} belongs to {moved.destination.name} now.")


@transfer.command("withdraw")
@at_centre
@NUMBER
@AS
def transfer_withdraw(now_ms: int, number: int, by: "Actor") -> None:
    """Give transfer NUMBER up, as long as it was not accepted."""
    from settlement.volunteers.transfers import withdraw_transfer

    withdraw_transfer(number, by=by, now_ms=now_ms)
    click.echo(f"Transfer {number} is withdrawn.")


@transfer.command("list")
@at_centre
@AS
def transfer_list(_now_ms: int, by: "Actor") -> None:
    """List the transfers that are under way."""
    from settlement.reach import reach_of
    from settlement.volunteers.transfers import open_transfers

    rows = (
        (row.pk, row.volunteer_id, row.origin.path, row.destination.path, row.state,
         row.introduction_letter or "letter is missing")
        for row in open_transfers(reach_of(by))
    )  # fmt: skip
    listing("number, volunteer, from, to, state, letter", rows, "Nobody is moving.")
