"""`muster centre import`: people, memberships, cards and telephones from a list, or what it would do."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, Command, words_of
from muster.commands.opening import at_centre, read_input
from muster.commands.options import AS, ENCODING, SHEET, WHY
from muster.commands.previews import tell_people

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.command("import", cls=Command)
@at_centre
@click.argument("file", type=FILE)
@click.option("--organisation", help="Path of the organisation for rows that name none, such as 00010003.")
@ENCODING
@SHEET
@click.option(
    "--preview",
    "only_shown",
    is_flag=True,
    help="Only show what would be refused, read otherwise, new; store nothing.",
)
@click.option("--skip-broken", is_flag=True, help="Import the others; else one broken row stops all.")
@WHY
@AS
def centre_import(
    now_ms: int,
    file: Path,
    organisation: str | None,
    encoding: str,
    sheet: str,
    reason: str,
    by: "Actor",
    *,
    only_shown: bool,
    skip_broken: bool,
) -> None:
    """Import volunteers, their memberships, assignments, cards and telephones from CSV or .xlsx.

    A row names the columns: number and name, and if wanted language, organisation, joined, activity,
    post, id_number, phone, card_uid, tag, tag_10d, tag_w26, code. A tag is its hexadecimal digits, or what is
    printed on it: ten decimal digits (tag_10d) or facility and code (tag_w26). Ends with 1 when nothing was
    imported, or would be.

    \b
    muster centre import volunteers.csv --organisation 00010003 --preview
    muster centre import volunteers.csv --organisation 00010003
    muster centre import volunteers.xlsx --organisation 00010003 --sheet 2026
    muster centre import volunteers.csv --encoding gb18030 --skip-broken
    """
    from settlement.accounts.audit import Signed
    from settlement.lists.file import ListFile
    from settlement.lists.text_table import Encoding
    from settlement.look_up import organisation_at
    from settlement.master_data.people_import import import_people
    from settlement.master_data.people_preview import preview_people

    home = organisation_at(organisation) if organisation else None
    signed = Signed(by, now_ms, reason)
    given = ListFile(read_input(file), Encoding(encoding), sheet)
    if only_shown:
        found = preview_people(given, home, signed)
        tell_people(found, skip_broken=skip_broken)
        sys.exit(bool(found.broken) and not skip_broken)
    done = import_people(given, home, signed, skip_broken=skip_broken)
    words = words_of(click.get_current_context())
    for trouble in (each for row in done.broken for each in row.troubles):
        click.echo(words.what(trouble))
    if done.broken and not skip_broken:
        click.echo(
            f"Nothing was imported: {len(done.broken)} rows are broken. Correct them, or leave them out with "
            "--skip-broken."
        )
        sys.exit(1)
    click.echo(
        f"{done.volunteers} volunteers, {done.memberships} memberships, {done.assignments} assignments "
        f"and {done.cards} cards are new; {len(done.broken)} broken rows were left out."
    )
