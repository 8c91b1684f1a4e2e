"""Terminals with real logs, a real centre, and a line between them that may do anything; in this process.

What was shown at a terminal is written down beside both, and what anybody told the centre.
"""

import tempfile
from collections import defaultdict
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import msgspec
from django.db import transaction

from foundation.errors import MessageError
from settlement.ingest.archive import archive_everything
from settlement.ingest.ingest import ingest
from settlement.ingest.log_import import import_log
from settlement.ingest.restore_check import raise_generation
from settlement.models import Event, Site, Store
from sync.contract import events, wire
from sync.contract.events import CheckIn
from sync.line.delivery import LONGEST_WAIT_MS, Delivery, Verdict
from sync.line.identity import Identity
from sync.line.log_export import export_log
from sync.log.reader import LogReader
from tests.settlement.generated_logs import undone
from tests.settlement.ingest.test_log_import import StandingClock
from tests.settlement.logged_device import MINUTE, LoggedDevice
from tests.settlement.paper_terminal import NOON_MS, SYNCED, PaperTerminal, presented

MEMORY = Path("/dev/shm")
"""What a disk loses is tried elsewhere (`tests/faults`); here it would only cost time."""
Place = tuple[str, str, int]
"""Terminal, epoch and seq of an event."""


@dataclass(frozen=True)
class Sent:
    """A message on its way to the centre: the seq up to which it tells of each epoch."""

    device: "Device"
    topic: str
    payload: bytes
    tells: dict[str, int]


@dataclass(frozen=True)
class Image:
    """A copy of a card, as it was."""

    paper: PaperTerminal
    file: Path


class Device(LoggedDevice):
    """One device with its uplink; time is that of its world."""

    def __init__(self, file, paper, world, boot):
        super().__init__(file, paper, world.centre, boot)
        self.world = world
        self.booted = self.minutes = world.minutes
        self.archived = {}
        self.start()
        self.note_start()
        self.start_uplink()

    @property
    def mono_ms(self):
        return 10_000 + (self.minutes - self.booted) * MINUTE

    def note_start(self):
        with closing(LogReader(self.file, self.paper.name)) as log:
            (first,) = log.stretch(self.log.epoch, 0, 1, 64 * 1024).events
        self.world.note_shown(self.paper.name, self.log.epoch, 1, first, self.wall_ms)
        self.world.parents[self.paper.name, self.log.epoch] = events.decode(first).previous

    def accept(self, count):
        for _ in range(count):
            event = self.log.append(self.scan())
            self.world.note_shown(self.paper.name, event.epoch, event.seq, events.encode(event), self.wall_ms)

    def scan(self, **more):
        values = {
            "terminal": self.paper.name, "boot": self.boot, "mono_ms": self.mono_ms, "wall_ms": self.wall_ms,
            "clock": SYNCED, "credential": presented("badge:1001.1"), "activity": "fair",
        }  # fmt: skip
        return CheckIn(**{**values, **more})

    def restart(self, boot=""):
        """The engine, or with another boot the whole machine."""
        self.stop()
        if boot:
            self.boot, self.booted = boot, self.minutes
        self.start()
        self.note_start()
        self.start_uplink()

    def start_uplink(self):
        """One that remembers nothing."""
        self.delivery = Delivery(self._reader(), Random(0))
        self.delivery.on_connected()

    def due(self):
        """What the uplink sends when it looks now."""
        found = []
        if self.delivery.hello_due(self.world.uplink_ms):
            heads = self._reader().heads()
            hello = self.paper.hello(heads, boot=self.boot, mono_ms=self.mono_ms, wall_ms=self.wall_ms)
            found.append(Sent(self, self.paper.hello_topic, hello, {one.epoch: one.head for one in heads}))
        if stretch := self.delivery.next_stretch(self.world.uplink_ms):
            batch = self._batch(stretch)
            found.append(Sent(self, self.paper.batch_topic, batch, {stretch.epoch: stretch.last}))
        return found

    def hear(self, payload):
        """As the uplink does: only what the centre sealed for this very terminal."""
        try:
            envelope = wire.read_envelope(payload)
            ack = wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, self.centre.key.public)
        except MessageError:
            return
        if ack.terminal != self.paper.name:
            return
        if self.delivery.on_ack(ack, self.world.uplink_ms) is not Verdict.NOT_OURS:
            self.archived[ack.epoch] = max(ack.archived, self.archived.get(ack.epoch, 0))

    def purge(self):
        self.log.note_dates()
        while self.log.purge(self.archived, self.wall_ms):
            pass

    def holds(self):
        """The places of the events that its log still has."""
        reader, found = self._reader(), set()
        for head in reader.heads():
            lost = reader.stretch(head.epoch, 0, 10_000, 1 << 30)
            if lost:
                found |= {(self.paper.name, head.epoch, seq) for seq in range(lost.first, lost.last + 1)}
        return found

    def _reader(self):
        if not self._readers:
            self._readers.append(LogReader(self.file, self.paper.name))
        return self._readers[0]


class World:
    """An empty centre and its terminals; whatever happens is taken back by `close`."""

    def __init__(self, centre, terminals):
        self._open = ExitStack()
        self.folder = Path(
            self._open.enter_context(
                tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None, prefix="muster-line-")
            )
        )
        self._open.enter_context(undone())
        self.centre = centre
        self.minutes, self.uplink_ms, self._names = 0, 0, 0
        self.shown: dict[Place, tuple[bytes, int]] = {}
        self.forged: dict[Place, bytes] = {}
        self.parents, self.told = {}, defaultdict(int)
        self.kept: set[Place] = set()
        """What lies in files: the archive's, and logs that were exported."""
        self.files: list[Path] = []
        self.backups, self.images, self.devices = [], [], []
        self.devices_ever = defaultdict(int)
        Store.objects.create(pk=1, identity="a" * 32, realm="live", created_ms=0)
        self.site = Site.objects.create(code="north", name="North", zone="Asia/Shanghai")
        for number in range(terminals):
            paper = PaperTerminal(name=f"gate-{number}")
            paper.enrol(self.site)
            self.add_device(self.new_path(), paper)

    def close(self):
        for device in self.devices:
            device.stop()
        self._open.close()

    def new_path(self):
        self._names += 1
        return self.folder / f"file-{self._names}"

    def new_boot(self):
        self._names += 1
        return f"{self._names:032x}"

    def add_device(self, file, paper):
        self.devices_ever[paper.name] += 1
        self.devices.append(Device(file, paper, self, self.new_boot()))

    def tick(self, minutes=1):
        self.minutes += minutes
        for device in self.devices:
            device.minutes = self.minutes

    @property
    def wall_ms(self):
        return NOON_MS + self.minutes * MINUTE

    def note_shown(self, terminal, epoch, seq, raw, wall_ms):
        self.shown[terminal, epoch, seq] = (raw, wall_ms)

    def arrive(self, sent):
        """The centre takes a message; returns what it answers."""
        answer = ingest(sent.topic, sent.payload, self.wall_ms, centre=self.centre)
        if answer.rejected is None:
            self._note_told(sent.device.paper.name, sent.tells)
        return [one.payload for one in answer.publications]

    def _note_told(self, terminal, tells):
        for epoch, upto in tells.items():
            self.told[terminal, epoch] = max(upto, self.told[terminal, epoch])

    def archive(self):
        for one in archive_everything(self.folder / "archive", self.centre):
            self.kept |= {(one.terminal, one.epoch, seq) for seq in range(one.first, one.last + 1)}
            self.files.append(one.path)

    def export(self, device):
        path = self.new_path()
        paper = device.paper
        who = Identity(paper.name, paper.bucket, wire.Realm.LIVE, paper.key, self.centre.key.public)
        export_log(device._reader(), who, StandingClock(self.wall_ms), path)
        self.kept |= device.holds()
        self.files.append(path)

    def bring(self, file):
        """`muster log import`; what it tells is whatever is stored then."""
        import_log(file, self.centre, StandingClock(self.wall_ms))
        for terminal, epoch, seq in self.stored():
            self._note_told(terminal, {epoch: seq})

    def back_up(self):
        self.backups.append((transaction.savepoint(), dict(self.told)))

    def restore(self, which, *, raised):
        """Put an earlier copy in the database's place."""
        savepoint, told = self.backups[which]
        del self.backups[which + 1 :]
        transaction.savepoint_rollback(savepoint)
        self.told = defaultdict(int, told)
        generation = raise_generation() if raised else Store.objects.get().generation
        self.centre = replace(self.centre, generation=generation)

    def take_image(self, device):
        self.images.append(Image(device.paper, device.image(self.new_path())))

    def insert(self, image):
        """Another device starts from a copy of the image."""
        copy = self.new_path()
        copy.write_bytes(image.file.read_bytes())
        Path(f"{copy}-wal").write_bytes(Path(f"{image.file}-wal").read_bytes())
        self.add_device(copy, image.paper)

    def forge(self, device, count):
        """Somebody with the terminal's key goes on in its very epoch; returns what it sends."""
        name, epoch, first = device.paper.name, device.log.epoch, device.log.seq + 1
        raws = []
        for seq in range(first, first + count):
            raws.append(events.encode(device.scan(epoch=epoch, seq=seq, boot="f" * 32, activity="theirs")))
            self.forged[name, epoch, seq] = raws[-1]
        batch = wire.seal_batch(
            realm=wire.Realm.LIVE, terminal=name, epoch=epoch, first=first, events=raws, boot="f" * 32,
            previous=device.log.hash_at(epoch, first - 1), mono_ms=device.mono_ms, key=device.paper.key,
        )  # fmt: skip
        return Sent(device, device.paper.batch_topic, batch, {epoch: first + count - 1})

    def stored(self):
        """Every event of the centre by its place; the oracle's own look at the table."""
        rows = Event.objects.values_list("chain__terminal", "chain__epoch", "seq", "raw")
        found = {}
        for terminal, epoch, seq, raw in rows:
            assert (terminal, epoch, seq) not in found
            found[terminal, epoch, seq] = bytes(raw)
        return found

    def heal(self, *, new_uplinks, files_first):
        """From now on everything arrives, and every file is brought."""
        for device in self.devices:
            if new_uplinks:
                device.start_uplink()
            device.delivery.on_disconnected()
            device.delivery.on_connected()
        if files_first:
            self._bring_all()
        for _ in range(40):
            for device in self.devices:
                self.talk(device)
            if not any(device.delivery.unsent() for device in self.devices):
                break
        if not files_first:
            self._bring_all()
        for device in self.devices:
            device.delivery.on_changed()
            self.talk(device)

    def _bring_all(self):
        for file in self.files:
            self.bring(file)

    def talk(self, device):
        """The line works for a while: what this device has to say arrives, and so does the answer."""
        for _ in range(30):
            self.tick()
            self.uplink_ms += LONGEST_WAIT_MS
            said = device.due()
            for sent in said:
                for payload in self.arrive(sent):
                    device.hear(payload)
            if not said:
                return

    def strangers_answer(self, payload, key):
        """The same acknowledgement, sealed by somebody else."""
        envelope = wire.read_envelope(payload)
        ack = wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, self.centre.key.public)
        return wire.seal(wire.MessageKind.ACK, msgspec.structs.replace(ack, contiguous=1 << 20), b"", key)
