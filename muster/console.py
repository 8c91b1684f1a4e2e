"""The command `muster`: one sub-command per process or tool. Each imports only what it needs."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from muster.errors import MusterError

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)


class _Group(click.Group):
    """Lists its commands in the order in which they were written, and tells errors as sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever a command returns
        try:
            return super().invoke(ctx)
        except MusterError as error:
            raise click.ClickException(str(error)) from error


def _config(shipped: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--config",
        type=_FILE,
        default=Path("/etc/muster") / shipped,
        show_default=True,
        help=f"Settings; config/{shipped} explains each.",
    )


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="muster")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How logs look on standard error.",
)
def main(log_format: str) -> None:
    """Check-in terminals for volunteer sites, and the hours they earn."""
    from muster.logs import set_up_logs

    set_up_logs(as_json=log_format == "json")


@main.command()
@click.option("--keep", is_flag=True, help="Leave everything running until Ctrl-C: page, terminal, monitor.")
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
def demo(*, keep: bool, folder: Path | None, web_port: int, victims: tuple[str, ...]) -> None:
    """Play a whole working day in a minute: camera, scanner, keypad, broker, centre.

    \b
    muster demo
    muster demo --keep
    muster demo --kill engine --kill mosquitto
    """
    from muster.demo.play import play

    sys.exit(play(keep=keep, folder=folder, web_port=web_port, victims=victims))


@main.command()
@_config("kiosk.toml")
def engine(config: Path) -> None:
    """Run the terminal's engine: devices, decision, log."""
    from kiosk.terminal import run_terminal

    run_terminal(config)


@main.command()
@_config("kiosk.toml")
def uplink(config: Path) -> None:
    """Run the terminal's uplink: log to broker, until the centre acknowledges."""
    from kiosk.link import run_uplink

    run_uplink(config)


@main.command()
@_config("kiosk.toml")
@click.option("--language", help="en, zh-Hans or ar; the roster's language when left out.")
def screen(config: Path, language: str | None) -> None:
    """Show the volunteers' full-screen view on this terminal."""
    from kiosk.configuration import KioskFiles
    from kiosk.screens.volunteer import run_screen

    files = KioskFiles(config)
    run_screen(files.socket, language, files.settings.result_shown_s)


@main.command()
@_config("kiosk.toml")
@click.option("--language", help="en, zh-Hans or ar; the roster's language when left out.")
def monitor(config: Path, language: str | None) -> None:
    """Show the staff's view: who is here, readings, devices, link."""
    from kiosk.screens.monitor import run_monitor

    from kiosk.configuration import KioskFiles

    run_monitor(KioskFiles(config).socket, language)


@main.command()
@_config("settlement.toml")
def listen(config: Path) -> None:
    """Run the centre's listener: broker to database, acknowledged after the commit."""
    from settlement.commands import run_listener_command

    run_listener_command(config)


@main.command()
@_config("settlement.toml")
@click.option("--full", is_flag=True, help="Settle everybody once, not only whose evidence changed, and end.")
def settle(config: Path, *, full: bool) -> None:
    """Run the settler: evidence to sessions and hours."""
    from settlement.commands import run_settler_command

    run_settler_command(config, full=full)


@main.command()
@_config("settlement.toml")
def web(config: Path) -> None:
    """Serve the centre's pages."""
    from settlement.commands import run_web_command

    run_web_command(config)


@main.group(cls=_Group)
def log() -> None:
    """Look into a terminal's log."""


@log.command("verify")
@click.argument("file", type=_FILE)
@click.option("--terminal", required=True, help="The terminal that wrote the log.")
def log_verify(file: Path, terminal: str) -> None:
    """Check the whole hash chain, and name the end of each epoch.

    \b
    muster log verify /var/lib/muster/log.db --terminal north-gate
    """
    from sync.log_reader import LogReader

    for end in LogReader(file, terminal).verify():
        click.echo(f"epoch {end.epoch}: {end.seq} events, head {end.hash}")
    click.echo("the chain holds")


@main.group(cls=_Group)
def rules() -> None:
    """Try the settlement rules."""


@rules.command("verify")
@click.argument("file", type=_FILE)
def rules_verify(file: Path) -> None:
    """Run a file of worked cases; print each mismatch and `N passed, M failed`."""
    from settlement.verify import main as verify

    sys.exit(verify(file))


@main.group(cls=_Group)
def qr() -> None:
    """Try the reading of codes."""


@qr.command("verify")
@click.argument("folder", type=_FOLDER)
def qr_verify(folder: Path) -> None:
    """Read a folder of photographs with a manifest, beside other decoders; print what was right."""
    from drivers.qr_verify import main as verify

    sys.exit(verify(folder))
