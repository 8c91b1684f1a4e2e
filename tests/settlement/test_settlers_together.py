"""Several settlers as processes of their own: everybody is settled, nobody twice at once, one may die."""

import subprocess

import pytest

SEED = """
from paper_terminal import NOON_MS, PaperTerminal
from settlement.centre import open_centre
from settlement.ingest import ingest
from settlement.models import Activity, PhaseChange, Site, Volunteer
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
activity = Activity.objects.create(id="fair", site=site, title="Fair")
PhaseChange.objects.create(activity=activity, phase="executing", from_ms=0)
Volunteer.objects.bulk_create(Volunteer(number=1000 + n, display_name=str(n)) for n in range(600))
terminal = PaperTerminal()
terminal.enrol(site)
for hour, scan in enumerate((terminal.check_in, terminal.check_out)):
    for n in range(600):
        scan(f"badge:{1000 + n}.1", NOON_MS + hour * 3_600_000 + n * 1000)
centre = open_centre(settings)
for first in range(1, 1201, 200):
    ingest(terminal.batch_topic, terminal.batch(first, first + 199), NOON_MS + 86_400_000, centre=centre)
"""
SETTLE = """
import threading
from settlement import settler
settler.MOST_AT_ONCE, settler.CLAIM_MS = 20, 300
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
