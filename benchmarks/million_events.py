"""What a long log costs a terminal: start-up, memory and appending with a million events against none.

    python benchmarks/million_events.py [--events N] [--folder FOLDER]

The log holds N events of the last 35 days, by 20,000 volunteers whom the roster names. Start-up is from
starting the process `muster engine` until its local socket answers; memory is the process's peak. The two
logs take turns in appending. Before each start the log leaves the page cache, as after a power cut. A clock
that was never set makes everything look as if it had happened since.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kiosk_folder import TERMINAL, check_in, describe_machine, quantile, stamp, write_folder, write_log

from foundation.clock import SharedClock
from kiosk.local_api import messages as local_messages
from kiosk.local_api.messages import ClientHello
from sync.log.writer import Log

VOLUNTEERS = 20_000
DAYS = 35
STARTS = 5
APPENDS = 2_000
_PATIENCE_S = 120


def main() -> None:
    """Measure both terminals and print their figures side by side."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--events", type=int, default=1_000_000, help="in the long log (1,000,000)")
    arguments.add_argument("--folder", type=Path, default=Path(), help="on the disk to be measured")
    chosen = arguments.parse_args()
    print(describe_machine())
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="bench-") as temporary:
        folder = Path(temporary)
        long, empty = (write_folder(folder / name, VOLUNTEERS) for name in ("long", "empty"))
        write_log(_log_of(long), chosen.events, volunteers=VOLUNTEERS, days=DAYS)
        unset = long.with_name("unset.toml")
        unset.write_text(f'{long.read_text()}shared_clock = "clock"\n')
        SharedClock.create(long.with_name("clock"), 0)
        measured = (("empty log", empty), (f"{chosen.events:,} events", long), ("the same in 1970", unset))
        for name, settings in measured:
            starts = [start_engine(settings) for _ in range(STARTS)]
            start_ms = quantile([start for start, _ in starts], 50) / 1e6
            memory = max(peak for _, peak in starts) / 1024
            print(f"{name:18} start-up {start_ms / 1000:5.2f} s  peak memory {memory:4.0f} MB")
        long_ns, empty_ns = append_in_turn(_log_of(long), _log_of(empty))
    ratio = quantile(long_ns, 50) / quantile(empty_ns, 50)
    print(
        f"append             median {quantile(long_ns, 50) / 1e6:.2f} ms against"
        f" {quantile(empty_ns, 50) / 1e6:.2f} ms of the empty log: ratio {ratio:.2f}"
    )
    print("targets: start-up 3 s, memory 150 MB, ratio 1.3")


def start_engine(settings: Path) -> tuple[int, int]:
    """Start the engine's process and end it; nanoseconds until it answers, and its peak memory in KiB."""
    _forget(_log_of(settings))
    began_ns = time.perf_counter_ns()
    engine = subprocess.Popen(
        [sys.executable, "-m", "muster", "engine", "--config", str(settings)], stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_answer(settings.parent / "kiosk.sock", engine)
        took_ns = time.perf_counter_ns() - began_ns
        status = Path(f"/proc/{engine.pid}/status").read_text(encoding="ascii")
    finally:
        engine.terminate()
        engine.wait(_PATIENCE_S)
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return took_ns, int(peak)


def append_in_turn(long: Path, empty: Path) -> tuple[list[int], list[int]]:
    """Nanoseconds of each append to both logs."""
    took: tuple[list[int], list[int]] = ([], [])
    with contextlib.closing(_open(long)) as first, contextlib.closing(_open(empty)) as second:
        for number in range(APPENDS // 2):
            for log, times in zip((first, second), took, strict=True):
                for _ in range(2):
                    event = check_in(number % VOLUNTEERS + 1)
                    began_ns = time.perf_counter_ns()
                    log.append(event)
                    times.append(time.perf_counter_ns() - began_ns)
    return took


def _wait_for_answer(path: Path, engine: "subprocess.Popen[bytes]") -> None:
    with socket.socket(socket.AF_UNIX) as screen:
        while True:
            try:
                screen.connect(str(path))
                break
            except OSError:
                if engine.poll() is not None:
                    raise SystemExit(f"The engine ended by itself with {engine.returncode}.") from None
                time.sleep(0.005)
        screen.sendall(local_messages.encode(ClientHello(local_messages.VERSION, "bench")))
        screen.recv(1)


def _forget(path: Path) -> None:
    """Take the file out of the kernel's page cache (man 2 posix_fadvise)."""
    if path.exists():
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _log_of(settings: Path) -> Path:
    return settings.parent / "state" / "log.db"


def _open(path: Path) -> Log:
    return Log(path, TERMINAL, stamp(), "bench")


if __name__ == "__main__":
    main()
