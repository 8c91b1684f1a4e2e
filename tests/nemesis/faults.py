"""What the nemesis does to a line. Each fault ends with everything running again; healing is the line's.

`QUICK` are those that may happen at once, each to its targets alone.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.nemesis.databases import PostgresServer
from tests.nemesis.hostile import everything_again, flood, greeting_of_500, junk, unanswerable
from tests.nemesis.line import Line, listener_of
from tests.nemesis.proxy import Weather
from tests.nemesis.template import GATES, HOSTILE, LISTENERS

Act = Callable[[Line, Random], None]


@dataclass(frozen=True, slots=True)
class Quick:
    """A fault that takes a few seconds and touches only its targets."""

    targets: tuple[str, ...]
    act: Act


def killed(*kinds: str) -> Act:
    """One of these is killed (-9), is away for a moment, and started again."""

    def act(line: Line, random: Random) -> None:
        who = _one_of(kinds, random)
        with line.alone(who):
            line.kill(who)
            time.sleep(random.choice((0, 0.1, 1.0)))
            line.begin(who)

    return act


def stopped(*kinds: str) -> Act:
    """One of these stands still for some seconds, and goes on."""

    def act(line: Line, random: Random) -> None:
        who = _one_of(kinds, random)
        with line.alone(who):
            line.tell(who, signal.SIGSTOP)
            time.sleep(random.uniform(0.5, 5))
            line.tell(who, signal.SIGCONT)

    return act


def broker_killed(line: Line, random: Random) -> None:
    """It forgets everything that it had not passed on."""
    with line.alone("broker"):
        line.broker.kill()
        time.sleep(random.choice((0, 0.5, 2.0)))
        line.broker.start()


def broker_stopped(line: Line, random: Random) -> None:
    """It keeps every connection and says nothing."""
    with line.alone("broker"):
        line.broker.tell(signal.SIGSTOP)
        time.sleep(random.uniform(0.5, 6))
        line.broker.tell(signal.SIGCONT)


def broker_from_old_files(line: Line, random: Random) -> None:
    """A broker that keeps its state on disk is started from what it kept some time before."""
    with line.alone("broker"):
        line.broker.tell(signal.SIGUSR1)  # writes its file
        line.wait_for_shown(random.randrange(5, 20))
        old = line.broker.kept.read_bytes() if line.broker.kept.exists() else b""
        line.wait_for_shown(random.randrange(10, 40))
        line.broker.kill()
        line.broker.kept.write_bytes(old) if old else line.broker.kept.unlink(missing_ok=True)
        line.broker.start()


def database_locked(line: Line, random: Random) -> None:
    """Somebody holds it, as a backup or a person at a prompt does."""
    with line.alone("database"), line.database.locked():
        time.sleep(random.uniform(1, 8))


def database_killed(line: Line, random: Random) -> None:
    """The server and all its children die at once, and it recovers from its log."""
    server = _server(line)
    with line.alone("database"):
        server.kill()
        time.sleep(random.choice((0, 1.0)))
        server.start()


def database_stopped(line: Line, random: Random) -> None:
    """The server keeps every connection and lock, and says nothing."""
    server = _server(line)
    with line.alone("database", "observer"):
        server.tell(signal.SIGSTOP)
        time.sleep(random.uniform(1, 6))
        server.tell(signal.SIGCONT)


def centre_loses_power(line: Line, random: Random) -> None:
    """What was not synchronised to the centre's disk is gone, with every process of it."""
    assert line.disk
    with line.alone("listener", "settler", "database", "observer"):
        line.disk.cut_power()
        for who in ("listener", "settler"):
            line.kill(who)
        time.sleep(random.choice((0, 0.5)))
        line.disk.restore_power()
        for who in ("listener", "settler"):
            line.begin(who)


def connections_cut(line: Line, random: Random) -> None:
    """Every connection to the database ends, some times in a row."""
    with line.alone("database"):
        for _ in range(random.randrange(1, 5)):
            _server(line).cut_connections()
            time.sleep(random.uniform(0.1, 1))


def database_read_only(line: Line, random: Random) -> None:
    """It answers, and takes nothing: a standby, or a disk that its owner protects."""
    server = _server(line)
    with line.alone("database"):
        server.on_server("ALTER DATABASE centre SET default_transaction_read_only = on")
        server.cut_connections()
        time.sleep(random.uniform(1, 6))
        server.on_server("ALTER DATABASE centre RESET default_transaction_read_only")
        server.cut_connections()


def network(make: Callable[[Random], Weather], seconds: float) -> Act:
    """The network of one end, or of all, is bad for so long."""

    def act(line: Line, random: Random) -> None:
        names = random.choice((*((name,) for name in GATES), ("centre",), (*GATES, "centre")))
        with line.alone(*(f"network {name}" for name in names)):
            for name in names:
                line.networks[name].weather = make(random)
            time.sleep(random.uniform(seconds / 2, seconds))
            for name in names:
                line.networks[name].weather = Weather()

    return act


def flapping(line: Line, random: Random) -> None:
    """Every connection of one end is cut again and again, and now and then none can be made."""
    name = random.choice((*GATES, "centre"))
    with line.alone(f"network {name}"):
        for _ in range(random.randrange(3, 8)):
            line.networks[name].cut()
            line.networks[name].weather = Weather(refuses=random.random() < 0.3)
            time.sleep(random.uniform(0.2, 1.5))
        line.networks[name].weather = Weather()


def half_open(*names: str) -> Act:
    """A connection that lives and carries nothing any more, for ever; a new one would."""

    def act(line: Line, random: Random) -> None:
        name = random.choice(names)
        line.until_stored(line.shown())
        line.networks[name].freeze()
        line.wait_for_shown(20)

    return act


def flooded(say: Callable[[], tuple[str, bytes, int]], per_s: int) -> Act:
    """An enrolled terminal sends what it likes."""

    def act(line: Line, random: Random) -> None:
        with line.alone("flood"), flood(line.broker.port, line.gate(HOSTILE), say, per_s):
            time.sleep(random.uniform(3, 6))

    return act


def all_again(line: Line, random: Random) -> None:
    """Every message comes three times in all, late and in any order."""
    with line.alone("carrier"), everything_again(line.broker.port, line.centre):
        line.wait_for_shown(random.randrange(60, 120))


QUICK = (
    Quick(("engine",), killed("engine")),
    Quick(("uplink",), killed("uplink")),
    Quick(("listener",), killed("listener")),
    Quick(("settler",), killed("settler")),
    Quick(("listener",), stopped("listener")),
    Quick(("settler",), stopped("settler")),
    Quick(("uplink",), stopped("uplink")),
    Quick(("broker",), broker_killed),
    Quick(("broker",), broker_stopped),
    Quick(("database",), database_locked),
    Quick(("network",), network(lambda random: Weather(latency_s=random.uniform(0.3, 3)), 6)),
    Quick(("network",), network(lambda _: Weather(stalls=0.4, stall_s=3.2), 8)),
    Quick(("network",), network(lambda _: Weather(cuts=0.1), 6)),
    Quick(("network",), flapping),
    Quick(("flood",), flooded(junk, 300)),
    Quick(("carrier",), all_again),
)
ON_SERVERS = (
    Quick(("database",), database_killed),
    Quick(("database",), database_stopped),
    Quick(("database",), connections_cut),
    Quick(("database",), database_read_only),
)

STALLS = network(lambda _: Weather(stalls=0.4, stall_s=3.2), 8)
LATENCY = network(lambda _: Weather(latency_s=3), 10)
CUTS = network(lambda _: Weather(cuts=0.1), 6)
HOLE = network(lambda _: Weather(swallows=True), 12)
JUNK = flooded(junk, 300)
UNANSWERABLE = flooded(unanswerable, 30)
GREETINGS = flooded(greeting_of_500, 1)


def _one_of(kinds: tuple[str, ...], random: Random) -> str:
    kind = random.choice(kinds)
    if kind == "a listener":
        return listener_of(random.choice(LISTENERS))
    return f"{kind} {random.choice(GATES)}" if kind in {"engine", "uplink"} else kind


def _server(line: Line) -> PostgresServer:
    assert isinstance(line.database, PostgresServer)
    return line.database
