"""Settlers killed at every point, cut off from their database, beside each other: nothing differs."""

import contextlib
import random
import sqlite3
import subprocess
import threading

import pytest

from tests.settlement.own_centre import SERVER
from tests.sync.patience import PATIENCE_S

POINTS = (
    "claimed",
    "computed",
    "sessions written",
    "results written",
    "ledger booked",
    "before commit",
    "committed",
)
BEGIN = """
import crowd
from settlement.settling.settler import settle_dirty
people = {people}
crowd.enter(people)
crowd.arrive(settings, people, 0, 1)
settle_dirty(crowd.EVENING_MS)
crowd.approve(range(crowd.FIRST, crowd.FIRST + people, 2))
crowd.arrive(settings, people, *{waves})
"""
VICTIM = """
import settler_victim, threading
from settlement.settling import settler
settler_victim.small_portions()
settler_victim.die_at({point!r}, {times})
settler.run_settler(settings, threading.Event())
"""
SETTLER = """
import settler_victim, threading
from settlement.settling import settler
settler_victim.small_portions()
settler.run_settler(settings, threading.Event())
"""
IMPATIENT = """
import sys
from django.db import connection
connection.close()
connection.settings_dict["OPTIONS"]["timeout"] = 0.05
print("prepared", flush=True)
sys.stdin.read()
"""
IMPATIENT += SETTLER
ARRIVALS = """
import crowd
for wave in (2, 3):
    crowd.arrive(settings, {people}, wave, at_once=7)
"""


@pytest.fixture
def start(own_centre):
    processes = []

    def _start(script=SETTLER, pipes=None, **values):
        text = script.format(**values) if values else script
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        processes.append(own_centre.start(text, **silent | (pipes or {})))
        return processes[-1]

    yield _start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def settled_in_the_end(own_centre, eventually):
    """Waits until nobody waits, then proves the ledger by a full computation and by what it must come to."""

    def check(people):
        rows = own_centre.rows
        waiting = "SELECT count(*) FROM settlement_unsettled"
        eventually(lambda: rows(waiting) == [(0,)], "somebody waits")
        proof = own_centre.command("settle", "--full", "--check")
        assert (proof.returncode, proof.stdout) == (0, f"checked {people} volunteers: no difference\n")
        assert rows("SELECT count(*), sum(t_s) FROM settlement_line") == [(people, people * 7200)]
        in_force = (
            "SELECT kind, coalesce(state, 'pending'), count(*), sum(delta_s) FROM settlement_ledgerentry"
            " LEFT JOIN settlement_review ON entry_id = id WHERE coalesce(state, '') <> 'superseded'"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        )
        half = people // 2
        assert rows(in_force) == [
            ("adjustment", "pending", half, half * 3600),
            ("original", "approved", half, half * 3600),
            ("original", "pending", half, half * 7200),
        ]

    return check


def test_a_settler_may_be_killed_at_every_point(own_centre, start, settled_in_the_end):
    own_centre.run(BEGIN.format(people=40, waves=(2, 3)))
    for times, point in enumerate(POINTS):
        victim = start(VICTIM, point=point, times=1 + times % 2)
        assert victim.wait(PATIENCE_S) == -9, f"it never came to {point!r}"
    start()
    settled_in_the_end(40)


def test_four_settlers_at_once_while_evidence_arrives(own_centre, start, settled_in_the_end):
    own_centre.run(BEGIN.format(people=40, waves=()))
    for _ in range(4):
        start()
    own_centre.run(ARRIVALS.format(people=40))
    settled_in_the_end(40)


@pytest.mark.skipif(SERVER is None, reason="only a server can cut a connection")
def test_a_settler_goes_on_after_its_connections_were_cut(own_centre, start, settled_in_the_end, eventually):
    own_centre.run(BEGIN.format(people=40, waves=(2,)))
    waiting = "SELECT count(*) FROM settlement_unsettled"
    settler = start()
    eventually(lambda: own_centre.rows(waiting) != [(40,)], "nobody was settled")
    for _ in range(6):
        eventually(own_centre.cut_connections, "nobody came back")
    own_centre.run(ARRIVALS.format(people=40))
    own_centre.cut_connections()
    settled_in_the_end(40)
    assert settler.poll() is None, "it ended"


@pytest.mark.skipif(SERVER is not None, reason="a server keeps nobody waiting for a whole file")
def test_a_settler_goes_on_after_somebody_kept_the_file_to_himself(
    own_centre, start, settled_in_the_end, eventually, tmp_path
):
    own_centre.run(BEGIN.format(people=40, waves=(2, 3)))
    told = tmp_path / "told"
    keeper = sqlite3.connect(own_centre.folder / "centre.sqlite3", isolation_level=None)
    with told.open("wb") as out, contextlib.closing(keeper):
        waiting = start(IMPATIENT, {"stdin": subprocess.PIPE, "stdout": out})
        eventually(lambda: b"prepared" in told.read_bytes(), "it did not start")
        keeper.execute("BEGIN IMMEDIATE")
        waiting.stdin.close()
        eventually(lambda: b"database_away" in told.read_bytes(), "it did not notice")
        assert waiting.poll() is None, "it ended"
        keeper.execute("ROLLBACK")
        settled_in_the_end(40)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(3))
def test_many_settlers_killed_at_random_leave_the_same_ledger(seed, own_centre, start, settled_in_the_end):
    people, drawn = 300, random.Random(seed)
    own_centre.run(BEGIN.format(people=people, waves=()))
    arrivals = threading.Thread(target=own_centre.run, args=(ARRIVALS.format(people=people),))
    arrivals.start()
    for _ in range(20):
        victims = [
            start(VICTIM, point=drawn.choice(POINTS), times=drawn.randint(1, 6))
            for _ in range(drawn.randint(1, 4))
        ]
        for victim in victims:
            try:
                victim.wait(drawn.uniform(2, 6))
            except subprocess.TimeoutExpired:
                victim.kill()
        if SERVER:
            own_centre.cut_connections()
    arrivals.join()
    start()
    settled_in_the_end(people)
