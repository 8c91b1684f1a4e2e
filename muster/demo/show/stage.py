"""All processes and stand-ins of a show: three terminals, a broker, the centre, and the people who come."""

import dataclasses
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import msgspec

from foundation.errors import DeviceError
from kiosk.local_api.client import Heard
from kiosk.screens.terminal_state import TerminalState
from muster.demo.broker import configure_mosquitto, find_mosquitto, free_port
from muster.demo.centre import furnish
from muster.demo.day import Day, load_day
from muster.demo.processes import Children
from muster.demo.show.counted import Centre, count
from muster.demo.show.crowd import STRANGERS_CARD, Queue, people
from muster.demo.show.deeds import Deed
from muster.demo.show.gate import Gate
from muster.demo.show.site import ShowSite
from muster.demo.show.tally import Tally, tally
from muster.demo.show.watched import Watched
from muster.demo.site import Ports
from muster.troubles import CommandTrouble
from sync.contract import badge
from sync.contract.badge import Badge

PACE = 60
"""Seconds that the show's clocks go on in a second."""
_PEOPLE_A_GATE = 9
_TICK_S = 0.25
_READY_WITHIN_S = 90.0
_ANSWER_WITHIN_S = 2.5
_BEGINS_AFTER_MS = 3_000_000
"""The show begins fifty minutes after the activity opened."""

ToldBy = Callable[[str, Heard], None]
"""Takes what a terminal said, by its name, in a thread of its own."""


class ShowStage:
    """Everything runs; nobody comes before `open_doors`."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Start everything; raises MusterError when something can't be."""
        self.told: ToldBy = lambda _name, _heard: None
        self._closing = threading.Event()
        self._doors_open = False
        self._threads: list[threading.Thread] = []
        with ExitStack() as started:
            mosquitto = find_mosquitto()
            self._site = ShowSite(folder, _day())
            self._site.move_to(self._site.clock.wall_ms() + _BEGINS_AFTER_MS)
            broker_port = free_port()
            self._site.configure(Ports(broker_port, broker_port, free_port(), free_port()), "")
            self._children = Children(folder / "logs")
            started.callback(self._children.stop)
            self.gates = [self._gate(name, broker_port) for name in self._site.terminals]
            for gate in self.gates:
                started.callback(gate.close)
            _furnish(self._site)
            configuration = configure_mosquitto(folder / "broker", "mosquitto", broker_port)
            self._children.start("mosquitto", [mosquitto, "-c", str(configuration)])
            self._children.muster("listener", "listen", "--config", str(self._site.centre_config))
            self._children.muster("settler", "settle", "--config", str(self._site.centre_config))
            for gate in self.gates:
                gate.start()
            self.watched = [
                Watched(gate.name, gate.socket, partial(self._tell, gate.name)) for gate in self.gates
            ]
            for watched in self.watched:
                started.callback(watched.close)
            self._wait_until_ready()
            self._backup = self._back_up()
            started.callback(self._end_threads)
            self._started = started.pop_all()
        self._begin(self._move_clocks)
        for place, gate in enumerate(self.gates):
            numbers = [one.number for one in self._site.day.volunteer[place :: len(self.gates)]]
            watched = self.watched[place]
            self._begin(partial(self._let_come, gate, watched, Queue(seed + place, numbers)))

    def close(self) -> None:
        """Stop every process and stand-in."""
        self._started.close()

    def open_doors(self) -> None:
        """Let people come."""
        self._doors_open = True

    def close_doors(self) -> None:
        """Let nobody else come; whoever is at a terminal is still answered."""
        self._doors_open = False

    def do(self, deed: Deed, gate: Gate) -> str:
        """Do something bad, or put it right; takes seconds. Returns what was done, in words."""
        match deed:
            case Deed.NETWORK:
                return gate.switch_network()
            case Deed.KILL:
                return gate.kill()
            case Deed.POWER:
                return gate.cut_power()
            case Deed.CLOCK:
                return gate.switch_clock(self._site.clock.wall_ms())
            case Deed.UNPLUG:
                return gate.switch_scanner()
            case Deed.BROKER:
                self._children.kill("mosquitto")
                return "kill -9 of the broker"
            case Deed.RESTORE:
                self._restore()
                return "the centre is put back to yesterday; terminals bring what it lacks"

    def mend(self) -> None:
        """Put right all that was done."""
        for gate in self.gates:
            gate.mend(self._site.clock.wall_ms())

    def count(self) -> tuple[Tally, Centre]:
        """What was shown, held against what is kept; what was shown first, and again after the centre."""
        shown = [one for watched in self.watched for one in watched.seen()]
        held, centre = count(self.gates, self._database)
        unanswered = sum((watched.unanswered() for watched in self.watched), Counter())
        sum_now = tally(shown, held, unanswered)
        later = [one for watched in self.watched for one in watched.seen()]
        return dataclasses.replace(sum_now, doubled=tally(later, held, unanswered).doubled), centre

    def _tell(self, name: str, heard: Heard) -> None:
        self.told(name, heard)

    @property
    def _database(self) -> Path:
        return self._site.folder / "centre" / "centre.sqlite3"

    def _gate(self, name: str, broker_port: int) -> Gate:
        return Gate(name, self._site.folder / name, self._site.clock.wall_ms(), broker_port, self._children)

    def _wait_until_ready(self) -> None:
        for watched in self.watched:
            if not watched.wait_for(_is_ready, _READY_WITHIN_S):
                raise DeviceError(
                    CommandTrouble.DEMO_FAILED,
                    why="A terminal was not ready in time.",
                    log=self._site.folder / "logs",
                )

    def _back_up(self) -> Path:
        """The backup of yesterday: it knows the terminals and the people, and no check-in."""
        into = self._site.folder / "backups"
        into.mkdir(mode=0o700)
        self._muster("centre", "backup", str(into))
        (made,) = into.iterdir()
        return made / "directory" / self._database.name

    def _restore(self) -> None:
        """As docs/operations.md tells it: services down, database back, and the generation raised."""
        for service in ("listener", "settler"):
            self._children.hold(service)
        try:
            for file in self._database.parent.glob(f"{self._database.name}*"):
                file.unlink()
            shutil.copy(self._backup, self._database)
            self._muster("centre", "restore-check", "--restored")
        finally:
            for service in ("listener", "settler"):
                self._children.release(service)

    def _muster(self, *arguments: str) -> None:
        config = ("--config", str(self._site.centre_config))
        command = [sys.executable, "-m", "muster", *arguments, *config]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DeviceError(
                CommandTrouble.DEMO_FAILED, why=done.stderr.strip(), log=self._site.folder / "logs"
            )

    def _begin(self, what: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=what, daemon=True))
        self._threads[-1].start()

    def _end_threads(self) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def _move_clocks(self) -> None:
        by_ms = round(_TICK_S * PACE * 1000)
        while not self._closing.wait(_TICK_S):
            self._site.move_to(self._site.clock.wall_ms() + by_ms)
            for gate in self.gates:
                gate.move(by_ms)

    def _let_come(self, gate: Gate, watched: Watched, queue: Queue) -> None:
        while not self._closing.wait((visit := queue.next()).pause_s):
            if self._doors_open:
                token = self._token(visit.volunteer) if visit.volunteer else STRANGERS_CARD
                scan = partial(gate.scanner.scan, token)
                queue.done(visit, watched.present(visit.volunteer, scan, _ANSWER_WITHIN_S))

    def _token(self, volunteer: int) -> str:
        return badge.issue(Badge(volunteer, serial=1, demo=True), self._site.issuer)


def _day() -> Day:
    """The demo's day with other people, who do what comes to their minds."""
    crowd = people(3 * _PEOPLE_A_GATE)
    return msgspec.structs.replace(
        load_day(),
        volunteer=crowd,
        step=[],
        expected=[],
        other_activity=[],
        past=[],
        objection=[],
        closes=None,
    )


def _furnish(site: ShowSite) -> None:
    furnish(site)
    # Django's settings are known only now. This process asks nothing more of the database by it, which may be
    # put back to a backup.
    from django.db import connections  # noqa: PLC0415

    connections.close_all()


def _is_ready(state: TerminalState) -> bool:
    known = state.snapshot
    return (
        known is not None
        and bool(known.roster_version)
        and known.status.link.connected
        and all(device.state == "ready" for device in known.status.devices)
    )
