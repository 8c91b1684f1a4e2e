"""Who means no good, or repeats what was said: an enrolled terminal that floods, a carrier that doubles."""

import heapq
import itertools
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from foundation.clock import SystemClock
from sync.contract import wire
from sync.contract.events import ClockState, ClockTrust
from sync.contract.wire import EpochHead
from sync.line import broker
from sync.line.broker import BrokerSettings
from tests.nemesis.template import BUCKETS, CARRIER, HOSTILE, KEYS

_REPEATS = 2
"""How often each message comes again."""
_MOST_DUE = 300


def connect(
    port: int, name: str, files: Path, authority: Path, began: Callable[[mqtt.Client], object]
) -> mqtt.Client:
    """A client with the certificate `files`.pem, on its way to be connected; `began` is called each time."""
    settings = BrokerSettings(
        port=port,
        ca_file=str(authority),
        certificate_file=str(files.with_suffix(".pem")),
        key_file=str(files.with_suffix(".key")),
    )
    client = mqtt.Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
    client.tls_set_context(broker.tls_context(settings))
    client.on_connect = lambda client, *_: began(client)
    client.reconnect_delay_set(1, 1)
    client.connect_async("localhost", port)
    client.loop_start()
    return client


@contextmanager
def flood(port: int, gate: Path, say: Callable[[], tuple[str, bytes, int]], per_s: int) -> Iterator[None]:
    """Publish what `say` gives (kind, payload, quality of service) so often a second, as somebody hostile."""
    over = threading.Event()
    client = connect(port, HOSTILE, gate / "tls", gate / "ca.pem", lambda _: None)

    def run() -> None:
        while not over.wait(1 / per_s):
            kind, payload, qos = say()
            if client.is_connected():
                client.publish(wire.topic("up", BUCKETS[HOSTILE], HOSTILE, kind), payload, qos)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        client.disconnect()
        client.loop_stop()


def junk() -> tuple[str, bytes, int]:
    """Nothing that anybody could believe."""
    return "batch", secrets.token_bytes(40), 1


def unanswerable() -> tuple[str, bytes, int]:
    """The same with a quality of service that knows no acknowledgement."""
    return "batch", secrets.token_bytes(40), 0


def greeting_of_500() -> tuple[str, bytes, int]:
    """A validly signed greeting that names as many epochs as it may, none of which anybody ever saw."""
    clock = SystemClock()
    heads = [
        EpochHead(secrets.token_hex(16), 1, 5, secrets.token_hex(32)) for _ in range(wire.MAX_HELLO_EPOCHS)
    ]
    hello = wire.Hello(
        realm=wire.Realm.LIVE,
        terminal=HOSTILE,
        epochs=heads,
        boot=clock.boot_id,
        mono_ms=clock.mono_ms(),
        wall_ms=clock.wall_ms(),
        clock=ClockTrust(ClockState.SYNCED, 5, "ntp", 1_000),
        roster=1,
        config=1,
        unsent=2_500,
        software="muster/hostile",
    )
    return "hello", wire.seal(wire.MessageKind.HELLO, hello, b"", KEYS[HOSTILE]), 1


@contextmanager
def everything_again(port: int, centre: Path) -> Iterator[None]:
    """Each message of both directions comes again, twice, up to two seconds later and in any order."""
    topics = [wire.topic("up", "#"), wire.topic("down", "#")]
    due: list[tuple[float, int, str, bytes]] = []
    counted, one_at_a_time, over = itertools.count(), threading.Lock(), threading.Event()

    def subscribe(client: mqtt.Client) -> None:
        client.subscribe([(topic, SubscribeOptions(qos=1, noLocal=True)) for topic in topics])

    def again(client: mqtt.Client, _: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith("/canary"):
            return
        with one_at_a_time:
            if len(due) > _MOST_DUE:
                return  # a busy machine: the line is what is tried, not this carrier
            for _ in range(_REPEATS):
                at_s = time.monotonic() + random.uniform(0, 2)
                heapq.heappush(due, (at_s, next(counted), message.topic, message.payload))

    def carry() -> None:
        while not over.wait(0.01):
            with one_at_a_time:
                while due and due[0][0] <= time.monotonic():
                    _, _, topic, payload = heapq.heappop(due)
                    client.publish(topic, payload, 1)

    client = connect(
        port, CARRIER, centre / "authority" / CARRIER, centre / "authority" / "authority.pem", subscribe
    )
    client.on_message = again
    until_s = time.monotonic() + 60
    while not client.is_connected() and time.monotonic() < until_s:
        time.sleep(0.02)
    carrying = threading.Thread(target=carry)
    carrying.start()
    try:
        yield
    finally:
        over.set()
        carrying.join()
        client.disconnect()
        client.loop_stop()
