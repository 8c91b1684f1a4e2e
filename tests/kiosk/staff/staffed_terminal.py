"""An engine and its desk without devices: presented to, and asked by volunteers and staff."""

import queue
import threading

from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.checkin.overrides import OverridesFile
from kiosk.local_api.messages import Decided
from kiosk.local_api.replies import Result
from kiosk.local_api.requests import EnterManually, Login
from kiosk.staff.person_notes import PersonNotes
from kiosk.staff.requests import RequestHandler
from kiosk.staff.sessions import StaffSessions
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.log_keeper import LogKeeper
from sync.contract import events
from sync.contract.events import Event
from sync.contract.remote_settings import TerminalDirection
from sync.log.reader import LogReader
from tests.kiosk.samples import HOUR_MS, PINS, PSEUDONYM_KEY, ROSTER, HandClock, index_of, reading, token
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS, TERMINAL

NEXT_DAY_MS = NINE_MS + 24 * HOUR_MS
SHOWN_S = 20
IDLE_MIN = 5


class Terminal:
    """An engine and its desk without devices and without a socket; every message to all is in `told`."""

    def __init__(self, folder, now_ms: int = NINE_MS, roster=ROSTER) -> None:
        self.clock = HandClock(now_ms)
        self.restarted: list[str] = []
        self.upkeep: list[tuple[object, ...]] = []
        at_rest = AtRest(folder / "state", folder / "device.secret")
        keeper = LogKeeper(folder / "log.db", TERMINAL, self.clock, "muster/test")
        self.log = keeper.log
        self.told: queue.SimpleQueue = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=index_of(roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=self.clock,
            announce=self._announce,
        )
        self.desk = RequestHandler(
            self.engine,
            keeper,
            self.clock,
            question_shown_s=SHOWN_S,
            staff=StaffSessions(self.clock, IDLE_MIN),
            overrides=OverridesFile(at_rest),
            notes=PersonNotes(at_rest, self.clock),
            restart=self._restart,
            upkeep=lambda *asked: self.upkeep.append(asked),
            publish=self.told.put,
        )
        self.engine.obey(self.desk._overrides.read())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.engine.run, args=(self._stop, self.desk.beat))
        self._thread.start()

    def present(self, one) -> Decided:
        self.clock.now_ms = one.at.wall_ms
        assert self.engine.deliver(one)
        return self.next(Decided)

    def comes(self, wall_ms: int, volunteer: int = 1) -> Decided:
        return self.present(reading(token(volunteer), wall_ms=wall_ms))

    def next(self, kind):
        message = self.told.get(timeout=PATIENCE_S)
        assert isinstance(message, kind), message
        return message

    def ask(self, request, client=None):
        """What one client is answered."""
        client = client or Client()
        self.desk.take(request, client)
        return client.heard.get(timeout=PATIENCE_S)

    def logged(self) -> list[Event]:
        reader = LogReader(self.log.path, TERMINAL)
        stretch = reader.stretch(self.log.epoch, 0, 10_000, 10_000_000)
        reader.close()
        return [events.decode(encoded) for encoded in stretch.events]

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.log.close()

    def _restart(self, device: str) -> bool:
        self.restarted.append(device)
        return device == "scanner"

    def _announce(self, decided: Decided) -> None:
        self.told.put(decided)
        self.desk.announced(decided)


class Client:
    def __init__(self) -> None:
        self.heard: queue.SimpleQueue = queue.SimpleQueue()

    def tell(self, message) -> None:
        self.heard.put(message)


def denied(request, code: str) -> Result:
    return Result(request.request, ok=False, code=code)


def log_in(terminal) -> Client:
    """A client at which Zhao begins a session."""
    client = Client()
    assert terminal.ask(Login(1, "liaison-7", PINS["liaison-7"]), client) == Result(
        1, ok=True, code="logged_in", name="Zhao"
    )
    return client


def entry(**changes) -> EnterManually:
    fields = {
        "request": 9,
        "volunteer": "2",
        "direction": "in",
        "at_ms": NINE_MS - 60_000,
        "reason": "left the badge at home",
        "second": "leader-2",
        "second_pin": PINS["leader-2"],
    }
    return EnterManually(**fields | changes)
