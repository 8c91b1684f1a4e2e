"""A real engine with a real log, without devices: presented to, and asked what it logged."""

import dataclasses
import queue
import threading

from drivers.reading import Instant
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.local_api.messages import Decided, Here, Outcome
from kiosk.storage.log_keeper import stamp_now
from sync.contract import events
from sync.contract.events import Event
from sync.contract.remote_settings import TerminalDirection
from sync.log.reader import LogReader
from sync.log.writer import Log
from tests.kiosk.samples import (
    HOUR_MS,
    PSEUDONYM_KEY,
    ROSTER,
    TAG_KEYS,
    HandClock,
    index_of,
)
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import NINE_MS, TERMINAL


class RunningEngine:
    """An engine in a thread of its own with a real log; `present` answers what was announced.

    `logged_when_announced` holds, for each announcement, the kinds that the log's file held at that moment,
    `logged_when_lit` for each light how many events.
    """

    def __init__(self, folder, clock: HandClock | None = None, roster=ROSTER) -> None:
        self.clock = clock or HandClock()
        self.log_file = folder / "log.db"
        self.logged_when_announced: list[list[tuple[int, str]]] = []
        self.logged_when_lit: list[tuple[Outcome, int]] = []
        self.log = Log(self.log_file, TERMINAL, stamp_now(self.clock), "muster/test")
        self._announced: queue.SimpleQueue[Decided] = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=index_of(roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=self.clock,
            announce=self._announce,
            light=self._light_up,
            tag_keys=TAG_KEYS,
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.engine.run, args=(self._stop, lambda: None))

    def start(self) -> "RunningEngine":
        self._thread.start()
        return self

    def present(self, one) -> Decided:
        self.clock.now_ms = one.at.wall_ms
        assert self.engine.deliver(one)
        return self.next()

    def next(self) -> Decided:
        return self._announced.get(timeout=PATIENCE_S)

    def has_here(self, *here: Here) -> bool:
        """Whether these are here, once the engine has counted after its announcement."""
        return until(lambda: self.engine.here == here)

    def logged(self) -> list[Event]:
        """Every event of this engine's epoch, as it stands in the file."""
        reader = LogReader(self.log_file, TERMINAL)
        stretch = reader.stretch(self.log.epoch, 0, 10_000, 10_000_000)
        reader.close()
        return [events.decode(encoded) for encoded in stretch.events]

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.log.close()

    def _light_up(self, outcome: Outcome) -> None:
        self.logged_when_lit.append((outcome, len(self.logged())))

    def _announce(self, decided: Decided) -> None:
        if self._stop.is_set():
            return
        places = [(event.seq, type(event).__name__) for event in self.logged()]
        self.logged_when_announced.append(places)
        self._announced.put(decided)


def later(one, wall_ms):
    """The same reading at another moment."""
    return dataclasses.replace(one, at=Instant(wall_ms - NINE_MS + HOUR_MS, wall_ms))
