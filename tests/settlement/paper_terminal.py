"""A terminal reduced to its log and its key; every event, batch and greeting of it is the real thing."""

from sync.contract import chain, events, wire
from sync.contract.events import (
    Assurance,
    CheckIn,
    CheckOut,
    ClockState,
    ClockTrust,
    Credential,
    EpochStart,
    Method,
)
from sync.contract.signing import SigningKey

NOON_MS = 1_772_856_000_000  # 2026-03-07 12:00 in Shanghai
WHENEVER_MS = NOON_MS + 365 * 86_400_000
"""A greeting counts from when it was said, and from when it arrived at the latest."""
SYNCED = ClockTrust(ClockState.SYNCED, 5, "ntp", 0)


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
        self.greetings = 0

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
        """A greeting, said whenever it arrives; each is said later than the one before."""
        self.greetings += 1
        values = {
            "realm": self.realm,
            "terminal": self.name,
            "epochs": self.heads() if heads is None else heads,
            "boot": self.boot,
            "mono_ms": 3_699_000 + self.greetings * 1_000,
            "wall_ms": WHENEVER_MS,
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
