"""`muster receipt`: whether the code that somebody took along proves a check-out, at either end."""

import sys
import tomllib
from pathlib import Path

import click

from muster.commands.group import FILE, Command, words_of
from muster.commands.opening import centre_now

_TERMINALS, _CENTRES = Path("/etc/muster/kiosk.toml"), Path("/etc/muster/settlement.toml")


@click.command("receipt", cls=Command)
@click.argument("code")
@click.option(
    "--config",
    type=FILE,
    help=f"Settings of a terminal or a centre; {_TERMINALS} when left out, else {_CENTRES}.",
)
@click.pass_context
def receipt(ctx: click.Context, code: str, config: Path | None) -> None:
    """Check the code that a terminal showed at a check-out; ends with 1 unless it is genuine.

    At a terminal its own log is looked up; at the centre, what all terminals sent, and what it became.

    \b
    muster receipt 7K2QM-XDA9H
    muster receipt 7K2QM-XDA9H --config /etc/muster/settlement.toml
    """
    config = config or (_TERMINALS if _TERMINALS.exists() else _CENTRES)
    genuine = _at_terminal(ctx, config, code) if _is_terminals(config) else _at_centre(ctx, config, code)
    sys.exit(0 if genuine else 1)


def _at_terminal(ctx: click.Context, config: Path, code: str) -> bool:
    from kiosk.settings import KioskFiles
    from kiosk.setup.receipt import tell_receipt

    return tell_receipt(KioskFiles(config), code, words_of(ctx), click.echo)


def _at_centre(ctx: click.Context, config: Path, code: str) -> bool:
    now_ms = centre_now(config)
    from django.conf import settings

    from settlement.explain.receipt_sentences import tell_receipt
    from settlement.recognition.receipt_check import ReceiptStanding, check_receipt

    found = check_receipt(code, settings.CENTRE, now_ms)
    for sentence in tell_receipt(found, words_of(ctx)):
        click.echo(sentence)
    return found.standing is ReceiptStanding.GENUINE


def _is_terminals(config: Path) -> bool:
    """Whether these are the settings of a terminal: only those name one. What can't be read is told later."""
    try:
        return "terminal" in tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return config.name == _TERMINALS.name
