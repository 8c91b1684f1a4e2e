"""`muster certificate`: certificates of service, free, numbered and checkable (S21, Order 67)."""

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre
from muster.commands.options import AS, VOLUNTEER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor

_DATE = click.DateTime(["%Y-%m-%d"])


@click.group(cls=Group)
def certificate() -> None:
    """Issue certificates of approved time, issue them anew, and check a number."""


@certificate.command("issue")
@at_centre
@VOLUNTEER
@click.option("--organisation", required=True, help="Path of the organisation that recorded the time.")
@click.option("--activity", "activities", multiple=True, help="Only this activity; may be repeated.")
@click.option("--from", "first", type=_DATE, help="From this day on, as 2026-01-01.")
@click.option("--to", "last", type=_DATE, help="Up to this day, that included.")
@click.option("--identity", is_flag=True, help="Ask for the identity number; only its masked form is kept.")
@AS
def certificate_issue(
    now_ms: int,
    volunteer: int,
    organisation: str,
    activities: tuple[str, ...],
    first: dt.datetime | None,
    last: dt.datetime | None,
    by: "Actor",
    *,
    identity: bool,
) -> None:
    """Certify a volunteer's approved time that an organisation recorded.

    \b
    muster certificate issue --volunteer 1001 --organisation 0001 --as zhao
    """
    from settlement.look_up import organisation_at, volunteer_numbered
    from settlement.recognition.certificates import Wish, issue_certificate

    # Typed, never given as an option: options stand in the shell's history and in the list of processes.
    number = click.prompt("Identity number", hide_input=True, err=True) if identity else ""
    issued = issue_certificate(
        organisation_at(organisation),
        volunteer_numbered(volunteer),
        by=by,
        now_ms=now_ms,
        wish=Wish(activities, first.date() if first else None, last.date() if last else None),
        identity_number=number,
    )
    click.echo(issued.number)


@certificate.command("reissue")
@at_centre
@click.argument("number")
@AS
def certificate_reissue(now_ms: int, number: str, by: "Actor") -> None:
    """Certify the same lines as they stand now; the new certificate supersedes NUMBER.

    \b
    muster certificate reissue VSC-310115-2026-000001-48 --as zhao
    """
    from settlement.recognition.certificates import reissue_certificate

    click.echo(reissue_certificate(number.strip().upper(), by=by, now_ms=now_ms).number)


@certificate.command("check")
@at_centre
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print what is told as JSON.")
def certificate_check(_now_ms: int, number: str, *, as_json: bool) -> None:
    """Tell whether certificate NUMBER holds and what it states; ends with 1 unless it is valid.

    \b
    muster certificate check VSC-310115-2026-000001-48
    """
    import msgspec

    from foundation.words import Words
    from settlement.recognition.certificate_check import CertificateState, check_certificate

    found = check_certificate(number)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        click.echo(Words("en").code("certificate", found.standing, newer=found.superseded_by))
        if found.content:
            told = found.content
            click.echo(
                f"{found.name}: {told.service_time} h, recorded by {told.recording_unit}, issued "
                f"{told.issued_on}"
            )
    sys.exit(0 if found.standing is CertificateState.VALID else 1)
