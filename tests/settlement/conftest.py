"""What the centre's tests share: a database in a file, a centre, terminals that write real chains.

`tests/postgresql.py` runs the same tests with PostgreSQL.
"""

# Models are imported where they are used: the tests of the pure rules load this file too, without Django.

import socket
import subprocess
import time

import msgspec
import pytest

from sync import chain, events, wire
from sync.events import Assurance, CheckIn, CheckOut, ClockState, ClockTrust, Credential, EpochStart, Method
from sync.signing import SigningKey

NOON_MS = 1_772_856_000_000  # 2026-03-07 12:00 in Shanghai
SYNCED = ClockTrust(ClockState.SYNCED, 5, "ntp", 0)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings_parallel_suffix):
    """Use a real file, as in production, instead of SQLite's memory; each worker has its own database."""
    from django.db import connections

    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "centre.sqlite3")


class PaperTerminal:
    """A terminal reduced to its log and its key; every event and batch is the real thing."""

    def __init__(self, name="north-gate", bucket="07", epoch="e" * 32, realm=wire.Realm.LIVE):
        self.name = name
        self.bucket = bucket
        self.epoch = epoch
        self.realm = realm
        self.boot = "b" * 32
        self.key = SigningKey.generate()
        self.events = []
        self.hashes = []

    @property
    def batch_topic(self):
        return wire.topic("up", self.bucket, self.name, "batch")

    @property
    def hello_topic(self):
        return wire.topic("up", self.bucket, self.name, "hello")

    def common(self, wall_ms=NOON_MS, clock=SYNCED):
        return {
            "terminal": self.name,
            "epoch": self.epoch,
            "seq": len(self.events) + 1,
            "boot": self.boot,
            "mono_ms": wall_ms - NOON_MS + 3_600_000,
            "wall_ms": wall_ms,
            "clock": clock,
        }

    def write(self, encoded):
        """Put raw bytes at the end of the log."""
        self.events.append(encoded)
        self.hashes.append(chain.link(self.hash_at(len(self.events) - 1), encoded))
        return len(self.events)

    def log(self, kind, wall_ms=NOON_MS, clock=SYNCED, **fields):
        return self.write(events.encode(kind(**self.common(wall_ms, clock), **fields)))

    def start(self, wall_ms=NOON_MS):
        return self.log(EpochStart, wall_ms, software="test")

    def check_in(self, ref="badge:1001.1", wall_ms=NOON_MS, activity="fair", **more):
        return self.log(CheckIn, wall_ms, credential=presented(ref), activity=activity, **more)

    def check_out(self, ref="badge:1001.1", wall_ms=NOON_MS, activity="fair", **more):
        return self.log(CheckOut, wall_ms, credential=presented(ref), activity=activity, **more)

    def hash_at(self, seq):
        return self.hashes[seq - 1] if seq else chain.genesis(self.name, self.epoch)

    def batch(self, first=1, last=None, key=None, **changes):
        last = last or len(self.events)
        values = {
            "realm": self.realm,
            "terminal": self.name,
            "epoch": self.epoch,
            "first": first,
            "previous": self.hash_at(first - 1),
            "events": self.events[first - 1 : last],
            "boot": self.boot,
            "mono_ms": 3_700_000,
            "key": key or self.key,
        }
        return wire.seal_batch(**{**values, **changes})

    def hello(self, heads=None, **changes):
        values = {
            "realm": self.realm,
            "terminal": self.name,
            "epochs": self.heads() if heads is None else heads,
            "boot": self.boot,
            "mono_ms": 3_700_000,
            "wall_ms": NOON_MS,
            "clock": SYNCED,
            "roster": 1,
            "config": 0,
            "unsent": 0,
            "software": "test",
        }
        return wire.seal(wire.MessageKind.HELLO, wire.Hello(**{**values, **changes}), b"", self.key)

    def heads(self):
        if not self.events:
            return []
        return [wire.EpochHead(self.epoch, 1, len(self.events), self.hashes[-1].hex())]

    def enrol(self, site):
        from settlement.models import Terminal

        return Terminal.objects.create(
            id=self.name,
            site=site,
            bucket=self.bucket,
            public_key=self.key.public.raw.hex(),
            realm=self.realm,
        )


def presented(ref):
    return Credential(Method.BADGE, ref, Assurance.MEDIUM)


@pytest.fixture
def paper_terminal():
    return PaperTerminal


@pytest.fixture
def noon_ms():
    return NOON_MS


@pytest.fixture
def centre():
    from settlement.centre import Centre
    from settlement.configuration import QuarantineSettings

    return Centre(wire.Realm.LIVE, "a" * 32, 1, SigningKey.from_seed(b"c" * 32), QuarantineSettings())


@pytest.fixture
def site(db):
    from settlement.models import Site

    return Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")


@pytest.fixture
def fair(site):
    """An activity from 09:00 to 17:00 in Shanghai, executing since midnight."""
    from settlement.models import Activity, PhaseChange, Shift

    activity = Activity.objects.create(id="fair", site=site, title="Lantern fair")
    Shift.objects.create(activity=activity, start_ms=NOON_MS - 3 * 3_600_000, end_ms=NOON_MS + 5 * 3_600_000)
    PhaseChange.objects.create(activity=activity, phase="executing", from_ms=NOON_MS - 12 * 3_600_000)
    return activity


@pytest.fixture
def mei(db):
    from settlement.models import Volunteer

    return Volunteer.objects.create(number=1001, display_name="Mei", language="zh-Hans")


@pytest.fixture
def terminal(site):
    """An enrolled terminal whose log has been opened."""
    paper = PaperTerminal()
    paper.enrol(site)
    paper.start()
    return paper


@pytest.fixture
def rules(db):
    """The rules in the settings, entered as the version that results name."""
    from django.conf import settings

    from settlement.models import RuleVersion

    version = settings.CENTRE.rules.version
    RuleVersion.objects.get_or_create(version=version, defaults={"content": {}, "first_used_ms": 0})
    return settings.CENTRE.rules


@pytest.fixture
def deliver(terminal, centre):
    """Brings a stretch of the terminal's log to the centre, in the evening unless told otherwise."""
    from settlement.ingest import ingest

    def _deliver(first=1, last=None, received_ms=NOON_MS + 10 * 3_600_000):
        return ingest(terminal.batch_topic, terminal.batch(first, last), received_ms, centre=centre)

    return _deliver


@pytest.fixture
def evening_ms():
    return NOON_MS + 11 * 3_600_000


@pytest.fixture
def read_acks(centre):
    """Opens what a terminal would open: the acknowledgements of an answer, seen to be the centre's."""

    def read(publications):
        acks = []
        for publication in publications:
            envelope = wire.read_envelope(publication.payload)
            acks.append(wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, centre.key.public))
        return acks

    return read


class Broker:
    """A real Mosquitto on a free port of the loopback, without TLS."""

    def __init__(self, folder):
        self.port = free_port()
        self._configuration = folder / "mosquitto.conf"
        self._configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        )
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            ["mosquitto", "-c", str(self._configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: _accepts(self.port), "mosquitto does not listen")

    def stop(self):
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, complaint, within_s=30):
    """Wait for something that another process does; a limit, never a measurement."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(complaint)


@pytest.fixture
def broker(tmp_path):
    running = Broker(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_centre(tmp_path):
    """A prepared database and settings of the test's own, for processes that it starts."""
    from tests.settlement.own_centre import OwnCentre

    centre = OwnCentre(tmp_path)
    yield centre
    centre.drop()


@pytest.fixture
def eventually():
    return wait_until


@pytest.fixture
def encode():
    return msgspec.json.encode
