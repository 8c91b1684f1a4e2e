"""Where a fault is played: a terminal's folder, its lives in turn, and all that people were shown."""

import contextlib
import itertools
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from drivers.simulated.scanner import SimulatedScanner
from sync.contract.roster import seal_roster
from tests.faults.losing_disk import LosingDisk
from tests.faults.people import EVERYBODY, PEOPLE
from tests.faults.puppet import Orders
from tests.faults.shown import Shown
from tests.kiosk.samples import PSEUDONYM_KEY, token
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY, TERMINAL, TERMINAL_KEY

APART_MS = 2_000
STARTS_WITHIN_S = 60
_ROOT = Path(__file__).parents[2]


class Stage:
    """One terminal; `chance` alone decides what happens to it, so that a seed plays the same again."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.state = folder / "state"
        self.shown = Shown()
        self.start_up_ms = 0
        self.mono_ms, self.wall_ms = 60_000, NINE_MS
        self.disk: LosingDisk | None = None
        self.clock_is_right = True
        self._boot = secrets.token_hex(16)
        self._numbers = itertools.count()
        self.scanner = SimulatedScanner(folder / "scanner")
        self.settings = folder / "kiosk.toml"
        self.roster_file = folder / "roster.json"
        self.settings.write_text(
            f'terminal = "{TERMINAL}"\ncentre_key = "{CENTRE_KEY.public.raw.hex()}"\n'
            'state_folder = "state"\nsocket = "kiosk.sock"\n'
            'pseudonym_key_file = "pseudonym.key"\nroster_file = "roster.json"\n'
            f'[[scanner]]\nname = "scanner"\nport = "{self.scanner.path}"\n'
        )
        TERMINAL_KEY.save(folder / "terminal.key")
        self.bring_files()

    @property
    def log_file(self) -> Path:
        """The terminal's log."""
        return self.state / "log.db"

    def bring_files(self) -> None:
        """What an installer brings in plain files."""
        (self.folder / "pseudonym.key").write_text(PSEUDONYM_KEY.hex())
        self.roster_file.write_bytes(seal_roster(EVERYBODY, CENTRE_KEY))

    def secrets(self) -> list[Path]:
        """Every file, plain or encrypted, that a wipe must leave nothing of."""
        kept = [*self.state.glob("*.kept*"), *self.state.glob("device.secret*")]
        return kept + [one for one in (self.folder / "pseudonym.key", self.roster_file) if one.exists()]

    def enrol_anew(self) -> None:
        """As after a revocation: another key of its own, and then the files again."""
        (self.folder / "terminal.key").unlink()
        STRANGER_KEY.save(self.folder / "terminal.key")
        self.bring_files()

    def reboot(self) -> None:
        """The machine was off: another boot, whose time since the boot begins anew."""
        self._boot, self.mono_ms = secrets.token_hex(16), 60_000

    def life(self, point: str = "nowhere", times: int = 0, under: Sequence[str] = ()) -> "Life":
        """Start the terminal; `under` is a program that runs it."""
        orders = Orders(point, times, self._boot, self.mono_ms, self.wall_ms, self.clock_is_right)
        return Life(self, orders, under)

    def next_badge(self) -> str:
        """Somebody comes, some time after the one before: what the puppet is told."""
        self.mono_ms += APART_MS
        self.wall_ms += APART_MS
        return f"badge {next(self._numbers) % PEOPLE + 1} {self.mono_ms} {self.wall_ms}\n"

    def close(self) -> None:
        """Put the devices away."""
        self.scanner.unplug()


class Life:
    """One process of the terminal, from its start to whatever ends it."""

    def __init__(self, stage: Stage, orders: Orders, under: Sequence[str]) -> None:
        self._stage = stage
        self._began_s = time.monotonic()
        with (stage.folder / "puppet.log").open("ab") as told:
            self._process = subprocess.Popen(
                [
                    *(*under, sys.executable, "-m", "tests.faults.puppet"),
                    *(str(stage.settings), msgspec.json.encode(orders).decode()),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
                cwd=_ROOT,
                start_new_session=True,
            )
        self._hangs = False
        self._alarm = threading.Timer(PATIENCE_S, self._give_up)
        self._alarm.start()

    def starts(self) -> bool:
        """Whether it comes so far that people can be told something."""
        for line in self._process.stdout:
            self._stage.shown.take(line)
            return True
        return False

    def starts_in_time(self) -> None:
        """It starts, and soon enough: a generous limit, whatever else the machine does."""
        slow = threading.Timer(STARTS_WITHIN_S, self._kill)
        slow.start()
        assert self.starts(), f"it did not start within {STARTS_WITHIN_S} s"
        slow.cancel()
        took_ms = int((time.monotonic() - self._began_s) * 1000)
        self._stage.start_up_ms = max(self._stage.start_up_ms, took_ms)

    def present(self) -> str:
        """Somebody presents a badge; the outcome they are shown, "" when the terminal died of it."""
        return self.obey(self._stage.next_badge())

    def obey(self, command: str) -> str:
        """The outcome of what a command announced, "done" without one, "" when the terminal died of it."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(command)
            self._process.stdin.flush()
        outcome = "done"
        for line in self._process.stdout:
            if line == "done\n":
                return outcome
            self._stage.shown.take(line)
            outcome = line.split()[0]
        return ""

    def scan(self, scanner: SimulatedScanner) -> bool:
        """Somebody scans until there is an answer, as people do; whether one came."""
        answered = threading.Event()

        def again_and_again() -> None:
            while not answered.wait(0.2):
                scanner.scan(token(PEOPLE))

        person = threading.Thread(target=again_and_again)
        person.start()
        try:
            line = self._process.stdout.readline()
        finally:
            answered.set()
            person.join()
        self._stage.shown.take(line)
        return bool(line)

    def kill(self) -> None:
        """End it as a crash would."""
        self._kill()
        self.was_killed()

    def kill_after(self, seconds: float) -> None:
        """Let it be killed while people come."""
        threading.Timer(seconds, self._kill).start()

    def was_killed(self) -> None:
        """Wait until it is dead by `kill -9`."""
        ended = self._finish()
        assert not self._hangs, f"nothing killed it, see {self._stage.folder / 'puppet.log'}"
        assert ended == -signal.SIGKILL, f"it ended with {ended}, see {self._stage.folder / 'puppet.log'}"

    def end(self) -> int:
        """Ask it to end, as the service manager does; its exit code."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        return self._finish()

    def _give_up(self) -> None:
        self._hangs = True
        self._kill()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _finish(self) -> int:
        for line in self._process.stdout:
            if line != "done\n":
                self._stage.shown.take(line)
        self._process.wait(PATIENCE_S)
        self._alarm.cancel()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        return self._process.returncode
