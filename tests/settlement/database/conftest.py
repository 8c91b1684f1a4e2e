"""A listener as a process of its own, on a database that is cut off, read-only, moved; and who hears it."""

import json
import queue
import subprocess
import sys

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sync.contract import wire
from tests.settlement.own_centre import IN_PLAIN
from tests.sync.patience import PATIENCE_S


class Ear:
    """Hears what the centre tells its terminals, over one connection; and sends what they do."""

    def __init__(self, port):
        subscribed = queue.SimpleQueue()
        self._hosts, self._acks = queue.SimpleQueue(), queue.SimpleQueue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "ear")
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: subscribed.put(True)
        self._client.connect("127.0.0.1", port)
        self._client.subscribe([(wire.topic("down", "#"), 1), (wire.topic("host"), 1)])
        self._client.loop_start()
        subscribed.get(timeout=PATIENCE_S)

    def _on_message(self, _client, _userdata, message):
        heard = self._hosts if message.topic == wire.topic("host") else self._acks
        heard.put(message.payload)

    def host(self, state):
        """Wait until the centre says that it is online or offline."""
        while (host := json.loads(self._hosts.get(timeout=PATIENCE_S)))["state"] != state:
            pass
        return host

    def ack(self, key):
        envelope = wire.read_envelope(self._acks.get(timeout=PATIENCE_S))
        return wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, key)

    def send(self, topic, payload):
        self._client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE_S)

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()


class Listening:
    """`muster listen` of a centre, beside a broker, with its log."""

    def __init__(self, centre, port):
        self._centre = centre
        self._log = centre.folder / "listener.log"
        self._process = None
        centre.configure(
            f'[listener]\nretry_ms = 50\n[broker]\nhost = "127.0.0.1"\nport = {port}\n{IN_PLAIN}'
            "[metrics]\nlistener = 0\nsettler = 0\nweb = 0\n"
        )

    def start(self):
        command = [sys.executable, "-m", "muster", "--log-format", "json", "listen"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--config", str(self._centre.config)], stdout=log, stderr=log
            )

    def logged(self, event, **fields):
        """How often it said so, with fields that contain these texts."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        said = [json.loads(line) for line in lines if line.startswith("{")]
        return sum(
            line["event"] == event and all(text in line[name] for name, text in fields.items())
            for line in said
        )

    @property
    def is_running(self):
        return self._process.poll() is None

    @property
    def log(self):
        return self._log.read_text(encoding="utf-8")

    def stop(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def listening(own_centre, broker):
    running = Listening(own_centre, broker.port)
    yield running
    running.stop()


@pytest.fixture
def ear(broker):
    listens = Ear(broker.port)
    yield listens
    listens.close()
