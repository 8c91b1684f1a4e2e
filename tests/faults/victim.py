"""An engine that is to be killed: `python -m tests.faults.victim LOG POINT TIMES FIRST COUNT`.

It presents COUNT badges, beginning with the FIRSTth, to a real engine on a real log, and prints a line for
each announcement. At POINT it kills itself (-9), the TIMESth time that it comes there.
"""

import contextlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kiosk.configuration import TerminalDirection
from kiosk.decision import Policy
from kiosk.engine import Engine
from kiosk.local_messages import Decided
from kiosk.log_keeper import stamp_now
from muster.logs import set_up_logs
from sync.log import Log
from sync.roster import RosterPerson
from tests.kiosk.samples import PSEUDONYM_KEY, ROSTER, HandClock, index_of, reading, token
from tests.sync.samples import NINE_MS, TERMINAL

PEOPLE = 40
APART_MS = 2_000
AGED_MS = 10_000
"""How old an event must be for the victim's purge."""

EVERYBODY = msgspec.structs.replace(
    ROSTER,
    people=[RosterPerson(str(number), f"Volunteer {number}") for number in range(1, PEOPLE + 1)],
    revoked=[],
)


class DoomedLog(Log):
    """A log whose process dies at one point, the `times`th time that it comes there."""

    point = ""
    times = 0
    _purging = False

    def __init__(self, *parts):
        super().__init__(*parts)
        # Inside the transaction of every event that is appended from here on, after its row was written.
        self._connection.create_function("die", 0, lambda: self._die_at("before_commit"))
        self._connection.execute(
            "CREATE TEMP TRIGGER dies AFTER INSERT ON main.event BEGIN SELECT die(); END"
        )

    def append(self, event):
        placed = super().append(event)
        self._die_at("after_commit_before_feedback")
        return placed

    def purge(self, archived, before_wall_ms):
        self._purging = True
        try:
            return super().purge(archived, before_wall_ms)
        finally:
            self._purging = False

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with super()._transaction():
            yield
            if self._purging:
                self._die_at("during_purge")

    @classmethod
    def _die_at(cls, point: str) -> None:
        if point == cls.point:
            cls.times -= 1
            if cls.times == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main(log_file: str, point: str, times: str, first: str, count: str) -> None:
    """Play one engine's life."""
    set_up_logs(as_json=True)
    DoomedLog.point, DoomedLog.times = point, int(times)
    clock = HandClock(NINE_MS + int(first) * APART_MS)
    log = DoomedLog(Path(log_file), TERMINAL, stamp_now(clock), "muster/test")
    announced: queue.SimpleQueue[Decided] = queue.SimpleQueue()
    engine = Engine(
        log=log,
        roster=index_of(EVERYBODY),
        pseudonym_key=PSEUDONYM_KEY,
        policy=Policy(TerminalDirection.TOGGLE, 60),
        clock=clock,
        announce=announced.put,
    )
    stop = threading.Event()
    threading.Thread(target=engine.run, args=(stop, lambda: None), daemon=True).start()
    print("ready", log.epoch, flush=True)
    for number in range(int(first), int(first) + int(count)):
        clock.now_ms = NINE_MS + number * APART_MS
        engine.deliver(reading(token(number % PEOPLE + 1), wall_ms=clock.now_ms))
        decided = announced.get()
        print(decided.outcome, log.epoch, decided.seq, decided.volunteer, flush=True)
        log.purge({log.epoch: decided.seq}, clock.now_ms - AGED_MS)
    stop.set()
    log.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
