"""What the terminal's screens cost: decision to painted, idle, 10,000 answers, 1,000 people, memory.

    python benchmarks/screen_times.py [--decisions N] [--many N]

Each screen is a process of its own on a pseudo-terminal; an engine that only talks sits at its local socket.
The moment of a picture is the last byte before the screen falls quiet. The baseline is a bare Textual app
that paints one word for a line from a socket; they take turns, so that what else the machine does hits both.
The last line is the ratio.
"""

import argparse
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec
from kiosk_folder import describe_machine, quantile
from screens.terminal import OnTerminal

from kiosk.local_api.messages import Decided, Here, Outcome, Snapshot, encode
from kiosk.local_api.simulated_engine import SimulatedEngine, read_recording

HERE = Path(__file__).parent
RECORDING = HERE.parent / "docs" / "pictures" / "recorded-messages.jsonl"
PEOPLE = 1_000
_WARM_UP = 20
_IDLE_S = 15
_STATUS_EVERY_S = 1.0
_BETWEEN_S = 0.004
"""Between two of many answers: a screen that can't keep up would fall behind, and grow."""
_NAMES = ("林晓梅", "أحمد الحربي", "Sara Novak", "Tom Becker")
_LANGUAGES = ("zh-Hans", "ar", "", "")


class Bare:
    """The baseline, and our end of its line."""

    def __init__(self, folder: Path) -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "bare.sock"))
        listener.listen()
        self.terminal = OnTerminal([str(HERE / "screens" / "bare_app.py"), str(folder / "bare.sock")])
        self._line, _ = listener.accept()
        listener.close()

    def paint(self, number: int) -> int:
        """Nanoseconds until another word stands there."""
        began_ns = time.perf_counter_ns()
        self._line.sendall(b"Welcome\n" if number % 2 else b"Goodbye\n")
        return self.terminal.painted_ns() - began_ns

    def close(self) -> None:
        """End it."""
        self._line.close()
        self.terminal.close()


class Screen:
    """A screen of the terminal, and the engine that talks to it."""

    def __init__(self, which: str, folder: Path, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        path = folder / f"{which}.sock"
        self._engine = SimulatedEngine(path, snapshot)
        self._engine.start()
        self.terminal = OnTerminal([str(HERE / "screens" / "a_screen.py"), which, str(path)])
        self._engine.heard.get(timeout=60)
        self.terminal.painted_ns()

    def paint(self, number: int) -> int:
        """Nanoseconds until the answer to another reading stands there."""
        decided = encode(answer(self.snapshot, number))
        began_ns = time.perf_counter_ns()
        self._engine.say_bytes(decided)
        return self.terminal.painted_ns() - began_ns

    def idle(self, seconds: float) -> float:
        """The share of a core that it takes while the engine says each second that it is well."""
        before_s, began_s = self.terminal.cpu_s(), time.monotonic()
        for second in range(int(seconds / _STATUS_EVERY_S)):
            at_ms = self.snapshot.status.wall_ms + 1000 * second
            self._engine.say(msgspec.structs.replace(self.snapshot.status, wall_ms=at_ms))
            self.terminal.watch(_STATUS_EVERY_S)
        return (self.terminal.cpu_s() - before_s) / (time.monotonic() - began_s)

    def say_many(self, count: int) -> None:
        """Let it show so many answers."""
        for number in range(count):
            self._engine.say(answer(self.snapshot, number))
            self.terminal.watch(_BETWEEN_S)
        self.terminal.until_quiet()

    def close(self) -> None:
        """End both."""
        self.terminal.close()
        self._engine.stop()


def answer(snapshot: Snapshot, number: int) -> Decided:
    """Somebody came or left; everybody's name and time are others."""
    at_ms = snapshot.status.wall_ms + number
    came = number % 2 == 0
    return Decided(
        at_ms,
        "scanner",
        "badge",
        Outcome.ACCEPTED_IN if came else Outcome.ACCEPTED_OUT,
        name=f"{_NAMES[number % 4]} {number % 97}",
        volunteer=str(100_000 + number),
        language=_LANGUAGES[number % 4],
        since_ms=None if came else at_ms - 3_600_000 - 60_000 * (number % 500),
        seq=number + 1,
    )


def with_people(snapshot: Snapshot, count: int) -> Snapshot:
    """The same terminal with so many people here."""
    since_ms = snapshot.status.wall_ms
    here = [
        Here(str(100_000 + number), f"{_NAMES[number % 4]} {number}", since_ms - 1000 * number, "fair")
        for number in range(count)
    ]
    status = msgspec.structs.replace(snapshot.status, here=here)
    return msgspec.structs.replace(snapshot, status=status, expected=count)


@contextmanager
def on_stage(which: str, snapshot: Snapshot) -> Iterator[tuple[Screen, Bare]]:
    """A screen and the baseline."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        screen = opened.enter_context(closing(Screen(which, folder, snapshot)))
        yield screen, opened.enter_context(closing(Bare(folder)))


def times(screen: Screen, bare: Bare, count: int) -> tuple[list[int], list[int]]:
    """Nanoseconds to the picture of each, in turn."""
    found: tuple[list[int], list[int]] = ([], [])
    for number in range(count + _WARM_UP):
        pair = [(0, screen.paint), (1, bare.paint)]
        for which, paint in pair if number % 2 else reversed(pair):
            found[which].append(paint(number))
    return found[0][_WARM_UP:], found[1][_WARM_UP:]


def tell(name: str, taken: list[int]) -> tuple[float, float]:
    """Print median and p99 in milliseconds, and return them."""
    median, p99 = quantile(taken, 50) / 1e6, quantile(taken, 99) / 1e6
    print(f"{name:34} median {median:6.1f} ms  p99 {p99:6.1f} ms  ({len(taken)} times)")
    return median, p99


def main() -> None:
    """Measure, and print the ratio on the last line."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--decisions", type=int, default=300, help="how many are waited for (300)")
    arguments.add_argument("--many", type=int, default=10_000, help="how many in a row must not grow (10000)")
    chosen = arguments.parse_args()
    print(describe_machine())
    snapshot, _ = read_recording(RECORDING)
    ratios = []
    # The monitor draws a thousand people anew for each answer: of those a twentieth shows a growth as well.
    for which, people, many in (("volunteer", 12, chosen.many), ("monitor", PEOPLE, chosen.many // 20)):
        with on_stage(which, with_people(snapshot, people)) as (screen, bare):
            first_mb = screen.terminal.memory_mb()
            idle, bare_mb = screen.idle(_IDLE_S), bare.terminal.memory_mb()
            painted, words = times(screen, bare, chosen.decisions)
            screen.say_many(many // 10)
            early_mb = screen.terminal.memory_mb()
            screen.say_many(many - many // 10)
            late_mb = screen.terminal.memory_mb()
        print(f"{which}, {people} people here:")
        print(f"  memory {first_mb:.0f} MB (a bare app {bare_mb:.0f} MB)")
        print(f"  {many} answers: {early_mb:.1f} MB after a tenth, {late_mb:.1f} MB after all")
        print(f"  idle, a status each second: {100 * idle:.1f} % of a core")
        screen_ms, bare_ms = tell("  decision to painted", painted), tell("  a bare app's word", words)
        ratios.append(f"{which} median {screen_ms[0] / bare_ms[0]:.1f} p99 {screen_ms[1] / bare_ms[1]:.1f}")
        several = statistics.quantiles([one / two for one, two in zip(painted, words, strict=True)], n=4)
        print(f"  ratio of each pair: {several[0]:.1f} to {several[2]:.1f} for the middle half")
    print(f"decision-to-painted ratio: {', '.join(ratios)} (baseline: a bare app's word)")


if __name__ == "__main__":
    main()
