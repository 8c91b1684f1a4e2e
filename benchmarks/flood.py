"""How long a scan takes to be stored at the centre while another terminal floods it, against a quiet line.

    python benchmarks/flood.py [--scans N]

A real Mosquitto and a real listener (SQLite). One terminal sends 300 junk messages a second, and every two
seconds a signed greeting of 500 epochs; another one sends a scan at a time, and waits until it is stored.
"""

import argparse
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import paho.mqtt.client as mqtt
from kiosk_folder import describe_machine

sys.path.insert(0, str(Path(__file__).parents[1]))

from sync.contract import wire
from tests.settlement.ingest.live_listener import SEED, CentreFolder, Line
from tests.settlement.paper_terminal import PaperTerminal
from tests.sync.live_broker import LiveBroker

TARGET = 3
JUNK_PER_S = 300
GREETING_EVERY_S = 2.0
EVIL = """
from settlement.models import Terminal, Site
Terminal.objects.create(id="evil", site=Site.objects.get(), bucket="01", public_key=sys.argv[3], realm="live")
"""


class Acknowledgements(Line):
    """A terminal's connection that hears nothing else: two at one site are told of each other as well."""

    def _on_message(self, client: object, userdata: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith(("/ack", "/host")):
            super()._on_message(client, userdata, message)


def main() -> None:
    """Measure and print; the last line is the ratio."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--scans", type=int, default=60, help="measured in each of the two (60)")
    scans = arguments.parse_args().scans
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        gate, evil, line, flooder = _open(Path(folder), opened)
        for _ in range(10):
            _scan(gate, line)
        quiet = [_scan(gate, line) for _ in range(scans)]
        with _flood(flooder, evil):
            time.sleep(5)
            flooded = [_scan(gate, line) for _ in range(scans)]
    for name, times in (("quiet", quiet), ("flooded", flooded)):
        print(f"{name:8} median {median(times) * 1000:6.0f} ms, worst {max(times) * 1000:6.0f} ms")
    print(f"target: at most {TARGET} x quiet")
    print(f"scan stored under a flood: {median(flooded) / median(quiet):.2f} x (baseline: the quiet line)")


def _open(folder: Path, opened: ExitStack) -> tuple[PaperTerminal, PaperTerminal, Line, Line]:
    """A broker, a centre with two terminals, its listener, and both terminals' connections."""
    broker = LiveBroker(folder, "allow_anonymous true")
    broker.start()
    opened.callback(broker.kill)
    centre = CentreFolder(folder / "centre")
    centre.folder.mkdir()
    centre.configure(broker.port)
    gate, evil = PaperTerminal(), PaperTerminal("evil", "01", epoch="d" * 32)
    keys = (gate.key.public.raw.hex(), evil.key.public.raw.hex())
    subprocess.run(centre.run(SEED + EVIL, *keys), check=True, capture_output=True)
    opened.callback(centre.stop)
    centre.listen()
    line, flooder = (Acknowledgements(broker.port, centre.public_key) for _ in range(2))
    opened.callback(line.close)
    opened.callback(flooder.close)
    line.host("online")
    gate.start()
    return gate, evil, line, flooder


def _scan(gate: PaperTerminal, line: Line) -> float:
    """Seconds from sending one event to hearing that it is stored."""
    gate.check_in()
    seq = len(gate.events)
    payload = gate.batch(1 if seq == 2 else seq)
    began_s = time.monotonic()
    line.client.publish(gate.batch_topic, payload, qos=1)
    while (ack := line.ack()).terminal != gate.name or ack.contiguous < seq:
        pass
    took_s = time.monotonic() - began_s
    time.sleep(0.1)
    return took_s


@contextmanager
def _flood(line: Line, evil: PaperTerminal) -> Iterator[None]:
    """Junk, and greetings that name 500 epochs which nobody has."""
    stop = threading.Event()

    def every(seconds: float, send: Callable[[], object]) -> None:
        due_s = time.monotonic()
        while not stop.is_set():
            send()
            due_s += seconds
            stop.wait(max(0.0, due_s - time.monotonic()))

    def junk() -> None:
        line.client.publish(evil.batch_topic, secrets.token_bytes(40), qos=1)

    def greet() -> None:
        heads = [wire.EpochHead(secrets.token_hex(16), 1, 9, "0" * 64) for _ in range(wire.MAX_HELLO_EPOCHS)]
        line.client.publish(evil.hello_topic, evil.hello(heads), qos=1)

    threads = [
        threading.Thread(target=every, args=(1 / JUNK_PER_S, junk)),
        threading.Thread(target=every, args=(GREETING_EVERY_S, greet)),
    ]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
