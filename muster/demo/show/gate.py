"""One terminal of the show: its processes, line, scanner and clock, and all that can befall them."""

import contextlib
import secrets
import sqlite3
import time
from pathlib import Path

import tomlkit

from drivers.simulated.scanner import SimulatedScanner
from foundation.clock import SharedClock
from muster.demo.processes import Children
from muster.demo.relay import Relay
from muster.demo.show.torn import after_power_cut
from sync.log.reader import connect_to_read

WRONG_BY_MS = 2 * 3_600_000
_LOGGED = "SELECT seq, bytes FROM event WHERE kind IN ('check_in', 'check_out')"
_TORN_BYTES = 2048
_DARK_S = 1.5
"""How long a terminal is without power."""


class Gate:
    """A terminal that can be cut off, killed, unplugged and set wrong; switches say how it stands then."""

    def __init__(self, name: str, folder: Path, clock_ms: int, broker_port: int, children: Children) -> None:
        self.name = name
        self.folder = folder
        self.clock = SharedClock.create(folder / "clock", clock_ms)
        self.scanner = SimulatedScanner(folder / "scanner")
        self._relay = Relay(broker_port)
        self._children = children
        self.is_cut = self.is_dark = self.is_unplugged = self.is_wrong = False
        self.killed = 0

    @property
    def socket(self) -> Path:
        """Where its screens are told what happens."""
        return self.folder / "kiosk.sock"

    @property
    def log(self) -> Path:
        """Its log."""
        return self.folder / "state" / "log.db"

    def start(self) -> None:
        """Begin, once it is enrolled: its line leads over a relay that can be cut."""
        config = self.folder / "kiosk.toml"
        document = tomlkit.parse(config.read_text(encoding="utf-8"))
        broker = document["broker"]
        broker["port"] = self._relay.port
        config.write_text(tomlkit.dumps(document), encoding="utf-8")
        for process in ("engine", "uplink"):
            self._children.muster(self._process(process), process, "--config", str(config))

    def close(self) -> None:
        """Take it down."""
        self._relay.close()
        self.scanner.unplug()

    def move(self, by_ms: int) -> None:
        """Let time go by."""
        self.clock.move_to(self.clock.wall_ms() + by_ms)

    def switch_network(self) -> str:
        """Cut the line, or mend it."""
        self.is_cut = not self.is_cut
        (self._relay.cut if self.is_cut else self._relay.mend)()
        return "its network is cut" if self.is_cut else "its network is back"

    def kill(self) -> str:
        """Kill the engine; whoever watches over it starts it anew."""
        self.killed += 1
        self._children.kill(self._process("engine"))
        return "kill -9 of its engine"

    def cut_power(self) -> str:
        """Kill everything at one moment; of the log stays what was committed, and a torn page behind it.

        Without a disk of its own the kernel goes on holding what was written and not synchronised, so it is
        taken away by hand: all behind the last commit.
        """
        self.is_dark = True
        try:
            for process in ("engine", "uplink"):
                self._children.hold(self._process(process))
            self.log.with_name(f"{self.log.name}-shm").unlink(missing_ok=True)
            wal = self.log.with_name(f"{self.log.name}-wal")
            if wal.exists():
                wal.write_bytes(after_power_cut(wal.read_bytes(), secrets.token_bytes(_TORN_BYTES)))
            time.sleep(_DARK_S)
            self.clock.reboot()
        finally:
            self.is_dark = False
            for process in ("engine", "uplink"):
                self._children.release(self._process(process))
        return "power cut: of its log stays what was committed"

    def switch_clock(self, right_ms: int) -> str:
        """Set the clock wrong, or right again."""
        self.is_wrong = not self.is_wrong
        if self.is_wrong:
            self.clock.set_wrong(right_ms + WRONG_BY_MS)
        else:
            self.clock.set_right(right_ms)
        return "its clock is two hours fast" if self.is_wrong else "its clock is right again"

    def switch_scanner(self) -> str:
        """Pull the scanner's cable, or put it back."""
        self.is_unplugged = not self.is_unplugged
        (self.scanner.unplug if self.is_unplugged else self.scanner.plug_in)()
        return "its scanner is unplugged" if self.is_unplugged else "its scanner is back"

    def mend(self, right_ms: int) -> None:
        """Put right all that is wrong."""
        if self.is_cut:
            self.switch_network()
        if self.is_wrong:
            self.switch_clock(right_ms)
        if self.is_unplugged:
            self.switch_scanner()

    def logged(self) -> list[tuple[int, bytes]]:
        """All check-ins and check-outs of the log, as bytes; nothing while it can't be read."""
        try:
            with contextlib.closing(connect_to_read(self.log)) as reading:
                return reading.execute(_LOGGED).fetchall()
        except sqlite3.Error:
            return []

    def _process(self, which: str) -> str:
        return f"{self.name}-{which}"
