"""`muster terminal`: letting terminals join the centre, and who has joined."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, Group
from muster.commands.machines.centre import centre_revoke
from muster.commands.opening import at_centre, listing, read_input, write_output
from muster.commands.options import AS

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor
    from sync.contract.enrolment_token import EnrolmentToken


MINUTES = click.option(
    "--valid-minutes",
    "minutes",
    type=click.IntRange(1, 7 * 24 * 60),
    default=60,
    show_default=True,
    help="How long the token is good.",
)


@click.group(cls=Group)
def terminal() -> None:
    """Let terminals join this centre, and see which have."""


@terminal.command("add")
@at_centre
@click.argument("name")
@click.option("--site", required=True, help="Code of the site where it stands.")
@MINUTES
@AS
def terminal_add(now_ms: int, name: str, site: str, minutes: int, by: "Actor") -> None:
    """Make a one-time token with which a terminal becomes NAME.

    \b
    muster terminal add north-gate --site north
    """
    from django.conf import settings

    from settlement.enrolment.tokens import add_terminal

    _show(add_terminal(name, site, minutes, by, now_ms, settings=settings.CENTRE), minutes)


@terminal.command("renew")
@at_centre
@click.argument("name")
@MINUTES
@AS
def terminal_renew(now_ms: int, name: str, minutes: int, by: "Actor") -> None:
    """Make a one-time token with which the device that is NAME gets new keys; its log goes on.

    \b
    muster terminal renew north-gate      # there: muster enrol TOKEN --again
    """
    from django.conf import settings

    from settlement.enrolment.tokens import renew_terminal

    _show(renew_terminal(name, minutes, by, now_ms, settings=settings.CENTRE), minutes, " --again")


@terminal.command("list")
@at_centre
def terminal_list(now_ms: int) -> None:
    """Show the terminals, those that wait to be let in, and who was turned away."""
    from django.conf import settings

    from settlement.enrolment import overview

    listing(
        "terminal, site, bucket, key, last greeting, state",
        overview.terminals(settings.CENTRE),
        "No terminal is enrolled.",
    )
    for headings, rows in (
        ("code, wants to be, site, asked, from, six words", overview.waiting(now_ms)),
        ("token for, site, good until, by", overview.open_tokens(now_ms)),
        ("turned away, why, terminal, from, six words", overview.turned_away(now_ms)),
    ):
        shown = list(rows)
        if shown:
            click.echo()
            listing(headings, shown, "")
    click.echo(f"\n{overview.address(settings.CENTRE)}")


@terminal.command("show")
@at_centre
@click.argument("name")
def terminal_show(now_ms: int, name: str) -> None:
    """Show what is known of the terminal NAME.

    \b
    muster terminal show north-gate
    """
    from settlement.enrolment import overview

    for label, value in overview.details(name, now_ms):
        click.echo(f"{label + ':':18}{value}")


@terminal.command("approve")
@at_centre
@click.argument("code")
@click.option("--name", help="What the terminal is to be called, where it came without a token.")
@click.option("--site", help="Code of the site where it stands, where it came without a token.")
@click.option("--decline", is_flag=True, help="Turn it away instead.")
@click.option("--yes", is_flag=True, help="The six words have been compared already.")
@AS
def terminal_approve(
    now_ms: int, code: str, name: str | None, site: str | None, by: "Actor", *, decline: bool, yes: bool
) -> None:
    """Let the terminal in that shows CODE, once its six words have been compared.

    \b
    muster terminal approve K7QM-2XDA --name north-gate --site north
    """
    from django.conf import settings

    from settlement.authority.certificates import open_authority
    from settlement.enrolment import approval

    row = approval.waiting_request(code, now_ms)
    if decline:
        approval.decline(row, by, now_ms)
        click.echo(f"{row.code} is turned away.")
        return
    click.echo(f"Six words: {row.words}")
    if not yes:
        click.confirm("Does the terminal show the same six words?", abort=True)
    authority = open_authority(settings.CENTRE)
    known = approval.approve(row, name, site, by, now_ms, settings=settings.CENTRE, authority=authority)
    click.echo(f"{known} is enrolled; it takes up what it needs within seconds.")


@terminal.command("answer")
@at_centre
@click.argument("request_file", type=FILE)
@click.argument("reply_file", type=FILE)
def terminal_answer(now_ms: int, request_file: Path, reply_file: Path) -> None:
    """Answer a terminal without a network: its request is REQUEST_FILE, the answer goes to REPLY_FILE.

    \b
    muster terminal answer north-gate.json reply.json
    """
    import msgspec
    from django.conf import settings

    from settlement.authority.certificates import open_authority
    from settlement.enrolment.requests import answer_request
    from sync.contract.enrolment import (
        AnswerState,
        EnrolmentError,
        EnrolmentRefusal,
        approval_code,
        read_request,
    )

    payload = read_input(request_file)
    authority = open_authority(settings.CENTRE)
    answer = answer_request(payload, "", now_ms, settings=settings.CENTRE, authority=authority)
    if answer.state is AnswerState.REFUSED:
        raise EnrolmentError(answer.refusal or EnrolmentRefusal.MALFORMED, **answer.arguments)
    if answer.state is AnswerState.WAITING:
        code = approval_code(read_request(payload)[0].digest)
        click.echo(f"It waits to be let in: muster terminal approve {code}; then run this command again.")
        return
    write_output(reply_file, msgspec.json.encode(answer))
    click.echo(f"Bring {reply_file} to the terminal: muster enrol --reply-file {reply_file.name}")


terminal.add_command(centre_revoke, "revoke")


def _show(token: "EnrolmentToken", minutes: int, option: str = "") -> None:
    import segno

    picture = io.StringIO()
    segno.make(token.text(), error="l").terminal(out=picture, compact=True)
    click.echo(picture.getvalue(), nl=False)
    click.echo(f"Within {minutes} minutes, at the terminal:\nmuster enrol {token.text()}{option}")
    if not token.host:
        click.echo(
            "No `host` is given under [enrolment]: use --request-file there, `muster terminal answer` here."
        )
