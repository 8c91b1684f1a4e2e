"""The listener beside a broker that forgets, doubles or comes back as it was, and a full or locked disk."""

import random
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest

from tests.settlement.ingest.live_listener import CentreFolder, Line
from tests.settlement.ingest.test_listener_hostile import QUICK_CANARY
from tests.sync.faulty_line import FaultyLine
from tests.sync.live_broker import LiveBroker
from tests.sync.patience import PATIENCE_S, until
from tests.sync.small_disk import fill, small_disk


@pytest.fixture
def start_broker(tmp_path):
    """A broker with such options beside the shipped ones."""
    started = []

    def _start(*options):
        started.append(LiveBroker(tmp_path, "allow_anonymous true", *options))
        started[-1].start()
        return started[-1]

    yield _start
    for one in started:
        one.kill()


@pytest.fixture
def connect_to():
    """A terminal's connection to the broker of such a centre."""
    lines = []

    def _connect_to(port, folder):
        lines.append(Line(port, folder.public_key))
        return lines[-1]

    yield _connect_to
    for line in lines:
        line.close()


@pytest.fixture
def long_paper(paper):
    for _ in range(36):
        paper.check_in()
    return paper


def holds_exactly(folder, paper):
    return folder.rows("SELECT seq, raw FROM settlement_event ORDER BY seq") == list(
        enumerate(paper.events, 1)
    )


def send_rest(line, paper, ack):
    """As a terminal does: whatever the centre does not have by its own word."""
    while ack.contiguous < len(paper.events):
        first = ack.contiguous + 1
        ack = line.ack_for(paper.batch_topic, paper.batch(first, first))


class TestBroker:
    @pytest.fixture
    def broker(self, start_broker):
        """Keeps three messages for a listener that is slow, and gives it one at a time."""
        return start_broker("max_inflight_messages 1", "max_queued_messages 3")

    def test_what_a_queue_of_three_took_and_dropped_is_sent_again(
        self, broker, folder, connect_to, long_paper
    ):
        folder.configure(broker.port)
        listener = folder.listen()
        line = connect_to(broker.port, folder)
        line.host("online")
        listener.send_signal(signal.SIGSTOP)
        for seq in range(1, 41):
            line.send(long_paper.batch_topic, long_paper.batch(seq, seq))
        listener.send_signal(signal.SIGCONT)
        while not (ack := line.ack()).held and ack.contiguous < 2:
            pass
        ack = line.ack_for(long_paper.hello_topic, long_paper.hello())
        assert folder.rows("SELECT count(*) FROM settlement_event") < [(40,)]
        send_rest(line, long_paper, ack)
        assert holds_exactly(folder, long_paper)

    @pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
    def test_every_message_three_times_in_any_order_is_stored_once(
        self, seed, start_broker, folder, connect_to, long_paper
    ):
        broker = start_broker()
        folder.configure(broker.port)
        folder.listen()
        line = connect_to(broker.port, folder)
        line.host("online")
        messages = [(long_paper.batch_topic, long_paper.batch(seq, seq + 3)) for seq in range(1, 38, 4)]
        messages += [(long_paper.hello_topic, long_paper.hello()) for _ in range(3)]
        messages = messages * 3
        random.Random(seed).shuffle(messages)
        for topic, payload in messages:
            line.send(topic, payload)
        send_rest(line, long_paper, line.ack_for(long_paper.hello_topic, long_paper.hello()))
        assert holds_exactly(folder, long_paper)

    def test_one_that_comes_back_with_what_it_kept_long_ago_changes_nothing(
        self, start_broker, folder, connect_to, paper, tmp_path
    ):
        kept = tmp_path / "kept"
        kept.mkdir(mode=0o777)
        options = ("persistence true", f"persistence_location {kept}/", "autosave_interval 1")
        broker = start_broker(*options, "autosave_on_changes true")
        folder.configure(broker.port)
        line = connect_to(broker.port, folder)
        line.client.publish(paper.batch_topic, paper.batch(1, 2), qos=1, retain=True).wait_for_publish(
            PATIENCE_S
        )
        line.client.publish(
            "muster/1/host", b'{"v":1,"state":"offline"}', qos=1, retain=True
        ).wait_for_publish(PATIENCE_S)
        until((kept / "mosquitto.db").exists)
        stale = (kept / "mosquitto.db").read_bytes()
        folder.listen()
        line.host("online")
        assert line.ack_for(paper.batch_topic, paper.batch()).contiguous == 4
        broker.kill()
        (kept / "mosquitto.db").write_bytes(stale)
        broker.start()
        line.host("online")
        paper.check_in()
        assert line.ack_for(paper.batch_topic, paper.batch()).contiguous == 5
        assert holds_exactly(folder, paper)


class TestDatabase:
    @pytest.mark.long
    def test_while_it_is_locked_a_message_waits_and_is_stored_then(
        self, start_broker, folder, connect_to, paper
    ):
        broker = start_broker()
        folder.configure(broker.port)
        folder.listen()
        line = connect_to(broker.port, folder)
        line.host("online")
        with closing(sqlite3.connect(folder.folder / "centre.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            line.send(paper.batch_topic, paper.batch())
            until(lambda: folder.logged("database_away"))
            assert folder.rows("SELECT count(*) FROM settlement_event") == [(0,)]
            other.execute("ROLLBACK")
        assert line.ack().contiguous == 4
        assert holds_exactly(folder, paper)
        assert (folder.logged("message_failed"), folder.logged("own_error")) == (0, 0)

    def test_on_a_full_disk_a_message_waits_and_is_stored_when_there_is_room(
        self, start_broker, seeded, connect_to, paper, tmp_path
    ):
        with small_disk(tmp_path / "disk", megabytes=16) as disk:
            folder = CentreFolder(disk / "centre")
            shutil.copytree(seeded, folder.folder)
            broker = start_broker()
            folder.configure(broker.port)
            folder.errors = tmp_path / "stderr"
            try:
                folder.listen()
                line = connect_to(broker.port, folder)
                line.host("online")
                filler = fill(disk, 0)
                line.send(paper.batch_topic, paper.batch())
                until(lambda: folder.logged("database_away"))
                filler.unlink()
                assert line.ack().contiguous == 4
                assert holds_exactly(folder, paper)
                assert (folder.logged("message_failed"), folder.logged("own_error")) == (0, 0)
            finally:
                folder.stop()


def test_a_connection_that_dies_without_a_word_is_left_and_nothing_lost(
    start_broker, folder, connect_to, paper
):
    broker = start_broker()
    dying = FaultyLine(broker.port)
    folder.configure(dying.port)
    try:
        folder.listen(QUICK_CANARY)
        line = connect_to(broker.port, folder)
        line.host("online")
        dying.die()
        assert line.ack_for(paper.batch_topic, paper.batch()).contiguous == 4
        assert dying.connections > 1
        assert holds_exactly(folder, paper)
    finally:
        folder.stop()
        dying.close()
