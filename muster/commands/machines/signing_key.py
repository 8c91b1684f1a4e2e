"""`muster centre signing-key`: which key the centre signs with, whose word terminals take, and the next."""

import sys
from pathlib import Path

import click

from muster.commands.group import Command, settings_file
from muster.commands.opening import listing


@click.command("signing-key", cls=Command)
@settings_file("settlement.toml")
@click.option("--replace", is_flag=True, help="Make a new key, and let the one in force hand over to it.")
@click.option("--anyway", is_flag=True, help="Also where terminals don't say that they can follow.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def signing_key(config: Path, *, replace: bool, anyway: bool, yes: bool) -> None:
    """Tell which key the centre signs with and whose word each terminal takes; --replace makes the next.

    The key in force signs who comes after it, so terminals follow by themselves, also those that come back
    after months. It helps against a key that was stolen only before the thief uses it: then all must be
    enrolled anew, with `muster centre prepare --new-keys`.

    \b
    muster centre signing-key
    muster centre signing-key --replace
    """
    from foundation.clock import open_clock
    from settlement.setup import start

    settings = start(config)
    from settlement.database.known_keys import replace_key
    from settlement.downlink.handovers import beliefs
    from settlement.signing_keys import handovers_file, key_file, load_signing_keys

    held = beliefs()
    if not replace:
        click.echo(f"The centre signs with {load_signing_keys(settings).key.public.key_id}.")
        listing("terminal, believes", held, "No terminal is enrolled.")
        return
    silent = [terminal for terminal, believes in held if not believes]
    if silent and not anyway:
        click.echo(f"These terminals don't say whose word they take: {', '.join(silent)}.")
        click.echo(
            "Older software can't follow to another key, and would have to be enrolled anew. Update them and "
            "let them greet, revoke those that are gone, or say --anyway. Nothing was changed."
        )
        sys.exit(1)
    if not yes:
        click.confirm("Replace the key? A backup made before it is of no use for the key.", abort=True)
    key = replace_key(settings, open_clock(settings.clock_file).wall_ms())
    click.echo(f"The centre signs with {key.key_id} now; its public key, for terminals enrolled by hand:")
    click.echo(key.raw.hex())
    click.echo("The listener on this machine takes it within seconds and leads the terminals on.")
    click.echo(
        f"Copy {key_file(settings).name} and {handovers_file(settings).name} to every other machine of this "
        "centre, and make a backup: `muster centre backup`."
    )
