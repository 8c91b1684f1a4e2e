"""A device with a real log in a file, which can be copied and put back; its centre is in this process."""

import shutil
from contextlib import closing

import msgspec

from settlement.ingest.ingest import ingest
from sync.contract import wire
from sync.line.delivery import Delivery
from sync.log.reader import LogReader
from sync.log.writer import Log, Stamp
from tests.settlement.paper_terminal import NOON_MS, SYNCED
from tests.sync.samples import check_in

MINUTE = 60_000


class LoggedDevice:
    """One device that speaks as an enrolled terminal; each minute of it somebody comes."""

    def __init__(self, file, paper, centre, boot="b" * 32, minutes=0):
        self.file, self.paper, self.centre, self.boot = file, paper, centre, boot
        self.minutes, self.log = minutes, None
        self._readers = []

    def start(self):
        """As an engine that starts: a new epoch."""
        self.log = Log(
            self.file, self.paper.name, Stamp(self.boot, self.mono_ms, self.wall_ms, SYNCED), "test"
        )
        return self

    def stop(self):
        for opened in (*self._readers, *([self.log] if self.log else [])):
            opened.close()
        self.log, self._readers = None, []

    def accept(self, count):
        for _ in range(count):
            self.minutes += 1
            event = check_in(1001, self.wall_ms)
            self.log.append(
                msgspec.structs.replace(event, boot=self.boot, mono_ms=self.mono_ms, clock=SYNCED)
            )

    def greet(self):
        return ingest(self.paper.hello_topic, self.hello(), self.wall_ms, centre=self.centre)

    def hello(self):
        with closing(LogReader(self.file, self.paper.name)) as log:
            return self.paper.hello(log.heads(), boot=self.boot, mono_ms=self.mono_ms + 1)

    def deliver(self):
        """Greets and sends what the centre, by its answers, lacks; returns the state of delivering."""
        delivery = self._connect()
        self._hear(delivery, self.greet())
        self._send(delivery)
        return delivery

    def send_all(self):
        """Everything that its log holds, without a greeting."""
        self._send(self._connect())

    def _connect(self):
        self._readers.append(LogReader(self.file, self.paper.name))
        delivery = Delivery(self._readers[-1])
        delivery.on_connected()
        return delivery

    def batches(self):
        """A batch of each epoch's whole log; nothing is sent."""
        with closing(LogReader(self.file, self.paper.name)) as log:
            stretches = [log.stretch(head.epoch, 0, 200, 64 * 1024) for head in log.heads()]
            return [self._batch(stretch) for stretch in stretches]

    def _send(self, delivery):
        while (stretch := delivery.next_stretch(0)) is not None:
            answer = ingest(self.paper.batch_topic, self._batch(stretch), self.wall_ms, centre=self.centre)
            self._hear(delivery, answer)

    def _batch(self, stretch):
        return wire.seal_batch(
            realm=wire.Realm.LIVE,
            terminal=self.paper.name,
            epoch=stretch.epoch,
            first=stretch.first,
            previous=stretch.previous,
            events=stretch.events,
            boot=self.boot,
            mono_ms=self.mono_ms,
            key=self.paper.key,
        )

    def image(self, file):
        """A copy of its card while it runs."""
        shutil.copyfile(self.file, file)
        shutil.copyfile(f"{self.file}-wal", f"{file}-wal")
        return file

    @property
    def mono_ms(self):
        return 3_700_000 + self.minutes * MINUTE

    @property
    def wall_ms(self):
        return NOON_MS + self.minutes * MINUTE

    def _hear(self, delivery, answer):
        for publication in answer.publications:
            envelope = wire.read_envelope(publication.payload)
            delivery.on_ack(wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, self.centre.key.public), 0)
