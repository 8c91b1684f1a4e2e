"""`muster demo`: sets the stage, plays the day, compares what it came to, and clears up."""

import os
import pty
import shutil
import tempfile
import termios
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from drivers.simulated.camera import read_clip
from foundation.errors import SettingsError
from kiosk.local_api.messages import Outcome
from muster.demo import doubler, table, ways_to_look
from muster.demo.broker import check_port, configure_mosquitto, find_mosquitto, free_port
from muster.demo.centre import furnish
from muster.demo.day import DEVICES, Day, How, load_day
from muster.demo.devices import DevicesOfDemo
from muster.demo.director import Director
from muster.demo.doubler import Doubler
from muster.demo.example_city import LogIn, build_city
from muster.demo.past import record_past
from muster.demo.processes import Children
from muster.demo.relay import Relay
from muster.demo.site import Ports, Site
from muster.troubles import CommandTrouble

_READY_WITHIN_S = 60
_SETTLED_WITHIN_S = 60
_LOOK_EVERY_S = 0.5
_ACCEPTED = {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT}
_KEYPAD_SIZE = (30, 100)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the demo is to be played.

    `double` carries every message twice, `unplug` pulls every device's cable once, `victims` are killed.
    One that goes on gets a city of so many `volunteers`.
    """

    web_port: int = 0
    double: bool = False
    unplug: bool = False
    victims: tuple[str, ...] = ()
    volunteers: int = 400


class Stage:
    """All processes and stand-ins of one demo; `close` ends them."""

    def __init__(self, folder: Path, day: Day, wishes: DemoOptions) -> None:
        """Start everything; raises MusterError when something can't be."""
        with ExitStack() as started:
            mosquitto = find_mosquitto()
            if wishes.web_port:
                check_port(wishes.web_port, "the page")
            self.site = Site(folder, day)
            far_port = free_port()
            near_port = free_port() if wishes.double else far_port
            relay = Relay(near_port)
            started.callback(relay.close)
            keypad = started.enter_context(_screen())
            hands = started.enter_context(DevicesOfDemo(self.site, keypad[0]))
            ports = Ports(far_port, relay.port, wishes.web_port or free_port(), free_port())
            self.site.configure(ports, hands.camera.url)
            self.page = f"http://127.0.0.1:{ports.web}/"
            self.children = Children(folder / "logs")
            started.callback(self.children.stop)
            furnish(self.site)
            record_past(self.site)
            self._start_broker(mosquitto, "mosquitto", far_port)
            if wishes.double:
                self._start_broker(mosquitto, "mosquitto-near", near_port)
                started.callback(_doubler(folder / "broker", near_port, far_port).close)
            self._start_processes(keypad[1])
            self.director = Director(self.site, hands, relay, click.echo)
            started.callback(self.director.close)
            self.site.film()
            hands.load(read_clip(self.site.clip))
            self.director.wait_until_ready(_READY_WITHIN_S)
            hands.wait_until_keys_count(_READY_WITHIN_S)
            self._started = started.pop_all()

    def close(self) -> None:
        """Stop every process and stand-in."""
        self._started.close()

    def _start_broker(self, mosquitto: str, name: str, port: int) -> None:
        configuration = configure_mosquitto(self.site.folder / "broker", name, port, doubler.ACCESS)
        self.children.start(name, [mosquitto, "-c", str(configuration)])

    def _start_processes(self, screen: int) -> None:
        kiosk, centre = str(self.site.kiosk_config), str(self.site.centre_config)
        self.children.muster("engine", "engine", "--config", kiosk, "--twins", str(self.site.twins))
        self.children.muster("uplink", "uplink", "--config", kiosk)
        self.children.muster("screen", "screen", "--config", kiosk, stdio=screen)
        self.children.muster("listener", "listen", "--config", centre)
        self.children.muster("settler", "settle", "--config", centre)
        self.children.muster("web", "web", "--config", centre)


def play(wishes: DemoOptions, *, keep: bool, folder: Path | None) -> int:
    """Play the demo; returns the exit status: 0 when the hours are what the script foresees."""
    day = load_day()
    files = empty_folder(folder) if folder else Path(tempfile.mkdtemp(prefix="muster-demo-"))
    click.secho("DEMO - made-up people, made-up hours. A real centre refuses them.", bold=True)
    click.echo("A clock that all processes share is moved from scene to scene: a day in under a minute.\n")
    stage = Stage(files, day, wishes)
    try:
        _play_day(stage, day, wishes)
        equal = settle(stage, day)
        if keep:
            _keep(stage, _city(stage, wishes.volunteers))
    finally:
        stage.close()
    if equal and folder is None:
        shutil.rmtree(files)  # kept, with its logs, when something went wrong
    return 0 if equal else 1


def _play_day(stage: Stage, day: Day, wishes: DemoOptions) -> None:
    click.echo(f"The page of the centre: {stage.page}")
    click.echo(f"The staff's screen:     muster monitor --config {stage.site.kiosk_config}\n")
    scenes = [step for step in day.step if step.how is How.CAMERA and step.outcome in _ACCEPTED]
    doomed = {id(scenes[2 + number]): victim for number, victim in enumerate(wishes.victims)}
    leaving = {step.how: id(step) for step in day.step if step.outcome is Outcome.ACCEPTED_OUT}
    for step in day.step:
        if wishes.unplug and step.how in DEVICES and leaving.get(step.how) == id(step):
            stage.director.unplug_and_plug_in(step.how)
        victim = doomed.get(id(step))
        stage.director.play(step, during=_killer(stage, victim) if victim else None)


def _killer(stage: Stage, victim: str) -> Callable[[], None]:
    def kill() -> None:
        stage.children.kill(victim)
        click.secho(f"          -- kill -9 of {victim}, while somebody checks in --", bold=True)

    return kill


def settle(stage: Stage, day: Day) -> bool:
    """Wait until the centre has settled the day, and print the table."""
    stage.site.move_to(day.ms(day.settle_at))
    deadline = time.monotonic() + _SETTLED_WITHIN_S
    boards = _boards(stage.page, day)
    while not (table.is_finished(boards) and table.equal(day, boards)) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)
        boards = _boards(stage.page, day)
    click.echo(f"\nThe page of the centre: {stage.page}\n")
    click.echo(table.render(day, boards))
    return table.equal(day, boards)


def _boards(page: str, day: Day) -> table.Boards:
    """The boards that the centre's page shows; empty while the page is being started."""
    return {on: _board(f"{page}api/board.json?date={on}") for on in table.dates(day)}


def _board(address: str) -> table.Board:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own page
            return msgspec.json.decode(answer.read(), type=table.Board)
    except OSError:
        return table.Board()


def _city(stage: Stage, volunteers: int) -> list[LogIn]:
    click.echo("\nAn example city comes to the same centre, so that there is something to decide:")
    return build_city(stage.site, volunteers, lambda done: click.echo(f"  {done}"))


def _keep(stage: Stage, log_ins: list[LogIn]) -> None:
    click.echo(f"\nTo look at:\n{ways_to_look.tell(stage.site, stage.page)}\n")
    click.echo(f"{ways_to_look.tell_log_ins(log_ins, stage.page)}\n")
    click.echo("Everything goes on until Ctrl-C.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nStopping.")


def _doubler(folder: Path, near_port: int, far_port: int) -> Doubler:
    """A hostile line, as soon as both brokers are up."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while True:
        try:
            return Doubler(folder, near_port, far_port)
        except OSError as error:
            if time.monotonic() > deadline:
                raise SettingsError(
                    CommandTrouble.DEMO_FAILED,
                    why=f"The brokers did not start: {error}.",
                    log="logs/mosquitto.log",
                ) from error
            time.sleep(0.1)


def empty_folder(folder: Path) -> Path:
    """A folder for a demo's files, made where there is none; raises SettingsError when it is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(CommandTrouble.DEMO_FOLDER_NOT_EMPTY, path=folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextmanager
def _screen() -> Iterator[tuple[int, int]]:
    """A terminal for the volunteers' screen: our end, and the screen's. What it draws is read and dropped."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, _KEYPAD_SIZE)
    threading.Thread(target=_drain, args=(ours,), daemon=True).start()
    try:
        yield ours, theirs
    finally:
        os.close(theirs)


def _drain(terminal: int) -> None:
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        os.close(terminal)
