"""Listener and settler at the same rows at the same moment: on PostgreSQL, step by step."""

import pytest

from tests.settlement.own_centre import SERVER

pytestmark = pytest.mark.skipif(SERVER is None, reason="SQLite has one writer, who waits for nobody's row")

SCENE = """
import threading
from django.db import connection, transaction
from paper_terminal import NOON_MS, PaperTerminal
from settlement.centre import open_centre
from settlement.evidence.attribution import mark_unsettled
from settlement.ingest.ingest import ingest
from settlement.models import Activity, Chain, EventOutcome, PhaseChange, Site, Unsettled, Volunteer
from settlement.settling import settler

site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
activity = Activity.objects.create(id="fair", site=site, title="Lantern fair")
PhaseChange.objects.create(activity=activity, phase="executing", from_ms=0)
for number in (1001, 1002, 1003):
    Volunteer.objects.create(number=number, display_name="Mei")
EVENING_MS = NOON_MS + 30_000_000
terminal, centre = PaperTerminal(), open_centre(settings)
terminal.enrol(site)
terminal.start()

def deliver(first):
    ingest(terminal.batch_topic, terminal.batch(first), NOON_MS + 7_200_000, centre=centre)

def somebody_waits_for_a_row():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]

def until(happened):
    while not happened():
        pass

class Beside(threading.Thread):
    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.error = work, None
        self.start()

    def run(self):
        try:
            self.work()
        except Exception as error:
            self.error = error
        finally:
            connection.close()

def claims():
    return sorted(Unsettled.objects.values_list("volunteer", "claimed_until_ms"))
"""
CROSSED = """
terminal.check_in(wall_ms=NOON_MS)
terminal.check_in(wall_ms=NOON_MS + 5000)  # enters no session: its outcome names the terminal's epoch
deliver(1)
terminal.check_out(wall_ms=NOON_MS + 3_600_000)
written, go_on, book = threading.Event(), threading.Event(), settler.book

def book_late(*given):
    settler.book = book
    written.set()
    go_on.wait()
    return book(*given)

settler.book = book_late
settling = Beside(lambda: settler.settle_dirty(EVENING_MS))
written.wait()  # it holds the volunteer's mark, and its COMMIT will look for the epoch
taking = Beside(lambda: deliver(4))  # holds the epoch, and waits for the mark
until(somebody_waits_for_a_row)
go_on.set()
for thread in (settling, taking):
    thread.join()
    print(type(thread.error).__name__, thread.error)
print(EventOutcome.objects.count(), Chain.objects.get().contiguous)
"""
CLAIMING = """
for number in (1001, 1002, 1003):
    mark_unsettled([number], NOON_MS)
taken, go_on = threading.Event(), threading.Event()

def keep_one():
    with transaction.atomic():
        mark_unsettled([1002], NOON_MS)
        taken.set()
        go_on.wait()

keeping = Beside(keep_one)
taken.wait()
connection.cursor().execute("SET lock_timeout = '20s'")  # who waits all the same ends, and this test with it
print(settler.settle_dirty(EVENING_MS).volunteers)
go_on.set()
keeping.join()
print(settler.settle_dirty(EVENING_MS).volunteers)
"""
CUT = """
mark_unsettled([1001, 1002, 1003], NOON_MS)
compute = settler.compute

def cut(*given):
    settler.compute = compute
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()
    ending = Beside(lambda: connection.cursor().execute("SELECT pg_terminate_backend(%s)", [own]))
    ending.join()
    return compute(*given)

settler.compute = cut
try:
    settler.settle_dirty(EVENING_MS)
except Exception as error:
    print(type(error).__name__)
    connection.close()
print(claims())
"""


def test_a_commit_that_looks_for_an_epoch_lets_the_listener_store_in_it(own_centre):
    assert own_centre.run(SCENE + CROSSED).splitlines()[-3:] == ["NoneType None", "NoneType None", "1 4"]


def test_a_settler_leaves_whom_somebody_else_is_writing_of(own_centre):
    assert own_centre.run(SCENE + CLAIMING).splitlines()[-2:] == ["2", "1"]


def test_a_settler_that_is_cut_off_gives_its_claims_back(own_centre):
    printed = own_centre.run(SCENE + CUT).splitlines()
    assert printed[-2:] == ["OperationalError", "[(1001, 0), (1002, 0), (1003, 0)]"]
