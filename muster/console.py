"""The command `muster`: one sub-command per process or tool. Each imports only what it needs."""

import sys
from pathlib import Path

import click

from foundation import VERSION
from foundation.clock import open_clock
from foundation.signals import stop_when_told
from muster.commands.group import FILE, FOLDER, Group, remember_language, settings_file, words_of
from muster.commands.hours.certificate import certificate
from muster.commands.hours.dispute import dispute
from muster.commands.hours.inspection import inspection
from muster.commands.hours.manual import manual
from muster.commands.hours.points import points
from muster.commands.hours.proof import proof
from muster.commands.hours.rating import rating
from muster.commands.hours.record import record
from muster.commands.hours.report import report
from muster.commands.hours.review import review
from muster.commands.hours.rules import rules
from muster.commands.hours.stars import stars
from muster.commands.hours.transfer import transfer
from muster.commands.machines.broker import broker
from muster.commands.machines.centre import centre
from muster.commands.machines.enrol import enrol
from muster.commands.machines.log import log
from muster.commands.machines.service import service
from muster.commands.machines.terminal import terminal
from muster.commands.options import LANGUAGE
from muster.commands.people.account import account
from muster.commands.people.badge import badge
from muster.commands.people.code import code
from muster.commands.people.receipt import receipt


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="muster")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How logs look on standard error.",
)
@click.option(
    "--language",
    type=LANGUAGE,
    expose_value=False,
    callback=remember_language,
    help="Of errors and findings; that of the environment when left out.",
)
def main(log_format: str) -> None:
    """Check-in terminals for volunteer sites, and the hours they earn."""


@main.command()
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
@click.option(
    "--show",
    is_flag=True,
    help="Three terminals, the centre and the staff's view in one window, with keys that break them.",
)
@click.option(
    "--script",
    metavar="FILE",
    help="With --show: press the keys of this file by themselves; `default` is the one that ships.",
)
def demo(
    *,
    show: bool,
    script: str | None,
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
    muster demo --show
    """
    if show or script:
        from muster.demo.show.play import play_show

        sys.exit(play_show(folder, script))
    from muster.demo.play import DemoOptions, play

    options = DemoOptions(web_port, double, unplug, victims, volunteers)
    sys.exit(play(options, keep=keep, folder=folder))


@main.command()
@settings_file("kiosk.toml")
@click.option("--twins", type=FILE, help="Demo only: the socket of stand-ins for keypads and cards.")
def engine(config: Path, twins: Path | None) -> None:
    """Run the terminal's engine: devices, decision, log."""
    from kiosk.run_engine import run_terminal

    with service():
        run_terminal(config, twins)


@main.command()
@settings_file("kiosk.toml")
def uplink(config: Path) -> None:
    """Run the terminal's uplink: log to broker, until the centre acknowledges."""
    from kiosk.uplink_process import run_uplink

    with service():
        run_uplink(config)


@main.command()
@settings_file("kiosk.toml")
@click.option(
    "--language", type=LANGUAGE, callback=remember_language, help="The roster's language when left out."
)
def screen(config: Path, language: str | None) -> None:
    """Show the volunteers' full-screen view on this terminal; F2 or * opens that of staff, by a log-in."""
    from kiosk.screens.monitor.at_the_terminal import run_screens
    from kiosk.settings import socket_named_by

    run_screens(socket_named_by(config), language)


@main.command()
@settings_file("kiosk.toml")
@click.option(
    "--language", type=LANGUAGE, callback=remember_language, help="The roster's language when left out."
)
def monitor(config: Path, language: str | None) -> None:
    """Show the staff's view: who is here, readings, devices, link."""
    from kiosk.screens.monitor.page import run_monitor
    from kiosk.settings import socket_named_by

    run_monitor(socket_named_by(config), language)


@main.command()
@settings_file("kiosk.toml")
def answers(config: Path) -> None:
    """Print each answer of this terminal as one line of text, as it happens.

    For screen readers and braille displays, over SSH too: the large word, the name as the site allows it, and
    what is said of it, in the person's language. Ends when the engine does, or at Ctrl-C.

    \b
    muster answers
    """
    from kiosk.local_api.answer_lines import answers_socket_beside, follow_answers
    from kiosk.settings import socket_named_by

    for line in follow_answers(answers_socket_beside(socket_named_by(config))):
        click.echo(line)


@main.command()
@click.option(
    "--config", type=FILE, help="Settings; /etc/muster/kiosk.toml when left out, where that exists."
)
@click.option("--bundle", type=FILE, help="Also write an archive for support, without people and secrets.")
@click.option("--devices", is_flag=True, help="Only list what is connected, by the names for the settings.")
@click.option(
    "--badge",
    type=click.IntRange(1, 600),
    metavar="SECONDS",
    help="For so long, try each scanner and camera with a badge that is held up to it.",
)
@click.pass_context
def doctor(
    ctx: click.Context, config: Path | None, bundle: Path | None, badge: int | None, *, devices: bool
) -> None:
    """Judge the whole terminal on one page, and say how to repair what is wrong.

    Looks at keys, certificate, broker, roster, clock, disk, log, services, screen and devices: good (✔), to
    look at (!), broken (✖), or not to be judged (·). Best as root, while the services run. Ends with 1 when
    something is broken, else with 0: what is only to be looked at does not count. Nothing is logged or sent.

    \b
    muster doctor
    muster doctor --bundle support.tar.gz
    muster doctor --badge 60
    """
    from kiosk.setup.doctor import list_devices, run_doctor

    if devices:
        list_devices(config, words_of(ctx), click.echo)
    else:
        sys.exit(0 if run_doctor(config, words_of(ctx), click.echo, bundle, badge) else 1)


@main.command()
@click.option(
    "--config", type=FILE, help="Settings; when left out, every serial port and camera that is found."
)
@click.option("--seconds", type=click.IntRange(1), help="End after so long; at Ctrl-C when left out.")
@click.pass_context
def scan(ctx: click.Context, config: Path | None, seconds: int | None) -> None:
    """Show live what the devices read, without admitting anybody; stop the engine before.

    \b
    muster scan --config /etc/muster/kiosk.toml
    muster scan --seconds 30
    """
    from kiosk.setup.scan import run_scan

    run_scan(config, seconds, stop_when_told(), words_of(ctx), click.echo)


@main.command()
@settings_file("settlement.toml")
def listen(config: Path) -> None:
    """Run the centre's listener: broker to database, acknowledged after the commit."""
    from settlement.setup import start_service

    with service():
        stop = stop_when_told()
        if settings := start_service(config, stop):
            from settlement.ingest.listener import run_listener

            run_listener(settings, stop)


@main.command()
@settings_file("settlement.toml")
@click.option("--full", is_flag=True, help="Settle everybody once, not only whose evidence changed, and end.")
@click.option(
    "--check", is_flag=True, help="With --full: change nothing, tell what differs from a new computation."
)
def settle(config: Path, *, full: bool, check: bool) -> None:
    """Run the settler: evidence to sessions, hours and the ledger.

    \b
    muster settle
    muster settle --full --check
    """
    if check and not full:
        raise click.UsageError("--check compares everything: write --full --check.")
    from settlement.setup import start, start_service

    if not full:
        with service():
            stop = stop_when_told()
            if settings := start_service(config, stop):
                from settlement.settling.settler import run_settler

                run_settler(settings, stop)
        return
    settings = start(config)
    from settlement.settling.full_check import check_everything
    from settlement.settling.settler import settle_everything

    now_ms = open_clock(settings.clock_file).wall_ms()
    if check:
        checked = check_everything(now_ms, click.echo)
        click.echo(checked)
        sys.exit(1 if checked.differences else 0)
    counted = settle_everything(now_ms)
    click.echo(f"settled {counted.volunteers} volunteers, {counted.changed} changed")


@main.command()
@settings_file("settlement.toml")
@click.option("--public", is_flag=True, help="Only those for everybody, at the port of their own.")
@click.pass_context
def web(ctx: click.Context, config: Path, *, public: bool) -> None:
    """Serve the centre's pages, and /healthz.

    A proxy on this machine ends TLS before them: config/Caddyfile and config/nginx.conf are examples. Without
    one a live centre shows them to this machine alone.
    """
    from settlement.setup import start_service

    with service():
        stop = stop_when_told()
        if settings := start_service(config, stop):
            from settlement.web.serving.server import run_web, where_others_look

            told = "" if public else where_others_look(settings, words_of(ctx))
            if told:
                click.echo(told)
            run_web(settings, stop, public=public)


main.add_command(enrol)


@main.command("enrol-server")
@settings_file("settlement.toml")
def enrol_server(config: Path) -> None:
    """Answer terminals that want to be enrolled, at the address under [enrolment]."""
    from settlement.setup import start_service

    with service():
        stop = stop_when_told()
        if settings := start_service(config, stop):
            from settlement.enrolment.server import run_enrolment

            run_enrolment(settings, stop)


for group in (
    centre,
    account,
    terminal,
    code,
    badge,
    broker,
    review,
    manual,
    dispute,
    record,
    certificate,
    proof,
    points,
    stars,
    rating,
    transfer,
    inspection,
    log,
    report,
):
    main.add_command(group)


main.add_command(rules)
main.add_command(receipt)


@main.group(cls=Group)
def qr() -> None:
    """Try the reading of codes."""


@qr.command("verify")
@click.argument("folder", type=FOLDER)
@click.option(
    "--stream", is_flag=True, help="Give each photograph to the live reader, as ten pictures that move."
)
def qr_verify(folder: Path, stream: bool) -> None:  # noqa: FBT001 - click gives options by name
    """Read a folder of photographs with a manifest, beside other decoders; print what was right.

    Each photograph that is wrong or unread is named, with what was read and what is right. Micro QR codes are
    left alone on purpose: what looked like one was mostly none.
    """
    from drivers.camera.verify import main as verify
    from drivers.camera.verify import main_of_stream as verify_stream

    sys.exit(verify_stream(folder) if stream else verify(folder))
