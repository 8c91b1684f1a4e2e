"""The listener as a process of its own, and a terminal's connection to the broker between them."""

import json
import queue
import sqlite3
import subprocess
import sys
import time

import paho.mqtt.client as mqtt
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
        # In a cycle with this object it would be collected late, its sockets before itself.
        self.client.on_message = None
