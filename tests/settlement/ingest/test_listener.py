"""The listener as a process of its own, beside a real Mosquitto: doubled, junk, killed, cut off."""

import signal

import pytest

from sync.contract import wire
from tests.sync.patience import PATIENCE_S

DIE_BEFORE_ACK = """
import os, signal, sys, threading
from pathlib import Path
from settlement.setup import start
settings = start(Path(sys.argv[1]))
from settlement.ingest import listener
ingest = listener.ingest

def commit_and_die(*arguments, **more):
    answer = ingest(*arguments, **more)
    if not answer.rejected and "batch" in arguments[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

listener.ingest = commit_and_die
listener.run_listener(settings, threading.Event())
"""


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_stores_acknowledges_and_goes_on_after_doubles_and_junk(version, broker, folder, connect, paper):
    folder.configure(broker.port, version)
    folder.listen()
    line = connect()
    line.host("online")
    line.send(paper.batch_topic, b"\x00\xff junk")
    assert line.ack().rejects[0].code == wire.RejectCode.MALFORMED
    line.send("muster/1/up/07/nobody-known/batch", paper.batch())
    assert line.ack().rejects[0].code == wire.RejectCode.AUTH
    for _ in range(3):
        line.send(paper.batch_topic, paper.batch(1, 2))
    assert [line.ack().contiguous for _ in range(3)] == [2, 2, 2]
    line.send(paper.batch_topic, paper.batch(2))
    ack = line.ack()
    assert (ack.contiguous, ack.hash) == (4, paper.hashes[-1].hex())
    assert folder.rows("SELECT seq, raw FROM settlement_event ORDER BY seq") == list(
        enumerate(paper.events, 1)
    )
    assert folder.rows("SELECT count(*) FROM settlement_quarantine") == [(2,)]


def test_it_answers_a_hello_with_the_cursor_of_every_epoch(broker, folder, connect, paper):
    folder.configure(broker.port)
    folder.listen()
    line = connect()
    line.host("online")
    line.send(paper.hello_topic, paper.hello())
    ack = line.ack()
    assert (ack.epoch, ack.contiguous, ack.hash) == (paper.epoch, 0, paper.hash_at(0).hex())


def test_killed_between_commit_and_acknowledgement_it_loses_and_doubles_nothing(
    broker, folder, connect, paper, eventually
):
    folder.configure(broker.port)
    dying = folder.listen(DIE_BEFORE_ACK)
    line = connect()
    line.host("online")
    line.send(paper.batch_topic, paper.batch())
    assert dying.wait(PATIENCE_S) == -signal.SIGKILL
    assert folder.rows("SELECT count(*) FROM settlement_event") == [(4,)]
    line.host("offline")
    folder.listen()
    line.host("online")
    assert line.ack_for(paper.batch_topic, paper.batch()).contiguous == 4
    assert folder.rows("SELECT seq, raw FROM settlement_event ORDER BY seq") == list(
        enumerate(paper.events, 1)
    )
    assert folder.rows("SELECT contiguous FROM settlement_chain") == [(4,)]


def test_killed_before_the_commit_it_has_acknowledged_nothing(broker, folder, connect, paper):
    folder.configure(broker.port)
    listener = folder.listen()
    line = connect()
    line.host("online")
    listener.send_signal(signal.SIGSTOP)
    line.send(paper.batch_topic, paper.batch())
    listener.kill()
    listener.wait()
    assert folder.rows("SELECT count(*) FROM settlement_event") == [(0,)]
    folder.listen()
    line.host("online")
    assert line.ack_for(paper.batch_topic, paper.batch()).contiguous == 4


def test_a_broker_that_is_away_is_waited_for_and_complained_of_once(
    broker, folder, connect, paper, eventually
):
    broker.stop()
    folder.configure(broker.port)
    folder.listen()
    eventually(lambda: folder.logged("broker_away"), "it never complained")
    broker.start()
    line = connect()
    line.host("online")
    broker.stop()
    eventually(lambda: folder.logged("broker_away") == 2, "the loss was not logged")
    broker.start()
    line.host("online")
    assert line.ack_for(paper.batch_topic, paper.batch()).contiguous == 4
    assert (folder.logged("broker_away"), folder.logged("broker_connected")) == (2, 2)


def test_told_to_stop_it_says_goodbye_and_ends_well(broker, folder, connect):
    folder.configure(broker.port)
    listener = folder.listen()
    line = connect()
    line.host("online")
    listener.terminate()
    line.host("offline")
    assert listener.wait(PATIENCE_S) == 0
