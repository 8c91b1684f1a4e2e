"""The command that plays the demo; it imports what it plays only when it is run."""

import sys
from pathlib import Path

import click

from muster.commands.group import Command


@click.command(cls=Command)
@click.option(
    "--keep", is_flag=True, help="Leave everything running until Ctrl-C, and tell what there is to look at."
)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to keep the demo's files."
)
@click.option(
    "--web-port", type=click.IntRange(0, 65535), default=0, help="Port of the page; 0 takes a free one."
)
@click.option(
    "--kill",
    "victims",
    multiple=True,
    type=click.Choice(["engine", "uplink", "listener", "mosquitto"]),
    help="Kill this process (-9) in the middle of the day; may be given several times.",
)
@click.option("--unplug", is_flag=True, help="Pull the cable of every device once.")
@click.option("--double", is_flag=True, help="Carry every message twice, and junk between them.")
@click.option(
    "--volunteers",
    type=click.IntRange(60, 1000),
    default=400,
    show_default=True,
    help="With --keep: how many people the example city has.",
)
def demo(
    *,
    keep: bool,
    folder: Path | None,
    web_port: int,
    victims: tuple[str, ...],
    double: bool,
    unplug: bool,
    volunteers: int,
) -> None:
    """Play a whole working day in a minute: camera, scanner, keypad, broker, centre.

    \b
    muster demo
    muster demo --keep
    muster demo --kill engine --kill mosquitto
    """
    from muster.demo.play import DemoOptions, play

    options = DemoOptions(web_port, double, unplug, victims, volunteers)
    sys.exit(play(options, keep=keep, folder=folder))
