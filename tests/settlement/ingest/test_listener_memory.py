"""What listener and broker hold while the database is away and somebody floods the line: a bounded part."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.sync.live_broker import LiveBroker
from tests.sync.patience import PATIENCE_S, until

SHIPPED = Path(__file__).parents[3] / "config" / "mosquitto.conf"
LIMITS = ("max_", "memory_limit", "message_size_limit", "persistence")
EVIL = "muster/1/up/01/evil/batch"
LISTENER_MIB, BROKER_MIB = 64, 300
"""What waits in its queue and on its line is 164 messages of 128 KiB at most; Python keeps the rest."""


@pytest.fixture
def broker(tmp_path):
    """With the limits that we ship."""
    limits = [line for line in SHIPPED.read_text().splitlines() if line.startswith(LIMITS)]
    made = LiveBroker(tmp_path, "allow_anonymous true", *limits)
    made.start()
    yield made
    made.kill()


def peak_mib(process):
    """The most that a process has held so far."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@pytest.mark.long
def test_a_flood_while_the_database_is_locked_takes_no_more_memory_than_is_allowed(
    broker, folder, connect, paper
):
    folder.configure(broker.port)
    listener = folder.listen()
    line, evil = connect(), connect()
    line.host("online")
    before = peak_mib(listener.pid)
    junk = os.urandom(120_000)
    with closing(sqlite3.connect(folder.folder / "centre.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        line.send(paper.batch_topic, paper.batch())
        until(lambda: folder.logged("database_away"))
        for number in range(4_000):  # 480 MB
            sent = evil.client.publish(EVIL, number.to_bytes(4) + junk, qos=1)
            if number % 20 == 19:
                sent.wait_for_publish(PATIENCE_S)
        assert peak_mib(listener.pid) - before < LISTENER_MIB
        assert peak_mib(broker.process_id) < BROKER_MIB
        other.execute("ROLLBACK")
    assert line.ack_for(paper.batch_topic, paper.batch()).contiguous == 4
