"""Several listeners on one PostgreSQL beside one broker, and terminals that send until they are answered."""

import json
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from foundation.clock import open_clock
from sync.contract import downlink, wire
from sync.contract.signing import SigningKey
from tests.settlement.own_centre import IN_PLAIN
from tests.settlement.paper_terminal import PaperTerminal
from tests.sync.patience import PATIENCE_S, until

HELD = """
    SELECT name, objid::bigint FROM pg_locks JOIN settlement_listenerbeat ON pid = backend
    WHERE locktype = 'advisory' AND classid = 7001
"""
ENROL = """
from settlement.models import Activity, PhaseChange, Site, Terminal, Volunteer
site = Site.objects.create(code={site!r}, name="North gate", zone="Asia/Shanghai")
activity, _ = Activity.objects.get_or_create(id="fair", defaults={{"site": site, "title": "Lantern fair"}})
PhaseChange.objects.get_or_create(activity=activity, phase="executing", from_ms=0)
Volunteer.objects.get_or_create(number=1001, defaults={{"display_name": "Mei"}})
for name, bucket, key in {terminals!r}:
    Terminal.objects.create(id=name, site=site, bucket=bucket, public_key=key, realm="live")
"""
SEND_AGAIN_AFTER_S = 20
"""As the uplink's own timer: what comes sooner, comes because the centre said that it is back."""


class Crew:
    """The listeners of one centre: each a process with settings, a name and a log of its own."""

    def __init__(self, centre, port):
        self._centre = centre
        self._port = port
        self.fence_ms = 60_000
        """So long that on a busy machine nobody is taken for dead."""
        self.processes = {}
        for log in centre.folder.glob("*.log"):
            log.unlink()

    def start(self, name, script=None):
        """Start one; with `script`, one that is not as it should be."""
        config = self._centre.configure(
            f'[listener]\nretry_ms = 50\nclient = "{name}"\nfence_ms = {self.fence_ms}\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {self._port}\n{IN_PLAIN}'
            "[metrics]\nlistener = 0\nsettler = 0\nweb = 0\n"
        )
        with self._log(name).open("ab") as log:
            if script:
                started = self._centre.start(script, stdout=log, stderr=log)
            else:
                own = config.with_name(f"{name}.toml")
                own.write_text(config.read_text())
                muster = [sys.executable, "-m", "muster", "--log-format", "json"]
                started = subprocess.Popen([*muster, "listen", "--config", str(own)], stdout=log, stderr=log)
        self.processes[name] = started
        return started

    def held(self):
        """Which buckets each holds in the database."""
        found = {}
        for name, bucket in self._centre.rows(HELD):
            found.setdefault(name, set()).add(bucket)
        return found

    def wait_for_shares(self, **sizes):
        """Wait until each holds so many; answers with who holds which."""
        wanted = {name.replace("_", "-"): size for name, size in sizes.items()}
        until(lambda: {name: len(held) for name, held in self.held().items()} == wanted)
        return self.held()

    def rows(self, query):
        return self._centre.rows(query)

    def logged(self, name, event):
        return self._log(name).read_text(encoding="utf-8").count(event)

    def stop(self):
        """End all; told to, they have published by then what they answered."""
        for process in self.processes.values():
            process.kill()
            process.wait()

    def say_goodbye(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            assert process.wait(PATIENCE_S) == 0

    def _log(self, name):
        return self._centre.folder / f"{name}.log"


class Terminals:
    """Terminals of a site of their own, one line between them: what they send, and what each is told."""

    def __init__(self, centre, port, buckets):
        self._centre = centre
        site = f"s{secrets.token_hex(4)}"
        self.papers = [PaperTerminal(f"{site}-{bucket}", bucket) for bucket in buckets]
        for paper in self.papers:
            paper.start(wall_ms=open_clock(None).wall_ms())
        keys = [(paper.name, paper.bucket, paper.key.public.raw.hex()) for paper in self.papers]
        centre.run(ENROL.format(site=site, terminals=keys))
        self._key = SigningKey.load(centre.folder / "signing.pem").public
        self._held = Counter()
        self.hosts, self.told = [], []
        self.sent, self.acks = Counter(), Counter()
        subscribed = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "terminals")
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect("127.0.0.1", port)
        told = (wire.topic("down", "#"), wire.topic("config", "#"), wire.topic("host"))
        self._client.subscribe([(topic, 1) for topic in told])
        self._client.loop_start()
        assert subscribed.wait(PATIENCE_S)

    def _on_message(self, _client, _userdata, message):
        if message.topic == wire.topic("host"):
            self.hosts.append(json.loads(message.payload)["state"])
            return
        envelope = wire.read_envelope(message.payload)
        self.told.append((message.topic, message.payload))
        if envelope.kind == wire.MessageKind.ACK:
            ack = wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, self._key)
            self._held[ack.terminal] = max(self._held[ack.terminal], ack.contiguous)
            self.acks[ack.terminal] += 1

    def check_in(self):
        """Somebody at each."""
        for paper in self.papers:
            paper.check_in(wall_ms=open_clock(None).wall_ms())

    def send(self, paper):
        self.sent[paper.name] += 1
        self._client.publish(paper.batch_topic, paper.batch(), qos=1)

    def greet(self, paper):
        hello = paper.hello(wall_ms=open_clock(None).wall_ms())
        self._client.publish(paper.hello_topic, hello, qos=1)

    def say_offline(self):
        """As the broker does for a listener that died."""
        host = wire.Host(wire.VERSION, wire.LinkState.OFFLINE, "a" * 32, 1)
        self._client.publish(wire.topic("host"), msgspec.json.encode(host), qos=1, retain=True)

    def deliver(self, papers=None):
        """Send what these hold until the centre has it: again when it says that it is back, or after long."""
        waiting, said, due_s = list(papers or self.papers), -1, 0.0
        while waiting := [paper for paper in waiting if not self.is_stored(paper)]:
            if self.hosts.count("online") != said or time.monotonic() > due_s:
                said, due_s = self.hosts.count("online"), time.monotonic() + SEND_AGAIN_AFTER_S
                for paper in waiting:
                    self.send(paper)
            time.sleep(0.01)

    def is_stored(self, paper):
        """Whether the centre has said that it holds all of this one's log."""
        return self._held[paper.name] >= len(paper.events)

    def commands(self, paper):
        """What the centre ordered one of them to do."""
        orders = []
        for topic, payload in list(self.told):
            if topic == wire.topic("down", paper.name, "command"):
                opened, _ = downlink.open_told(
                    payload, downlink.Command, centre=self._key, terminal=paper.name, realm=wire.Realm.LIVE
                )
                orders.append(opened.order)
        return orders

    def given(self, version):
        """To whom settings of this version were published, as often as they were."""
        found = []
        for topic, payload in list(self.told):
            if topic.startswith(wire.topic("config", "")):
                given = json.loads(wire.read_envelope(payload).header)
                found += [given["terminal"]] if given["version"] == version else []
        return found

    def assert_stored_once(self):
        """The centre has each event of each log as it was written, and nothing else."""
        stored = self._centre.rows(
            "SELECT terminal_id, seq, raw FROM settlement_event JOIN settlement_chain"
            " ON settlement_chain.id = chain_id ORDER BY terminal_id, seq"
        )
        written = [
            (paper.name, seq, event) for paper in self.papers for seq, event in enumerate(paper.events, 1)
        ]
        names = {paper.name for paper in self.papers}
        assert [(name, seq, bytes(raw)) for name, seq, raw in stored if name in names] == sorted(written)

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()
