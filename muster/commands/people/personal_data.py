"""`muster record export` and `erase`, `muster centre retain`: what is kept of people, told and ended."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, Command, settings_file, words_of
from muster.commands.opening import at_centre, listing, write_output
from muster.commands.options import AS, REASON, VOLUNTEER_NUMBER, WHY

if TYPE_CHECKING:
    from pathlib import Path

    from settlement.accounts.actor import Actor

_NUMBER = click.argument("number", type=VOLUNTEER_NUMBER)


@click.command("export", cls=Command)
@at_centre
@_NUMBER
@click.option("--json", "json_file", type=FILE, help="Write it for machines to this file.")
@click.option("--page", type=FILE, help="Write it as a page (HTML) that the person can read to this file.")
@WHY
@AS
def export(
    now_ms: int, number: int, json_file: "Path | None", page: "Path | None", reason: str, by: "Actor"
) -> None:
    """Write everything that is kept of volunteer NUMBER into a file, for that person.

    The page is in the language of --language. That it was exported is on record.

    \b
    muster record export 1001 --page mei.html --json mei.json
    """
    from django.conf import settings

    from settlement.accounts.audit import Signed
    from settlement.personal_data.export import as_json, export_of
    from settlement.personal_data.page import as_page

    if json_file is None and page is None:
        raise click.UsageError("Say where to: --page FILE, --json FILE or both.")
    data = export_of(number, Signed(by, now_ms, reason))
    if json_file is not None:
        write_output(json_file, as_json(data), is_personal=True)
    if page is not None:
        words = words_of(click.get_current_context())
        zone = settings.CENTRE.rules.settlement_tz
        told = as_page(data, words, store=settings.CENTRE.store, zone=zone)
        write_output(page, told.encode(), is_personal=True)
    rows = sum(len(section.rows) for section in data.sections)
    files = " and ".join(str(file) for file in (page, json_file) if file is not None)
    click.echo(f"{rows} rows about volunteer {number} are in {files}.")


@click.command("erase", cls=Command)
@at_centre
@_NUMBER
@REASON
@click.option("--yes", is_flag=True, help="Don't ask.")
@AS
def erase(now_ms: int, number: int, reason: str, by: "Actor", *, yes: bool) -> None:
    """Take the name, cards, telephones, free text and own account of volunteer NUMBER away, for ever.

    Hours, decisions and certificates stay under the number, and so do the terminals' events, which hold no
    name. Nothing may wait for a decision. The number is given to nobody again. Write no name into the
    reason: it stays.

    \b
    muster record erase 1001 --reason "request of 7 March, folder 4"
    """
    from django.conf import settings

    from settlement.accounts.audit import Signed
    from settlement.database.emptied_log import empty_log
    from settlement.personal_data.erased_list import list_erased
    from settlement.personal_data.erasure import erase as erase_person

    if not yes:
        click.confirm(f"Erase volunteer {number}? Nothing brings it back.", abort=True)
    erase_person(number, Signed(by, now_ms, reason))
    empty_log()
    list_erased(settings.CENTRE.path(settings.CENTRE.archive_folder))
    click.echo(f"Volunteer {number} is erased. Backups hold the name until they end.")


@click.command("retain", cls=Command)
@settings_file("settlement.toml")
@click.option("--preview", "only_shown", is_flag=True, help="Only show what is over; end nothing.")
def retain(config: "Path", *, only_shown: bool) -> None:
    """End what is kept of people beside their hours and is over, as [retention] of the settings says.

    Whoever was erased and came back with a restored backup is erased again. Safe to repeat.

    \b
    muster centre retain --preview
    muster centre retain       # once a day, by a timer
    """
    from foundation.clock import open_clock
    from settlement.setup import start

    settings = start(config)
    from settlement.database.emptied_log import empty_log
    from settlement.personal_data.erased_list import erase_again, list_erased
    from settlement.personal_data.retention import end_what_is_over, over

    now_ms = open_clock(settings.clock_file).wall_ms()
    folder = settings.path(settings.archive_folder)
    again: list[int] = []
    if not only_shown:
        again = erase_again(folder, now_ms)
    ended = over(settings.retention, now_ms) if only_shown else end_what_is_over(settings.retention, now_ms)
    listing("kind, days, rows", ((one.kind, one.days, one.count) for one in ended), "Everything is kept.")
    if not only_shown:
        empty_log()
        list_erased(folder)
    for number in again:
        click.echo(f"Volunteer {number} came back with a backup and is erased again.")
