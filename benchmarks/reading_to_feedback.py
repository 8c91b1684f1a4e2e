"""How long a person waits for the light: reading, decision, durable log, screen; against one bare commit.

    python benchmarks/reading_to_feedback.py [--readings N] [--folder FOLDER]

Engine, log and local socket are the terminal's own. The feedback is the moment at which light and sound go
on; how much later a screen at the local socket has it is printed beside. The baseline
inserts the row that was logged before into a plain SQLite file (WAL, synchronous=FULL, the same page size)
beside the log. They take turns, and the first of a turn is the second of the next, so that each follows
itself, the other and the fetching of the row equally often. The median is that of the ratios of blocks of
turns, so that what else the machine does meanwhile hits both sides of each; the blocks' spread is printed.
FOLDER must lie on the disk that is to be measured; without it a temporary one is made in the current folder.
A slow disk hides what the engine needs, a fast one shows it.
"""

import argparse
import contextlib
import os
import socket
import sqlite3
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import NoReturn

import msgspec
from kiosk_folder import PSEUDONYM_KEY, TERMINAL, describe_machine, quantile, roster_of, stamp, token

from drivers.reading import Instant, Presented, Reading, Secret
from foundation.attendance import AttendancePolicy
from foundation.clock import SystemClock
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.local_api import messages as local_messages
from kiosk.local_api.messages import ClientHello, Decided, LinkReport, Outcome, Snapshot, Status
from kiosk.local_api.server import LocalServer
from kiosk.roster.index import RosterIndex
from sync.contract.remote_settings import TerminalDirection
from sync.log.writer import Log

VOLUNTEERS = 400
WARM_UP = 50
BLOCK = 100
_ACCEPTED = {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT}
_ROW = "SELECT ordinal, seq, kind, wall_ms, bytes, hash, previous FROM event WHERE ordinal = 1 AND seq = ?"
_PLAIN = """
CREATE TABLE event (
    ordinal INTEGER, seq INTEGER, kind TEXT, wall_ms INTEGER, bytes BLOB, hash BLOB, previous BLOB,
    PRIMARY KEY (ordinal, seq)
)
"""


class Desk:
    """A terminal with one screen and no devices."""

    def __init__(self, folder: Path) -> None:
        self._clock = SystemClock()
        self._lit_ns = 0
        self._badges = [Secret(token(number)) for number in range(1, VOLUNTEERS + 1)]
        self._log = Log(folder / "log.db", TERMINAL, stamp(), "bench")
        self._server = LocalServer(folder / "s", self._snapshot, lambda _: None, lambda _: None)
        self._engine = Engine(
            log=self._log,
            roster=RosterIndex(
                msgspec.structs.replace(
                    roster_of(VOLUNTEERS, self._clock.wall_ms()), policy=AttendancePolicy(debounce_s=0)
                )
            ),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=self._clock,
            announce=self._server.publish,
            light=self._light_up,
        )
        self._screen = socket.socket(socket.AF_UNIX)
        self._screen.connect(str(folder / "s"))
        self._lines = self._screen.makefile("rb")
        self._screen.sendall(local_messages.encode(ClientHello(local_messages.VERSION, "screen")))
        self._lines.readline()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._engine.run, args=(self._stop, lambda: None))
        self._thread.start()

    def present(self, number: int) -> tuple[int, int]:
        """Show the badge of one volunteer after the other.

        Nanoseconds until the light, and until the screen has it.
        """
        at = Instant(self._clock.mono_ms(), self._clock.wall_ms())
        reading = Reading("bench", Presented.CODE, self._badges[number % VOLUNTEERS], at)
        began_ns = time.perf_counter_ns()
        self._engine.deliver(reading)
        line = self._lines.readline()
        arrived_ns = time.perf_counter_ns()
        decided = local_messages.decode_from_engine(line)
        if not isinstance(decided, Decided) or decided.outcome not in _ACCEPTED:
            _stop(f"Reading {number} was not accepted: {decided}")
        return self._lit_ns - began_ns, arrived_ns - began_ns

    def _light_up(self, _: Outcome) -> None:
        self._lit_ns = time.perf_counter_ns()

    def close(self) -> None:
        """End the engine and its socket."""
        self._stop.set()
        self._thread.join()
        self._lines.close()
        self._screen.close()
        self._server.close()
        self._log.close()

    def _snapshot(self) -> Snapshot:
        link = LinkReport(connected=False, unsent=0)
        status = Status(
            wall_ms=0, clock_state="", link=link, devices=[], here=[], head_seq=0, disk_free_bytes=0
        )
        return Snapshot(
            version=local_messages.VERSION,
            terminal=TERMINAL,
            site="",
            activity="",
            zone="UTC",
            language="en",
            demo=False,
            roster_version=1,
            expected=VOLUNTEERS,
            recent=[],
            status=status,
        )


class BareCommit:
    """What no durable log can do without: one row, one commit, one flush of the disk."""

    def __init__(self, folder: Path) -> None:
        self._log = sqlite3.connect(f"file:{folder / 'log.db'}?mode=ro", uri=True, isolation_level=None)
        self._plain = sqlite3.connect(folder / "plain.db", isolation_level=None)
        self._plain.execute("PRAGMA journal_mode = WAL")
        self._plain.execute("PRAGMA synchronous = FULL")
        self._plain.execute(_PLAIN)

    def fetch(self, seq: int) -> tuple[object, ...]:
        """The log's row of this seq."""
        row: tuple[object, ...] = self._log.execute(_ROW, (seq,)).fetchone()
        return row

    def insert(self, row: tuple[object, ...]) -> int:
        """Insert a row here; nanoseconds until it is durable."""
        began_ns = time.perf_counter_ns()
        self._plain.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return time.perf_counter_ns() - began_ns

    def close(self) -> None:
        """Let go of both files."""
        self._plain.close()
        self._log.close()


def main() -> None:
    """Measure, and print the ratio on the last line."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--readings", type=int, default=2_000, help="how many are measured (2000)")
    arguments.add_argument("--folder", type=Path, default=Path(), help="on the disk to be measured")
    chosen = arguments.parse_args()
    print(describe_machine())
    os.sync()  # what others still have to write is not to be waited for here
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="bench-") as folder:
        measured = measure(Path(folder), chosen.readings)
    readings, screens, commits = (list(times) for times in zip(*measured, strict=True))
    named = (("reading to feedback", readings), ("reading to screen", screens), ("bare commit", commits))
    for name, times in named:
        median, p99 = quantile(times, 50) / 1e6, quantile(times, 99) / 1e6
        print(f"{name:20} median {median:6.2f} ms  p99 {p99:6.2f} ms  ({len(times)} times)")
    blocks = block_ratios(readings, commits)
    median, p99 = statistics.median(blocks), quantile(readings, 99) / quantile(commits, 99)
    print(f"ratio of medians in each of {len(blocks)} blocks: {blocks[0]:.2f} to {blocks[-1]:.2f}")
    print("targets: median 1.25, p99 2")
    print(f"reading-to-feedback ratio: median {median:.2f} p99 {p99:.2f} (baseline: bare commit)")


def measure(folder: Path, count: int) -> list[tuple[int, int, int]]:
    """Nanoseconds of `count` readings, to feedback and to the screen, and of as many bare commits."""
    measured = []
    with contextlib.closing(Desk(folder)) as desk, contextlib.closing(BareCommit(folder)) as bare:
        desk.present(0)
        for number in range(1, count + WARM_UP + 1):
            # The log's first row opened its epoch, so this is the reading before.
            row = bare.fetch(number + 1)
            if number % 2:
                commit = bare.insert(row)
                reading = desk.present(number)
            else:
                reading = desk.present(number)
                commit = bare.insert(row)
            measured.append((*reading, commit))
    return measured[WARM_UP:]


def block_ratios(readings: list[int], commits: list[int]) -> list[float]:
    """Median reading against median commit of each block of turns, the lowest ratio first."""
    return sorted(
        quantile(readings[start : start + BLOCK], 50) / quantile(commits[start : start + BLOCK], 50)
        for start in range(0, len(readings), BLOCK)
    )


def _stop(why: str) -> NoReturn:
    raise SystemExit(why)


if __name__ == "__main__":
    main()
