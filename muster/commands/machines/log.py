"""A terminal's log: looked into, carried out in a file, and taken in at the centre."""

import sys
from pathlib import Path

import click

from foundation.clock import open_clock
from muster.commands.group import FILE, Group, settings_file, words_of


@click.group(cls=Group)
def log() -> None:
    """Look into a terminal's log, or carry it to the centre in a file."""


@log.command("verify")
@click.argument("file", type=FILE)
@click.option("--terminal", required=True, help="The terminal that wrote the log.")
def log_verify(file: Path, terminal: str) -> None:
    """Check the whole hash chain, and name the end of each epoch.

    \b
    muster log verify /var/lib/muster/log.db --terminal north-gate
    """
    from sync.log.reader import LogReader

    for end in LogReader(file, terminal).verify():
        click.echo(f"epoch {end.epoch}: {end.seq} events, head {end.hash}")
    click.echo("the chain holds")


@log.command("export")
@settings_file("kiosk.toml")
@click.argument("file", type=FILE)
def log_export(config: Path, file: Path) -> None:
    """Write this terminal's log to FILE, sealed, to be carried to the centre.

    \b
    muster log export /media/stick/north-gate.muster
    """
    from kiosk.settings import KioskFiles
    from sync.line.log_export import export_log
    from sync.log.reader import LogReader

    files = KioskFiles(config)
    clock = open_clock(files.shared_clock)
    batches = export_log(LogReader(files.log_file, files.settings.terminal), files.identity(), clock, file)
    click.echo(f"{batches} batches are in {file}, read back and whole; the log keeps them too.")


@log.command("import")
@settings_file("settlement.toml")
@click.argument("file", type=FILE)
def log_import(config: Path, file: Path) -> None:
    """Take the log that a terminal exported to FILE; safe to repeat.

    \b
    muster log import /media/stick/north-gate.muster
    """
    from settlement.setup import start

    settings = start(config)
    from settlement.centre import open_centre
    from settlement.ingest.log_import import import_log

    imported = import_log(file, open_centre(settings), open_clock(settings.clock_file))
    click.echo(f"{imported.taken} batches are in the database.")
    for reason, count in imported.refused.items():
        click.echo(f"{count} batches were refused: {reason}. They are kept in quarantine.")
    if imported.broken_off:
        click.echo(words_of(click.get_current_context()).trouble(imported.broken_off))
    if imported.refused or imported.broken_off:
        sys.exit(1)
