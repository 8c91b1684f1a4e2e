"""Listeners that share a PostgreSQL: each serves its part; of one that is killed or stopped, others do."""

import signal
from pathlib import Path

import pytest

from sync.contract.downlink import SitePresenceUpdate
from tests.settlement.ingest.crew import Crew, Terminals
from tests.settlement.own_centre import SERVER, OwnCentre
from tests.sync.patience import until

pytestmark = pytest.mark.skipif(SERVER is None, reason="a file has one listener")

BUCKETS = ("00", "01", "07", "31", "32", "50", "63")
SHORT_MS = 3_000
STOPS_INSIDE = """
import os, signal, threading
from settlement.database import limits
from settlement.evidence import store
from settlement.ingest.listener import run_listener
limits._IDLE_MS = 0  # the server alone must not end it: batches in a pipeline escape that limit as well

def stop(*given, cursor_of=store.cursor_of):
    store.cursor_of = cursor_of
    os.kill(os.getpid(), signal.SIGSTOP)
    return cursor_of(*given)

store.cursor_of = stop
run_listener(settings, threading.Event())
"""
GIVE_SETTINGS = """
from settlement.accounts.audit import Signed
from settlement.downlink.editions import give_settings
for name in {names!r}:
    give_settings(name, {{"language": "ar"}}, Signed(None, 1))
"""


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    """Made once: each test has terminals of its own."""
    made = OwnCentre(tmp_path_factory.mktemp("centre"))
    made.run("")
    yield made
    made.drop()


@pytest.fixture
def crew(centre, broker):
    running = Crew(centre, broker.port)
    yield running
    running.stop()


@pytest.fixture
def terminals(centre, broker):
    line = Terminals(centre, broker.port, BUCKETS)
    yield line
    line.close()


def is_stopped(process):
    stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii")
    return stat.rpartition(")")[2].split()[0] == "T"


def test_two_share_the_buckets_and_each_terminal_is_answered_by_one(crew, terminals, centre):
    crew.start("centre")
    crew.wait_for_shares(centre=64)
    crew.start("centre-2")
    held = crew.wait_for_shares(centre=32, centre_2=32)
    assert held["centre"] | held["centre-2"] == set(range(64))
    until(lambda: crew.logged("centre-2", "buckets_held"))
    terminals.check_in()
    terminals.deliver()
    answered = dict(terminals.acks)
    names = [paper.name for paper in terminals.papers]
    for version in (1, 2):
        centre.run(GIVE_SETTINGS.format(names=names))
        until(lambda version=version: set(terminals.given(version)) == set(names))
    assert sorted(terminals.given(1)) == sorted(names)
    for paper in terminals.papers:
        terminals.send(paper)
    until(lambda: all(terminals.acks[name] > answered[name] for name in names))
    crew.say_goodbye()
    assert all(terminals.acks[name] <= terminals.sent[name] for name in names)
    until(lambda: terminals.hosts[-1] == "offline")
    terminals.assert_stored_once()


def test_what_is_recorded_with_one_is_told_at_the_same_site_by_the_other(crew, terminals):
    crew.start("centre")
    crew.start("centre-2")
    held = crew.wait_for_shares(centre=32, centre_2=32)
    first, *papers = terminals.papers
    whose = {bucket: name for name, buckets in held.items() for bucket in buckets}
    other = next(paper for paper in papers if whose[int(paper.bucket)] != whose[int(first.bucket)])
    terminals.deliver([first, other])
    terminals.greet(other)
    until(lambda: any(isinstance(order, SitePresenceUpdate) for order in terminals.commands(other)))
    first.check_in()
    terminals.deliver([first])
    until(lambda: any(getattr(order, "seen", None) for order in terminals.commands(other)))


def test_the_buckets_of_one_that_is_killed_are_taken_and_terminals_send_again(crew, terminals):
    crew.start("centre")
    crew.start("centre-2")
    crew.wait_for_shares(centre=32, centre_2=32)
    terminals.deliver()
    crew.processes["centre"].kill()
    terminals.check_in()
    terminals.deliver()
    crew.wait_for_shares(centre_2=64)
    until(lambda: terminals.hosts[-1] == "online")
    assert "offline" in terminals.hosts
    terminals.assert_stored_once()


def test_one_that_is_stopped_amid_a_transaction_is_fenced_and_takes_a_share_when_it_wakes(crew, terminals):
    crew.fence_ms = SHORT_MS
    stopping = crew.start("centre", STOPS_INSIDE)
    crew.wait_for_shares(centre=64)
    victim = terminals.papers[0]
    until(lambda: terminals.hosts)
    terminals.send(victim)
    until(lambda: is_stopped(stopping))
    crew.start("centre-2")
    terminals.check_in()
    terminals.deliver()
    crew.wait_for_shares(centre_2=64)
    assert crew.logged("centre-2", "listener_fenced")
    stopping.send_signal(signal.SIGCONT)
    crew.wait_for_shares(centre=32, centre_2=32)
    terminals.check_in()
    terminals.deliver()
    assert stopping.poll() is None
    terminals.assert_stored_once()


def test_one_that_waits_long_for_a_row_is_not_taken_for_dead(crew, terminals, centre):
    crew.fence_ms = SHORT_MS  # less than it waits for somebody's lock
    crew.start("centre")
    crew.start("centre-2")
    held = crew.wait_for_shares(centre=32, centre_2=32)
    terminals.deliver()
    waiting = terminals.papers[0]
    whose, other = sorted(held, key=lambda name: int(waiting.bucket) not in held[name])
    waiting.check_in()
    with centre.connect() as connection:
        rows = "SELECT id FROM settlement_chain WHERE terminal_id = %s FOR UPDATE"
        connection.execute(rows, (waiting.name,))
        terminals.send(waiting)
        until(lambda: crew.logged(whose, "database_away"))
    terminals.deliver()
    assert not crew.logged(other, "listener_fenced")


def test_a_third_takes_its_share_and_one_without_a_broker_leaves_its_own(crew, terminals, broker):
    for name in ("centre", "centre-2"):
        crew.start(name)
    crew.wait_for_shares(centre=32, centre_2=32)
    crew.start("centre-3")
    until(lambda: sorted(map(len, crew.held().values())) == [20, 22, 22])
    terminals.check_in()
    terminals.deliver()
    terminals.assert_stored_once()
    broker.stop()
    until(lambda: crew.held() == {})
    broker.start()
    until(lambda: sorted(map(len, crew.held().values())) == [20, 22, 22])


def test_that_the_centre_is_away_is_contradicted_by_whoever_serves(crew, terminals):
    crew.start("centre")
    until(lambda: terminals.hosts[-1:] == ["online"])
    terminals.say_offline()
    until(lambda: terminals.hosts[-2:] == ["offline", "online"])


def test_one_whose_connection_is_cut_begins_anew(crew, terminals, centre):
    crew.start("centre")
    crew.start("centre-2")
    crew.wait_for_shares(centre=32, centre_2=32)
    assert centre.cut_connections()
    terminals.check_in()
    terminals.deliver()
    crew.wait_for_shares(centre=32, centre_2=32)
    terminals.assert_stored_once()
