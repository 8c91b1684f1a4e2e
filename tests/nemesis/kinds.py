"""The kinds of faults, how many rounds of each make the whole, and how a round is played."""

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.losing_disk import LosingDisk, losing_disk
from tests.nemesis import cards, faults, keys, restores
from tests.nemesis.databases import Database, PostgresServer
from tests.nemesis.forks import Forks
from tests.nemesis.line import Line
from tests.nemesis.oracle import Verdict
from tests.nemesis.template import make_template

MakeDatabase = Callable[[PostgresServer, Path], Database]
"""The database of a round, from a prepared server that is stopped, in a folder that is not there yet."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table; `cluster` makes more of the server than a copy."""

    act: faults.Act
    rounds: int
    on_server: bool = False
    cluster: MakeDatabase = PostgresServer.another
    times: int = 1
    broker: dict[str, str] = field(default_factory=dict)
    several_listeners: bool = False
    loses_power: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a round."""

    shown: int
    verdict: Verdict
    healed_s: float


def everything_at_once(quick: tuple[faults.Quick, ...]) -> faults.Act:
    """Eight to twelve faults, a new one every second or so, whatever the others do."""

    def act(line: Line, random: Random) -> None:
        raised: list[BaseException] = []

        def one(fault: faults.Quick, seed: int) -> None:
            try:
                fault.act(line, Random(seed))
            except BaseException as error:  # noqa: BLE001 - raised again by the round's own thread
                raised.append(error)

        running = []
        for _ in range(random.randrange(8, 13)):
            running.append(threading.Thread(target=one, args=(random.choice(quick), random.randrange(10**6))))
            running[-1].start()
            time.sleep(random.uniform(0.2, 1.5))
        for thread in running:
            thread.join()
        if raised:
            raise raised[0]

    return act


_SMALL_QUEUE = {"max_queued_messages": "3", "max_inflight_messages": "1"}
_KEEPS = {"persistence": "true", "autosave_interval": "0"}

KINDS = {
    "engine killed": Kind(faults.killed("engine"), 30, times=4),
    "uplink killed": Kind(faults.killed("uplink"), 30, times=4),
    "listener killed": Kind(faults.killed("listener"), 30, times=4),
    "settler killed": Kind(faults.killed("settler"), 10, times=4),
    "two listeners, one killed": Kind(
        faults.killed("a listener"), 15, on_server=True, times=3, several_listeners=True
    ),
    "two listeners, one stopped": Kind(
        faults.stopped("a listener"), 15, on_server=True, times=3, several_listeners=True
    ),
    "broker killed": Kind(faults.broker_killed, 30, times=3),
    "listener stopped and continued": Kind(faults.stopped("listener"), 15, times=2),
    "uplink stopped and continued": Kind(faults.stopped("uplink"), 15, times=2),
    "broker stopped and continued": Kind(faults.broker_stopped, 15),
    "broker's queue of three": Kind(faults.stopped("listener", "uplink"), 15, times=3, broker=_SMALL_QUEUE),
    "broker started from old files": Kind(faults.broker_from_old_files, 10, broker=_KEEPS),
    "SQLite locked": Kind(faults.database_locked, 10),
    "PostgreSQL locked": Kind(faults.database_locked, 10, on_server=True),
    "PostgreSQL killed with all its children": Kind(faults.database_killed, 30, on_server=True, times=2),
    "PostgreSQL stopped and continued": Kind(faults.database_stopped, 15, on_server=True),
    "centre's power cut": Kind(faults.centre_loses_power, 15, times=3, loses_power=True),
    "PostgreSQL's connections cut": Kind(faults.connections_cut, 20, on_server=True),
    "PostgreSQL read-only": Kind(faults.database_read_only, 10, on_server=True),
    "centre put back": Kind(restores.centre_put_back, 25),
    "centre put back, PostgreSQL": Kind(restores.centre_put_back, 10, on_server=True),
    "centre put back, nobody told": Kind(restores.centre_put_back_untold, 15),
    "centre put back to before a purge": Kind(restores.centre_put_back_before_purge, 15),
    "signing key replaced, cut off half way": Kind(keys.key_replaced, 15, times=2),
    "signing key replaced, PostgreSQL": Kind(keys.key_replaced, 10, on_server=True, several_listeners=True),
    "card put back": Kind(cards.image_put_back, 15),
    "card cloned": Kind(cards.card_cloned, 10),
    "3 s of latency": Kind(faults.LATENCY, 10),
    "40 % of chunks stalled": Kind(faults.STALLS, 10),
    "connections cut at random": Kind(faults.CUTS, 15),
    "flapping network": Kind(faults.flapping, 15),
    "black hole": Kind(faults.HOLE, 10),
    "half-open at the uplink": Kind(faults.half_open("gate-1", "gate-2", "gate-3"), 3),
    "half-open at the listener": Kind(faults.half_open("centre"), 3),
    "everything three times": Kind(faults.all_again, 15),
    "flood of junk": Kind(faults.JUNK, 8),
    "flood that knows no acknowledgement": Kind(faults.UNANSWERABLE, 5),
    "greetings of 500 epochs": Kind(faults.GREETINGS, 5),
    "all at once, SQLite": Kind(everything_at_once(faults.QUICK), 26),
    "all at once, PostgreSQL": Kind(
        everything_at_once((*faults.QUICK, *faults.ON_SERVERS)), 25, on_server=True
    ),
}


class Workshop:
    """The templates that rounds are copied from; each is made when it is first needed."""

    def __init__(self, folder: Path, forks: Forks) -> None:
        folder.chmod(0o755)  # PostgreSQL runs as another account
        self.folder, self.forks = folder, forks
        self._one_at_a_time = threading.Lock()

    @functools.cached_property
    def _on_file(self) -> Path:
        make_template(self.folder / "file", self.forks)
        return self.folder / "file"

    @functools.cached_property
    def _on_server(self) -> tuple[Path, PostgresServer]:
        server = PostgresServer.make(self.folder / "cluster")
        make_template(self.folder / "server", self.forks, server.url)
        server.stop()
        return self.folder / "server", server

    def line(self, kind: Kind, seed: int, folder: Path, disk: LosingDisk | None) -> Line:
        """A line of its own for one round."""
        with self._one_at_a_time:
            template, server = self._on_server if kind.on_server else (self._on_file, None)
        database = kind.cluster(server, folder / "server") if server else None
        broker = dict(kind.broker)
        if "persistence" in broker:
            broker["persistence_location"] = f"{folder / 'centre' / 'broker'}/"
        several = kind.several_listeners
        return Line(folder, template, self.forks, seed, database, broker, disk, several_listeners=several)


def play(name: str, seed: int, folder: Path, workshop: Workshop, kinds: Mapping[str, Kind] = KINDS) -> Played:
    """One round in `folder`, which is left behind. Raises AssertionError where the line did not heal."""
    kind, random = kinds[name], Random(f"{name} {seed}")
    with contextlib.ExitStack() as opened:
        disk = opened.enter_context(losing_disk(folder)) if kind.loses_power else None
        line = workshop.line(kind, seed, folder, disk)
        opened.callback(line.stop)
        line.start()
        with line.watched():
            for _ in range(kind.times):
                line.wait_for_shown(random.randrange(3, 25))
                kind.act(line, random)
        line.all_alive()
        healed_s = line.heal()
        line.settle()
        line.all_alive()
        return Played(len(line.shown()), line.verdict, healed_s)
