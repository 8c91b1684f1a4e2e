"""A real terminal on strings: `python -m tests.faults.puppet SETTINGS ORDERS`.

It obeys the lines of its standard input, prints each announcement as people would see it, and `done` after
each line that it obeyed. At the point of its orders it kills itself (-9), the so-manieth time it comes there.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from drivers.reading import Instant, Presented, Reading, Secret
from foundation.clock import SharedClock
from foundation.logs import set_up_logs
from kiosk import engine_process as terminal_module
from kiosk.engine_process import Terminal
from kiosk.local_api.messages import Decided
from kiosk.settings import KioskFiles
from kiosk.storage.log_keeper import LogKeeper
from sync.log.writer import Log
from tests.faults.people import EVERYBODY
from tests.kiosk.centre_messages import WIPE, chunks_of, command_of
from tests.kiosk.samples import token
from tests.sync.samples import BOOT, NINE_MS


class Orders(Struct, frozen=True):
    """How the puppet's life begins, and where it ends: the `times`th time that it comes to `point`."""

    point: str = "nowhere"
    times: int = 0
    boot: str = BOOT
    mono_ms: int = 60_000
    wall_ms: int = NINE_MS
    clock_is_right: bool = True


class StringClock(SharedClock):
    """A clock whose wall time and time since the boot are set apart, as trusted as its orders say."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._now = (orders.mono_ms, orders.wall_ms)

    def set(self, mono_ms: int, wall_ms: int) -> None:
        self._now = (mono_ms, wall_ms)

    @property
    def boot_id(self) -> str:
        return self._orders.boot

    def is_right(self) -> bool:
        return self._orders.clock_is_right

    def mono_ms(self) -> int:
        return self._now[0]

    def wall_ms(self) -> int:
        return self._now[1]


class Doom:
    """Kills this process at one point."""

    def __init__(self, orders: Orders) -> None:
        self._point = orders.point
        self._times = orders.times

    def at(self, point: str) -> None:
        if point == self._point:
            self._times -= 1
            if self._times == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def hang_over(self, log: Log) -> None:
        """Lurk inside the transaction of every event that is appended from here on, and of every purge."""
        log._connection.create_function("dies", 1, self.at)
        for when, point in (("INSERT", "before_commit"), ("DELETE", "during_purge")):
            log._connection.execute(
                f"CREATE TEMP TRIGGER {point} AFTER {when} ON main.event BEGIN SELECT dies('{point}'); END"
            )

    def hang_over_roster(self) -> None:
        """Lurk around the rename that puts a new roster in place, and before the log says that it holds."""
        replace, applied = Path.replace, LogKeeper.applied

        def doomed_replace(unfinished: Path, path: Path) -> Path:
            kept = path.suffix == ".kept"
            if kept:
                self.at("before_rename")
            replaced = replace(unfinished, path)
            if kept:
                self.at("after_rename")
            return replaced

        def doomed_applied(keeper: LogKeeper, *what: object) -> None:
            self.at("before_config_applied")
            applied(keeper, *what)

        Path.replace, LogKeeper.applied = doomed_replace, doomed_applied

    def hang_over_deletions(self) -> None:
        """Lurk before each file that is deleted from here on."""
        unlink = Path.unlink

        def doomed_unlink(path: Path, missing_ok: bool = False) -> None:
            self.at("during_wipe")
            unlink(path, missing_ok=missing_ok)

        Path.unlink = doomed_unlink


class Puppet(Terminal):
    """The terminal, telling on its standard output what it announces."""

    def __init__(self, files: KioskFiles, doom: Doom) -> None:
        super().__init__(files)
        self._doom = doom
        doom.hang_over(self._log)
        tell("ready", self._log.epoch)

    def obey(self, clock: StringClock, command: str, *arguments: str) -> None:
        match command, arguments:
            case "badge", (number, mono_ms, wall_ms):
                clock.set(int(mono_ms), int(wall_ms))
                at = Instant(int(mono_ms), int(wall_ms))
                self._engine.deliver(Reading("puppet", Presented.CODE, Secret(token(int(number))), at))
            case "roster", (version,):
                self._bring_roster(int(version))
            case "wipe", ():
                self._bring_wipe()
            case "purge", (aged_ms,):
                archived = {self._log.epoch: self._log.seq}
                self._engine.do(lambda: self._purge(archived, clock.wall_ms() - int(aged_ms)))
        tell("done")

    def _bring_roster(self, version: int) -> None:
        """As the uplink brings it; in force before anything else is obeyed."""
        for chunk in chunks_of(msgspec.structs.replace(EVERYBODY, version=version)):
            self._receiver.take(chunk)
        while self._active.roster_version != version:
            time.sleep(0.01)

    def _bring_wipe(self) -> None:
        self._doom.hang_over_deletions()
        self._receiver.take(command_of(WIPE))
        while not self._active.revoked:
            time.sleep(0.01)

    def _purge(self, archived: dict[str, int], before_ms: int) -> None:
        self._log.purge(archived, before_ms)

    def _announce(self, decided: Decided) -> None:
        self._doom.at("after_commit_before_feedback")
        super()._announce(decided)
        tell(decided.outcome, self._log.epoch, str(decided.seq), decided.volunteer or "-")


def tell(*words: str) -> None:
    """One whole line, or none of it, whenever this process dies."""
    os.write(sys.stdout.fileno(), (" ".join(words) + "\n").encode())


def main(settings: str, encoded: str) -> None:
    """Play one life of the terminal; ends when its standard input does."""
    set_up_logs(as_json=True)
    orders = msgspec.json.decode(encoded, type=Orders)
    clock = StringClock(orders)
    terminal_module.open_clock = lambda _: clock
    doom = Doom(orders)
    doom.hang_over_roster()
    puppet = Puppet(KioskFiles(Path(settings)), doom)
    stop = threading.Event()
    running = threading.Thread(target=puppet.run, args=(stop,))
    running.start()
    with contextlib.suppress(BrokenPipeError):
        for line in sys.stdin:
            puppet.obey(clock, *line.split())
    stop.set()
    running.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
