"""An uplink in a thread of its own, and what its tests ask of log and status."""

import queue
import threading

from foundation.clock import SystemClock
from sync.contract import wire
from sync.contract.wire import Realm
from sync.line.broker import BrokerSettings
from sync.line.uplink import Identity, Uplink, UplinkStatus, Vitals
from sync.log.reader import LogReader
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import CENTRE_KEY, CLOCK, TERMINAL, TERMINAL_KEY, check_in

IDENTITY = Identity(TERMINAL, "07", Realm.LIVE, TERMINAL_KEY, CENTRE_KEY.public)

ACK_TOPIC = wire.topic("down", TERMINAL, "ack")

HANDOVER_TOPIC = wire.topic("down", TERMINAL, "handover")

STATE_TOPIC = wire.topic("state", TERMINAL)


class RunningUplink:
    """An uplink in a thread of its own, as its process runs it."""

    def __init__(self, log_file, port: int, mqtt_version: str = "5") -> None:
        self.reports: list[UplinkStatus] = []
        self.failed: BaseException | None = None
        self.told: queue.SimpleQueue[tuple[bytes, int]] = queue.SimpleQueue()
        self.acks: list[bytes] = []
        self._settings = BrokerSettings(
            host="127.0.0.1",
            port=port,
            mqtt_version=mqtt_version,
            shortest_pause_ms=50,
            longest_pause_ms=200,
        )
        self._log_file = log_file
        self._stop = threading.Event()
        self._made: queue.SimpleQueue[Uplink] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.uplink = self._made.get()

    @property
    def state(self) -> UplinkStatus | None:
        return self.reports[-1] if self.reports else None

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        assert self.failed is None

    def _hand_on(self, message, centre_ms):
        if b'"kind":"ack"' in message:
            self.acks.append(message)
        else:
            self.told.put((message, centre_ms))

    def _run(self) -> None:
        log = LogReader(self._log_file, TERMINAL)
        uplink = Uplink(
            IDENTITY,
            self._settings,
            log,
            SystemClock(),
            lambda: Vitals(CLOCK, 4, 0),
            self.reports.append,
            self._hand_on,
        )
        self._made.put(uplink)
        try:
            uplink.run(self._stop)
        except Exception as error:  # noqa: BLE001 - whatever it is, `stop` tells it
            self.failed = error
        log.close()


def append(log, count: int) -> None:
    for volunteer in range(1, count + 1):
        log.append(check_in(volunteer))


def all_of(log, log_file) -> list[bytes]:
    reader = LogReader(log_file, TERMINAL)
    stretch = reader.stretch(log.epoch, 0, 10_000, 100_000_000)
    reader.close()
    return list(stretch.events)


def delivered(running: RunningUplink) -> bool:
    return running.state is not None and running.state.connected and running.state.unsent == 0
