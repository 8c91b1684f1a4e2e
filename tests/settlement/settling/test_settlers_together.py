"""Several settlers as processes of their own: everybody is settled, nobody twice at once, one may die."""

import subprocess

import pytest

SEED = """
import crowd
crowd.enter(600)
crowd.arrive(settings, 600, 0, 1)
"""
SETTLE = """
import threading
from settlement.settling import settler
settler.MOST_AT_ONCE, settler.CLAIM_MS = 20, 2000
settler._LOOK_EVERY_S = 0.05
settler.run_settler(settings, threading.Event())
"""


@pytest.fixture
def settle(own_centre):
    processes = []

    def start():
        processes.append(own_centre.start(SETTLE, stderr=subprocess.DEVNULL))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_two_settlers_and_one_that_is_killed_settle_everybody_once(own_centre, settle, eventually):
    own_centre.run(SEED)
    rows = own_centre.rows
    assert rows("SELECT count(*) FROM settlement_unsettled") == [(600,)]
    doomed = settle()
    eventually(lambda: rows("SELECT count(*) FROM settlement_settled") != [(0,)], "nothing was settled")
    doomed.kill()
    settle()
    settle()
    eventually(lambda: rows("SELECT count(*) FROM settlement_unsettled") == [(0,)], "somebody was forgotten")
    assert rows("SELECT count(*), count(DISTINCT volunteer_id), sum(t_s) FROM settlement_line") == [
        (600, 600, 600 * 3600)
    ]
    assert rows("SELECT count(*) FROM settlement_session") == [(600,)]
