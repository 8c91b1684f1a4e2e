"""`muster badge`: the key of whoever issues badges, printing them, and withdrawing what was lost."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foundation.clock import open_clock
from foundation.errors import SettingsError
from foundation.trouble import Trouble
from muster.commands.group import FILE, Group, words_of
from muster.commands.opening import actor, at_centre, read_input
from muster.commands.options import AS, ENCODING, LANGUAGE, REASON
from muster.troubles import CommandTrouble

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor
    from settlement.badges.csv_source import WantedBadge
    from sync.contract.signing import SigningKey

_FONT = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(cls=Group)
def badge() -> None:
    """Print badges that terminals verify without a network, and withdraw what was lost."""


@badge.command("key")
@click.argument("file", type=FILE)
def badge_key(file: Path) -> None:
    """Make the key of an issuer in FILE, and tell its public key, for `badge_issuers` of the centre."""
    from sync.contract.signing import SigningKey

    key = SigningKey.generate()
    key.save(file)
    click.echo(f"The key is in {file}: keep it secret. For `badge_issuers` of the centre:")
    click.echo(key.public.raw.hex())


@badge.command("issue")
@click.option(
    "--csv", "listed", type=FILE, help="Who gets one (CSV or .xlsx): number, name, serial, last_day."
)
@click.option("--centre", type=FILE, help="Or the settings file of the centre that knows them.")
@click.option("--volunteer", "numbers", type=int, multiple=True, help="Of the centre: only this one.")
@click.option("--activity", help="Of the centre: only who is expected at this one.")
@click.option("--last-day", type=click.DateTime(["%Y-%m-%d"]), help="Of the centre: until when they count.")
@click.option("--key", "key_file", type=FILE, required=True, help="The issuer's key; see `muster badge key`.")
@click.option("--pdf", "sheets", type=FILE, help="Write sheets of A4, twelve badges a page, with names.")
@click.option("--png", "pictures", type=_NEW_FOLDER, help="Write each code as a picture into this folder.")
@click.option("--svg", "drawings", type=_NEW_FOLDER, help="Write each code as a drawing into this folder.")
@click.option("--font", "fonts", type=_FONT, multiple=True, help="A font to try first; repeatable.")
@ENCODING
@click.option("--language", type=LANGUAGE, default="en", show_default=True, help="Of the small print.")
@AS
@click.option("--demo", is_flag=True, help="Of the CSV file: badges that real sites refuse.")
@click.option("--skip-broken", is_flag=True, help="Print the others; else one broken row stops all.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
def badge_issue(
    listed: Path | None,
    centre: Path | None,
    numbers: tuple[int, ...],
    activity: str | None,
    last_day: dt.datetime | None,
    key_file: Path,
    sheets: Path | None,
    pictures: Path | None,
    drawings: Path | None,
    fonts: tuple[Path, ...],
    encoding: str,
    language: str,
    *,
    by: str | None,
    demo: bool,
    skip_broken: bool,
    overwrite: bool,
) -> None:
    """Print badges: signed codes, with names and numbers, from a CSV file or for the centre's volunteers.

    Every code is read again by two decoders before it is written. Ends with 1 when nothing was written.

    \b
    muster badge issue --csv people.csv --key issuer.pem --pdf badges.pdf
    muster badge issue --centre settlement.toml --activity fair --key issuer.pem --pdf badges.pdf --png codes
    """
    from settlement.badges.libraries import require_libraries

    require_libraries()
    from settlement.badges.fonts import DEBIAN_FONTS, FontFile, Fonts
    from settlement.badges.issue import Outputs, files_of, without_font, write_new
    from sync.contract.signing import SigningKey

    outputs = Outputs(sheets, pictures, drawings)
    if outputs == Outputs():
        raise click.UsageError("Say what to write: --pdf, --png or --svg.")
    if (listed is None) == (centre is None):
        raise click.UsageError("Say who gets a badge: either --csv or --centre.")
    if centre is None and (numbers or activity or last_day):
        raise click.UsageError("--volunteer, --activity and --last-day choose among the centre's volunteers.")
    if listed is None and demo:
        raise click.UsageError("--demo is for a CSV file: the centre's settings say whether it is a demo.")
    key = SigningKey.load(key_file)
    if listed is not None:
        wanted, faults = _of_file(listed, encoding, demo=demo)
    elif centre is not None:
        asked = (numbers, activity, last_day.date() if last_day else None)
        wanted, faults = _of_centre(centre, key, *asked, by), []
    found = Fonts([*map(FontFile, fonts), *DEBIAN_FONTS]) if sheets else None
    if found:
        unwritten = without_font(wanted, found)
        faults += [Trouble.term("place", "fault", place=one, why=why) for one, why in unwritten.items()]
        wanted = [one for one in wanted if one.place not in unwritten]
    for fault in faults:
        click.echo(words_of(click.get_current_context()).what(fault))
    if not wanted or (faults and not skip_broken):
        left_out = ", or leave them out with --skip-broken" if wanted else ""
        click.echo(
            f"Nothing was written: {len(faults)} rows are broken. Correct them{left_out}."
            if faults
            else "Nothing was written: nobody is named."
        )
        sys.exit(1)
    from foundation.words import Words

    files = files_of(wanted, key, outputs, found, Words(language))
    write_new(files, overwrite=overwrite)
    places = ", ".join(str(place) for place in (sheets, pictures, drawings) if place)
    click.echo(f"{len(wanted)} badges are in {places}; {len(faults)} broken rows were left out.")


@badge.command("phone")
@click.argument("number", type=click.IntRange(1))
@click.option("--key", "key_file", type=FILE, required=True, help="The issuer's key; see `muster badge key`.")
@click.option(
    "--seconds",
    type=click.IntRange(5, 600),
    default=60,
    show_default=True,
    help="How long it admits; a picture that somebody passes on is worth nothing afterwards.",
)
@click.option("--svg", "drawing", type=FILE, help="Write a drawing instead of showing it here.")
@click.option("--plain", is_flag=True, help="Only tell its text, for a program that draws it.")
@click.option("--demo", is_flag=True, help="A code that real sites refuse.")
def badge_phone(
    number: int, key_file: Path, seconds: int, drawing: Path | None, *, plain: bool, demo: bool
) -> None:
    """Show a short-lived code of volunteer NUMBER, as a telephone does that proves who holds it.

    \b
    muster badge phone 1001 --key issuer.pem
    muster badge phone 1001 --key issuer.pem --seconds 30 --plain
    """
    from settlement.badges.libraries import require_libraries
    from sync.contract.badge import Badge, Form, issue
    from sync.contract.signing import SigningKey

    until_s = open_clock(None).wall_ms() // 1000 + seconds
    token = issue(Badge(number, Form.PHONE, until_s=until_s, demo=demo), SigningKey.load(key_file))
    if plain:
        click.echo(token)
        return
    require_libraries()
    from settlement.badges.code import drawing_of, in_characters
    from settlement.badges.issue import write_new

    if drawing:
        write_new({drawing: drawing_of(token)}, overwrite=True)
    else:
        click.echo(in_characters(token))
    click.echo(f"Admits volunteer {number} until {dt.datetime.fromtimestamp(until_s, dt.UTC):%H:%M:%S} UTC.")


@badge.command("revoke")
@at_centre
@click.argument("reference")
@click.option(
    "--from", "since", help="Since when, as 2026-03-07T12:00 in the settlement's zone; now if not given."
)
@click.option("--restore", is_flag=True, help="Take a revocation back instead.")
@REASON
@AS
def badge_revoke(
    now_ms: int, reference: str, since: str | None, reason: str, by: "Actor", *, restore: bool
) -> None:
    """Let a lost badge, card or telephone stand for nobody; terminals know it with their next roster.

    REFERENCE is a badge's number and serial, a reference that begins with keyed:, or the column under which
    it was imported (id_number, phone, card_uid, tag, tag_10d, tag_w26 or code): then its number is asked for,
    or read from standard input, and stored nowhere.

    \b
    muster badge revoke badge:1001.1 --reason "lost" --as zhao
    muster badge revoke card_uid --from 2026-03-07T12:00 --reason "stolen" --as zhao
    muster badge revoke badge:1001.1 --restore --reason "found again" --as zhao
    """

    from settlement.local_times import local_ms
    from settlement.master_data import access
    from settlement.master_data.people_file import EVIDENCE
    from settlement.rule_book import rules_at

    if restore and since:
        raise click.UsageError("--from goes with a revocation; --restore takes it back as a whole.")
    if reference in EVIDENCE:
        reference = access.reference_of(reference, click.prompt(reference, err=True))
    order = access.SignedBy(by, reason, now_ms)
    if restore:
        holder = access.restore(reference, order)
        click.echo(f"{reference} stands for volunteer {holder} again.")
        return
    from_ms = local_ms(since, rules_at(now_ms).settlement_tz) if since else None
    holder = access.revoke(reference, order, from_ms)
    click.echo(f"{reference} of volunteer {holder} is revoked; terminals know it with their next roster.")


def _of_file(listed: Path, encoding: str, *, demo: bool) -> tuple[list["WantedBadge"], list[Trouble]]:
    from settlement.badges.csv_source import read_wanted
    from settlement.lists.file import ListFile
    from settlement.lists.text_table import Encoding

    today = dt.datetime.fromtimestamp(open_clock(None).wall_ms() // 1000, dt.UTC).date()
    wanted, broken = read_wanted(ListFile(read_input(listed), Encoding(encoding)), today, demo=demo)
    return wanted, [each for row in broken for each in row.troubles]


def _of_centre(
    config: Path,
    key: "SigningKey",
    numbers: tuple[int, ...],
    activity: str | None,
    last_day: dt.date | None,
    login: str | None,
) -> list["WantedBadge"]:
    from settlement.setup import start
    from sync.contract.wire import Realm

    settings = start(config)
    if key.public.raw.hex() not in settings.badge_issuers:
        raise SettingsError(
            CommandTrouble.BADGE_KEY_NOT_BELIEVED,
            key=key.public.key_id,
            public=key.public.raw.hex(),
            path=config,
        )
    from settlement.badges.volunteer_source import wanted_of_centre

    now_ms, demo = open_clock(settings.clock_file).wall_ms(), settings.realm is Realm.DEMO
    return wanted_of_centre(numbers, activity, last_day, actor(login), now_ms, demo=demo)
