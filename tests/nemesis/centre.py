"""Faults beneath the centre: `python -m tests.nemesis.centre [--rounds N] [--kind K] [--seed S]`.

Servers of PostgreSQL that take over from each other, by hand or by Patroni, and a pool of connections. The
line above them is the one of tests.nemesis, and so is what is asked of it. A kind whose Debian package is not
installed is told, and left out.
"""

import sys
import time
from random import Random

from tests.nemesis.clusters import StandbyPair
from tests.nemesis.kinds import Kind
from tests.nemesis.line import Line
from tests.nemesis.patroni import PatroniPair
from tests.nemesis.pool import Pages, Pooled
from tests.nemesis.rounds import Rounds
from tests.nemesis.template import GATES
from tests.sync.patience import until

_HELD = "SELECT count(*) FROM settlement_event"
_HAVE_ROSTERS = (
    "SELECT count(*) FROM settlement_terminalstatus JOIN settlement_rosteredition USING (terminal_id)"
    " WHERE roster = version"
)


def promoted(line: Line, random: Random) -> None:
    """The primary dies while people come, the standby takes over, and the old one follows it from then on."""
    pair = line.database
    assert isinstance(pair, StandbyPair)
    with line.alone("database"):
        pair.primary.kill()
        time.sleep(random.choice((0, 0.5, 2)))
        pair.promote()
    line.wait_for_shown(random.randrange(5, 20))
    pair.follow()


def promoted_behind(line: Line, random: Random) -> None:
    """A standby takes over that lacks check-ins which were stored and answered; nobody comes after."""
    pair = line.database
    assert isinstance(pair, StandbyPair)
    # A terminal that the standby believes to be without its roster is sent it, and greets for it.
    until(lambda: pair.standby.ask(_HAVE_ROSTERS) == [(len(GATES),)])
    pair.stop_following()
    line.wait_for_shown(random.randrange(30, 150))
    for name in GATES:
        line.quieten(line.gate(name))
    line.until_stored(line.shown())
    assert pair.primary.ask(_HELD) > pair.standby.ask(_HELD), "the standby lacks nothing"
    with line.alone("database"):
        pair.primary.kill()
        time.sleep(random.choice((0, 0.5, 2)))
        pair.promote()


def elected(line: Line, random: Random) -> None:
    """The primary and its Patroni die; another is elected, and the dead one comes back as its standby."""
    pair = line.database
    assert isinstance(pair, PatroniPair)
    with line.alone("database"):
        dead = pair.until_primary()
        dead.kill()
        assert pair.until_primary() is not dead
    line.wait_for_shown(random.randrange(5, 20))
    dead.start()
    pair.until_followed()


def pool_and_server(line: Line, random: Random) -> None:
    """Connections are cut, the server is killed, the pool is killed: in any order, while pages are read."""
    database = line.database
    assert isinstance(database, Pooled)
    pages = Pages(line)
    pages.until_all_answer()
    with pages.asked():
        for fault in random.sample(("connections", "server", "pool", "connections", "server"), 4):
            line.wait_for_shown(random.randrange(3, 15))
            with line.alone("database"):
                match fault:
                    case "connections":
                        database.server.cut_connections()
                    case "server":
                        database.server.kill()
                        time.sleep(random.choice((0, 1, 4)))
                        database.server.start()
                    case "pool":
                        database.kill_pool()
                        time.sleep(random.choice((0, 1)))
                        database.start_pool()
                database.until_it_answers()
            pages.until_all_answer()
    assert pages.answered


KINDS = {
    "primary killed, synchronous standby promoted": Kind(
        promoted, 10, on_server=True, times=2, cluster=StandbyPair.waited_for
    ),
    "primary killed, a standby that lagged promoted": Kind(
        promoted_behind, 10, on_server=True, cluster=StandbyPair.behind
    ),
    "primary killed with its Patroni, twice": Kind(elected, 5, on_server=True, times=2, cluster=PatroniPair),
    "PgBouncer before the pages": Kind(pool_and_server, 5, on_server=True, cluster=Pooled.of_pages),
    "PgBouncer before everything": Kind(pool_and_server, 5, on_server=True, cluster=Pooled.of_everything),
}

if __name__ == "__main__":
    sys.exit(Rounds(KINDS, "tests.nemesis.centre", "centre").main(__doc__ or ""))
