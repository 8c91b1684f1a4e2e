"""`muster certificate`: certificates of service, free, numbered and checkable (S21, Order 67)."""

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, Group, words_of
from muster.commands.opening import at_centre, write_output
from muster.commands.options import AS, LANGUAGE, VOLUNTEER

if TYPE_CHECKING:
    from pathlib import Path

    from settlement.accounts.actor import Actor
    from settlement.models import Certificate

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
    _tell(issued)


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

    _tell(reissue_certificate(number.strip().upper(), by=by, now_ms=now_ms))


@certificate.command("check")
@at_centre
@click.argument("number")
@click.argument("token")
@click.option("--json", "as_json", is_flag=True, help="Print what is told as JSON.")
def certificate_check(_now_ms: int, number: str, token: str, *, as_json: bool) -> None:
    """Tell whether certificate NUMBER with its TOKEN holds, and what it states; ends with 1 unless it does.

    \b
    muster certificate check VSC-310115-2026-000001-48 5d1c0a7e99b3f264
    """
    import msgspec

    from settlement.recognition.certificate_check import CertificateState, check_certificate
    from settlement.rules.hours import certificate_hours

    found = check_certificate(number, token)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        words = words_of(click.get_current_context())
        click.echo(words.code("certificate", found.standing, newer=found.superseded_by))
        if found.content:
            told = found.content
            click.echo(
                f"{found.name}: {told.service_time} h between {told.first_day} and {told.last_day}, "
                f"recorded by {told.recording_unit} ({told.person_in_charge}), issued {told.issued_on}"
            )
            for line in told.service_content:
                hours = certificate_hours(line.t_s)
                click.echo(f"  {line.local_date}  {line.title} ({line.content}) at {line.site}: {hours} h")
    sys.exit(0 if found.standing is CertificateState.VALID else 1)


@certificate.command("pdf")
@at_centre
@click.argument("number")
@click.argument("file", type=FILE)
@click.option("--language", type=LANGUAGE, default="en", show_default=True, help="Of the paper.")
@click.option(
    "--pages",
    help="Public address of the centre's pages, which the code leads to; else that of the first host "
    "under `allowed_hosts` that is not this machine alone.",
)
@AS
def certificate_pdf(
    now_ms: int, number: str, file: "Path", language: str, pages: str | None, by: "Actor"
) -> None:
    """Write certificate NUMBER to FILE as PDF, with a code that leads to the page where anybody checks it.

    \b
    muster certificate pdf VSC-310115-2026-000001-48 mei.pdf --language zh-Hans --as zhao
    """
    from foundation.words import Words
    from settlement.papers.certificate import banner_of, certificate_paper, public_address
    from settlement.web.frame import centre_settings

    address = pages or public_address(centre_settings().web.allowed_hosts)
    if not address:
        raise click.UsageError("Say --pages: the settings name no host but this machine.")
    words = Words(language)
    asked = (number.strip().upper(), by, address, words, now_ms)
    written = certificate_paper(*asked, banner_of(centre_settings().realm, words))
    write_output(file, written, is_personal=True)
    click.echo(f"The certificate is in {file}.")


def _tell(issued: "Certificate") -> None:
    """The number, and the token without which nobody reads what the certificate states."""
    from settlement.recognition.certificate_check import token_of

    token = token_of(issued)
    click.echo(f"{issued.number} {token}")
    click.echo(f"Anybody who has both checks it at the pages: /certificate/{issued.number}/{token}")
