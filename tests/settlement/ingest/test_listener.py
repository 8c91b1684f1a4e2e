"""The listener as a process of its own, beside a real Mosquitto: doubled, junk, killed, cut off."""

import json
import queue
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from sync.contract import wire
from sync.contract.signing import SigningKey
from tests.sync.patience import PATIENCE_S

SEED = """
import sys
from pathlib import Path
from settlement.setup import start
start(Path(sys.argv[1]))
from settlement.models import Site, Terminal, Volunteer, Activity
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
Terminal.objects.create(id="north-gate", site=site, bucket="07", public_key=sys.argv[2], realm="live")
Volunteer.objects.create(number=1001, display_name="Mei")
Activity.objects.create(id="fair", site=site, title="Lantern fair")
"""
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
KEY = SigningKey.generate()


class CentreFolder:
    """A centre of its own: settings, database, keys, and its listener as a process."""

    def __init__(self, folder):
        self.folder = folder
        self.config = folder / "settlement.toml"
        self.errors = folder / "stderr"
        self._processes = []
        self.began_s = time.monotonic()

    def configure(self, port, version="5"):
        self.config.write_text(
            f"directory = {json.dumps(str(self.folder))}\n[listener]\nretry_ms = 50\n[broker]\n"
            'ca_file = ""\ncertificate_file = ""\nkey_file = ""\n'
            f'host = "127.0.0.1"\nport = {port}\nmqtt_version = "{version}"\n'
            "shortest_pause_ms = 50\nlongest_pause_ms = 100\n"
        )

    def run(self, script, *arguments):
        return [sys.executable, "-c", script, str(self.config), *arguments]

    def listen(self, script=None):
        listen = [sys.executable, "-m", "muster", "listen", "--config", str(self.config)]
        with self.errors.open("ab") as errors:
            process = subprocess.Popen(self.run(script) if script else listen, stderr=errors, stdout=errors)
        self._processes.append(process)
        return process

    def stop(self):
        for process in self._processes:
            process.kill()
            process.wait()

    def rows(self, query):
        with sqlite3.connect(f"file:{self.folder}/centre.sqlite3?mode=ro", uri=True) as database:
            return database.execute(query).fetchall()

    def logged(self, event):
        return self.errors.read_text().count(event)

    @property
    def public_key(self):
        return SigningKey.load(self.folder / "signing.pem").public


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """A centre with one enrolled terminal, made once and copied for each test."""
    folder = CentreFolder(tmp_path_factory.mktemp("seeded"))
    folder.configure(1883)
    subprocess.run(
        folder.run(SEED, KEY.public.raw.hex()), check=True, timeout=PATIENCE_S, capture_output=True
    )
    return folder.folder


@pytest.fixture
def folder(seeded, tmp_path):
    made = CentreFolder(tmp_path / "centre")
    shutil.copytree(seeded, made.folder)
    yield made
    made.stop()


@pytest.fixture
def paper(paper_terminal):
    paper = paper_terminal()
    paper.key = KEY
    paper.start()
    for _ in range(3):
        paper.check_in()
    return paper


class Line:
    """A terminal's connection to the broker; what comes down lands in queues."""

    def __init__(self, port, public_key):
        self._public_key = public_key
        self._acks = queue.Queue()
        self._hosts = queue.Queue()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.on_message = self._on_message
        self.client.on_connect = lambda client, *_: client.subscribe(
            [("muster/1/down/#", 1), ("muster/1/host", 1)]
        )
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _on_message(self, _client, _userdata, message):
        if message.topic == "muster/1/host":
            self._hosts.put(json.loads(message.payload))
            return
        envelope = wire.read_envelope(message.payload)
        self._acks.put(wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, self._public_key))

    def send(self, topic, payload):
        self.client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE_S)

    def ack(self):
        return self._acks.get(timeout=PATIENCE_S)

    def ack_for(self, topic, payload):
        """Send as a terminal does: again and again until the centre answers."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.send(topic, payload)
            try:
                return self._acks.get(timeout=0.5)
            except queue.Empty:
                continue
        raise AssertionError("the centre never acknowledged")

    def host(self, state):
        """Wait until the centre says that it is online or offline."""
        while (host := self._hosts.get(timeout=PATIENCE_S))["state"] != state:
            pass
        return host

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def connect(broker, folder):
    lines = []

    def _connect():
        lines.append(Line(broker.port, folder.public_key))
        return lines[-1]

    yield _connect
    for line in lines:
        line.close()


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
