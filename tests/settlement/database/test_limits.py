"""A listener that is stopped in the middle of a transaction: others store what it was about to store."""

import signal

import pytest

from tests.settlement.own_centre import SERVER

pytestmark = pytest.mark.skipif(SERVER is None, reason="a file has one writer")

SCENE = """
import os, signal, sys
from django.db import connection
from paper_terminal import NOON_MS, PaperTerminal
from settlement.centre import open_centre
from settlement.database.away import is_away
from settlement.database.limits import limit_waiting
from settlement.evidence import store
from settlement.ingest.ingest import ingest
from settlement.models import Site
from sync.contract.signing import SigningKey
limit_waiting()
centre, terminal = open_centre(settings), PaperTerminal()
terminal.key = SigningKey.from_seed(b"t" * 32)
terminal.start()
terminal.check_in()

def deliver():
    while True:
        try:
            return ingest(terminal.batch_topic, terminal.batch(), NOON_MS + 60_000, centre=centre)
        except Exception as error:
            if not is_away(error):
                raise
            connection.close()
"""
ENROL = (
    SCENE
    + """
terminal.enrol(Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai"))
"""
)
STOPS = (
    SCENE
    + """
def stop(*given, cursor_of=store.cursor_of):
    store.cursor_of = cursor_of
    print("holds the epoch", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    return cursor_of(*given)

store.cursor_of = stop
deliver()
print("woke", flush=True)
"""
)


def test_it_keeps_nobodys_rows_and_goes_on_when_it_wakes(own_centre):
    own_centre.run(ENROL)
    stopped = own_centre.start(STOPS, stdout=-1, text=True)
    try:
        assert stopped.stdout.readline() == "holds the epoch\n"
        own_centre.run(SCENE + "deliver()")
        held = "SELECT count(*) FROM settlement_event"
        assert own_centre.rows(held) == [(2,)]
        stopped.send_signal(signal.SIGCONT)
        assert stopped.stdout.readline() == "woke\n"
        assert own_centre.rows(held) == [(2,)]
    finally:
        stopped.kill()
        stopped.wait()
        stopped.stdout.close()
