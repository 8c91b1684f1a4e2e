"""How soon a listener's terminals are served again when it is stopped or killed, against a quiet line.

    python tests/postgresql.py python benchmarks/take_over.py [--rounds N]

Two real listeners share a real PostgreSQL beside a real Mosquitto. One is stopped (SIGSTOP: its connections
stay open) or killed, and at that moment somebody checks in at a terminal that it serves. That is sent again
when the centre says that it is there, as terminals do.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from kiosk_folder import describe_machine

sys.path.insert(0, str(Path(__file__).parents[1]))

from settlement.settings import ListenerSettings
from tests.settlement.ingest.crew import Crew, Terminals
from tests.settlement.own_centre import SERVER, OwnCentre
from tests.settlement.real_broker import Broker

TARGET_S = 5.0
NAMES = ("centre", "centre-2")
BUCKETS = ("00", "07", "21", "31", "32", "45", "63")
LAST_BEAT = "SELECT name, extract(epoch FROM beat)::float8 FROM settlement_listenerbeat"


def main() -> None:
    """Measure and print; the last line is the ratio."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--rounds", type=int, default=8, help="of each kind (8)")
    rounds = arguments.parse_args().rounds
    if SERVER is None:
        sys.exit(
            "Run it as `python tests/postgresql.py python benchmarks/take_over.py`: it needs PostgreSQL."
        )
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        crew, terminals = _open(Path(folder), opened)
        quiet = [_scan(terminals, number) for number in range(40)]
        print(f"quiet    scan stored: median {median(quiet) * 1000:.0f} ms, worst {max(quiet) * 1000:.0f} ms")
        delayed: list[float] = []
        for name, sent in (("stopped", signal.SIGSTOP), ("killed", signal.SIGKILL)):
            measured = [_round(crew, terminals, NAMES[number % 2], sent) for number in range(rounds)]
            taken, scans = ([one[which] for one in measured] for which in (0, 1))
            delayed += scans if sent is signal.SIGSTOP else []
            for what, times in (("taken over after the last heartbeat", taken), ("scan stored", scans)):
                print(f"{name:8} {what}: median {median(times):.1f} s, worst {max(times):.1f} s")
        terminals.assert_stored_once()
    print(f"target: taken over within {TARGET_S:.0f} s of the last heartbeat; every event is stored once")
    ratio = median(delayed) / median(quiet)
    print(f"scan stored, its listener stopped: {ratio:.0f} x (baseline: the quiet line)")


def _open(folder: Path, opened: ExitStack) -> tuple[Crew, Terminals]:
    """A broker, a centre, both listeners with their shares, and the terminals' line."""
    broker = Broker(folder)
    broker.start()
    opened.callback(broker.stop)
    centre = OwnCentre(folder)
    opened.callback(centre.drop)
    terminals = Terminals(centre, broker.port, BUCKETS)
    opened.callback(terminals.close)
    crew = Crew(centre, broker.port)
    crew.fence_ms = ListenerSettings().fence_ms
    opened.callback(crew.stop)
    for name in NAMES:
        crew.start(name)
    crew.wait_for_shares(centre=32, centre_2=32)
    terminals.deliver()
    return crew, terminals


def _scan(terminals: Terminals, number: int) -> float:
    """Seconds from sending one event to hearing that it is stored."""
    paper = terminals.papers[number % len(terminals.papers)]
    paper.check_in()
    began_s = time.monotonic()
    terminals.deliver([paper])
    took_s = time.monotonic() - began_s
    time.sleep(0.1)
    return took_s


def _round(crew: Crew, terminals: Terminals, victim: str, how: signal.Signals) -> tuple[float, float]:
    """Seconds from the victim's last heartbeat until others hold everything, and until its scan is stored."""
    held = crew.held()
    paper = next(paper for paper in terminals.papers if int(paper.bucket) in held[victim])
    process = crew.processes[victim]
    assert isinstance(process, subprocess.Popen)
    last_beat = dict(crew.rows(LAST_BEAT))[victim]
    process.send_signal(how)
    paper.check_in()
    began_s = time.time()
    terminals.send(paper)
    said = terminals.hosts.count("online")
    taken_s = stored_s = None
    while taken_s is None or stored_s is None:
        if terminals.hosts.count("online") != said:
            said = terminals.hosts.count("online")
            terminals.send(paper)
        if stored_s is None and terminals.is_stored(paper):
            stored_s = time.time() - began_s
        if taken_s is None and {name: len(own) for name, own in crew.held().items() if name != victim} == {
            name: 64 for name in NAMES if name != victim
        }:
            taken_s = time.time() - last_beat
        time.sleep(0.02)
    if how is signal.SIGKILL:
        process.wait()
        crew.start(victim)
    else:
        process.send_signal(signal.SIGCONT)
    crew.wait_for_shares(centre=32, centre_2=32)
    terminals.deliver()
    time.sleep(1)
    return taken_s, stored_s


if __name__ == "__main__":
    main()
