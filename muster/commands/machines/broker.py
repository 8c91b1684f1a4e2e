"""`muster broker`: whether another broker than the shipped one suits, before anybody relies on it."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foundation.errors import SettingsError
from muster.commands.group import Group, remember_language, settings_file, words_of
from muster.commands.options import LANGUAGE
from muster.troubles import CommandTrouble

if TYPE_CHECKING:
    from foundation.words import Words
    from settlement.authority.broker_guests import GuestNames
    from sync.conformance.address import Address
    from sync.conformance.rows import Finding

_MARKS = {"holds": "✔", "does_without": "!", "fails": "✖", "untried": "·"}
_CENTRE = re.compile(r"centre-[0-9]{1,3}")


@click.group(cls=Group)
def broker() -> None:
    """Judge the MQTT broker."""


@broker.command("check")
@settings_file("settlement.toml")
@click.argument("url")
@click.option(
    "--terminals-at", "elsewhere", metavar="URL", help="Another node of the same cluster, for the terminals."
)
@click.option(
    "--terminals",
    nargs=2,
    default=("probe-1", "probe-2"),
    show_default=True,
    metavar="NAME NAME",
    help="By which names the check's two terminals come.",
)
@click.option(
    "--centre", default="centre-9", show_default=True, metavar="NAME", help="By which name its centre comes."
)
@click.option(
    "--mqtt-version",
    type=click.Choice(["5", "3.1.1"]),
    help="Which version must be spoken; that of the settings when left out.",
)
@click.option(
    "--language", type=LANGUAGE, callback=remember_language, expose_value=False, help="Of the findings."
)
@click.pass_context
def broker_check(
    ctx: click.Context,
    config: Path,
    url: str,
    elsewhere: str | None,
    terminals: tuple[str, str],
    centre: str,
    mqtt_version: str | None,
) -> None:
    """Try whether the broker at URL keeps all that the line asks of it, row by row.

    Run at the centre, whose authority issues certificates that end within the hour for two terminals and a
    centre that nobody else is. A broker that knows its users one by one must know these three names first.
    Real terminals and the listener may be connected: they notice nothing. Each row holds (✔), does not (✖),
    does not and Muster gets along (!), or could not be tried (·). Ends with 1 when a row with ✖ is there,
    or one that matters could not be tried.

    \b
    muster broker check mqtts://broker.example:8883
    """
    from settlement.setup import start

    centre_at, terminals_at = _address(url), _address(elsewhere or url)
    settings = start(config)
    from settlement.authority.broker_guests import GuestNames, guests_of
    from sync.conformance.judgement import in_the_way
    from sync.conformance.trials import try_broker

    names = GuestNames(centre, *terminals)
    _check_names(names, settings.listener.client)
    words = words_of(ctx)
    wanted = mqtt_version or settings.broker.mqtt_version
    click.echo(words.say("broker-check-head", broker=url, version=wanted))
    findings = []
    with guests_of(settings, names, centre_at, terminals_at) as guests:
        for finding in try_broker(guests, wanted):
            findings.append(finding)
            click.echo("\n".join(_lines(finding, words)))
    if obstacles := in_the_way(findings):
        click.echo(words.say("broker-check-unsuited", count=len(obstacles)))
        sys.exit(1)
    click.echo(words.say("broker-check-suits"))


def _address(url: str) -> "Address":
    from sync.conformance.address import read_address

    address = read_address(url)
    if address is None:
        raise SettingsError(CommandTrouble.BROKER_ADDRESS_WRONG, address=url)
    return address


def _check_names(names: "GuestNames", listener: str) -> None:
    from sync.contract.terminal_name import is_probe

    wrong = [name for name in (names.first, names.second) if not is_probe(name)]
    if names.first == names.second:
        wrong.append(names.second)
    if not _CENTRE.fullmatch(names.centre) or names.centre == listener:
        wrong.append(names.centre)
    if wrong:
        raise SettingsError(CommandTrouble.CHECK_NAME_WRONG, name=wrong[0], listener=listener)


def _lines(finding: "Finding", words: "Words") -> Iterable[str]:
    """The row with its mark, then what it costs and what to do."""
    row = f"broker-row-{finding.row}"
    marked = f"{_MARKS[finding.mark]} {words.say(row)}"
    if finding.mark == "untried":
        yield marked
        if finding.detail:
            yield f"  {words.say('broker-check-untried', why=finding.detail)}"
        return
    detail = words.say("broker-check-detail", detail=finding.detail) if finding.detail else ""
    yield words.together(marked, detail)
    if finding.said != "holds":
        yield f"  {words.say(f'{row}.{finding.said}')}"
    if finding.wants_mending:
        yield f"  {words.say(f'{row}.remedy')}"
