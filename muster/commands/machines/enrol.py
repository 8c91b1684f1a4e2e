"""`muster enrol`: the terminal joins a centre."""

import io
import sys
import time
from pathlib import Path

import click

from foundation.errors import SettingsError
from muster.commands.group import FILE, Command, settings_file
from muster.commands.options import LANGUAGE


@click.command(cls=Command)
@settings_file("kiosk.toml")
@click.argument("token", nargs=-1)
@click.option("--again", is_flag=True, help="Give up the keys that are in use, and make new ones.")
@click.option("--request-file", type=FILE, help="Without a network: write the request to this file.")
@click.option("--reply-file", type=FILE, help="Without a network: take up the centre's answer in this file.")
@click.option(
    "--show-qr", is_flag=True, help="Without a token: show a code, and wait until the centre approves it."
)
@click.option("--centre", default="", metavar="HOST:PORT", help="With --show-qr: where the centre enrols.")
@click.option("--fingerprint", default="", metavar="HEX", help="With --show-qr: of the centre's authority.")
@click.option(
    "--from-engine",
    is_flag=True,
    help="With the token that was held to the terminal; without one as [enrolment] says. For its service.",
)
@click.option("--language", type=LANGUAGE, default="en", show_default=True, help="Of the texts.")
def enrol(
    config: Path,
    token: tuple[str, ...],
    request_file: Path | None,
    reply_file: Path | None,
    centre: str,
    fingerprint: str,
    language: str,
    *,
    again: bool,
    show_qr: bool,
    from_engine: bool,
) -> None:
    """Make this terminal's keys and join the centre that made TOKEN; as root, if services have accounts.

    Interrupted, it goes on where it stopped: run it again. TOKEN may be "-", to be read from standard input.

    \b
    muster enrol MUSTER1.…
    muster enrol MUSTER1.… --request-file /media/stick/request.json
    muster enrol --reply-file /media/stick/reply.json
    muster enrol --show-qr --centre centre.example.org:8470 --fingerprint 5f0c…
    """
    from foundation.words import Words
    from kiosk.provisioning.enrol import Enrolling
    from sync.contract.enrolment import EnrolmentError

    if from_engine:
        _from_engine(config, language)
        return
    words = Words(language)
    text = sys.stdin.readline() if token == ("-",) else "".join(token)
    try:
        enrolling = Enrolling(config, words, click.echo, time.sleep, _show if show_qr else None)
        if reply_file:
            enrolling.take_reply(reply_file)
        elif request_file:
            enrolling.write_request(text, request_file, again=again)
        elif show_qr:
            enrolling.by_approval(enrolling.centre(centre, fingerprint), again=again)
        elif text:
            enrolling.with_token(text, again=again)
        else:
            enrolling.go_on()
    except EnrolmentError as error:
        raise click.ClickException(error.said_in(words)) from error
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _from_engine(config: Path, language: str) -> None:
    """As the service does that the engine hands tokens to; what fails is told on the screens too."""
    from foundation.words import Words
    from kiosk.provisioning.enrol_here import EnrolHere
    from sync.contract.enrolment import EnrolmentError

    words = Words(language)
    try:
        enrolled = EnrolHere(config, words, click.echo).run()
    except EnrolmentError as error:
        raise click.ClickException(error.said_in(words)) from error
    if not enrolled:
        sys.exit(1)


def _show(text: str) -> None:
    """Show a text as a QR code that fills half a screen."""
    import segno

    picture = io.StringIO()
    segno.make(text, error="m").terminal(out=picture, compact=True)
    click.echo(picture.getvalue(), nl=False)
