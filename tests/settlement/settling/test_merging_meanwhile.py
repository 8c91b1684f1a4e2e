"""A merge while somebody decides on the same hours: on PostgreSQL, step by step."""

import pytest

from tests.settlement.own_centre import SERVER
from tests.settlement.settling.test_locks import SCENE

pytestmark = pytest.mark.skipif(SERVER is None, reason="SQLite has one writer, who waits for nobody's row")

WAITING = """
from actors import actor
from settlement.ledger.totals import approved_seconds
from settlement.models import LedgerEntry
from settlement.review import decide
from settlement.settling import merging
Volunteer.objects.create(number=2001, display_name="Mei Li")
PhaseChange.objects.create(activity=activity, phase="ended", from_ms=NOON_MS + 4_000_000)
terminal.check_in("badge:2001.1", wall_ms=NOON_MS)
terminal.check_out("badge:2001.1", wall_ms=NOON_MS + 3_600_000)
deliver(1)
ingest(terminal.hello_topic, terminal.hello(), EVENING_MS, centre=centre)
settler.settle_dirty(EVENING_MS)
zhao, qian = actor("Zhao"), actor("Qian")
waits = LedgerEntry.objects.get().pk
reached, go_on = threading.Event(), threading.Event()

def stop_before(module, name):
    work = getattr(module, name)

    def stopped(*given, **said):
        setattr(module, name, work)
        reached.set()
        go_on.wait()
        return work(*given, **said)

    setattr(module, name, stopped)

def merge():
    merging.merge_numbers(1001, 2001, zhao, "same card", EVENING_MS)

decided = []

def approve():
    decided.extend(decide.approve([waits], decide.Reviewer(qian, EVENING_MS, override="due")).decided)

def one_after_the_other(first, then):
    first, reached_it = Beside(first), reached.wait()
    then = Beside(then)
    until(somebody_waits_for_a_row)
    go_on.set()
    for thread in (first, then):
        thread.join()
        print(thread.error)
    print(len(decided), approved_seconds(2001), approved_seconds(1001))
    print(*LedgerEntry.objects.filter(review=None).values_list("volunteer", "delta_s"))
"""


def test_what_is_being_approved_for_the_gone_number_is_reversed_by_the_merge_that_waits_for_it(own_centre):
    told = own_centre.run(
        SCENE + WAITING + 'stop_before(decide, "follow_approvals")\none_after_the_other(approve, merge)\n'
    )
    assert told.splitlines()[-4:] == ["None", "None", "1 0 0", "(1001, 3600)"]


def test_who_waits_for_a_merge_decides_on_nothing_that_it_ended(own_centre):
    told = own_centre.run(
        SCENE + WAITING + 'stop_before(merging, "follow_approvals")\none_after_the_other(merge, approve)\n'
    )
    assert told.splitlines()[-4:] == ["None", "None", "0 0 0", "(1001, 3600)"]
