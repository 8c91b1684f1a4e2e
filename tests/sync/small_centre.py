"""A centre of a hundred lines: it believes one terminal, stores what links, and acknowledges it."""

import queue
import threading

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from foundation.errors import MessageError
from sync.contract import chain, wire
from sync.contract.wire import Ack, BatchHeader, Hello, Host, LinkState, MessageKind
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import CENTRE_KEY, NINE_MS, TERMINAL, TERMINAL_KEY


class SmallCentre:
    """`events` holds what was stored, by epoch; `seen` every message on the broker, for the contract's test.

    A muted centre stores and stays silent, a deaf one doesn't even store: it counts what it did not hear.
    It is there for whoever speaks after it was made.
    """

    def __init__(self, port: int) -> None:
        self.events: dict[str, list[bytes]] = {}
        self.seen: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self.greetings = 0
        self.last_hello: Hello | None = None
        self.hellos: list[Hello] = []
        self.batches = self.unheard_batches = 0
        self.muted = self.deaf = False
        self.generation = 1
        self._is_there = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "centre", protocol=mqtt.MQTTv311)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._connected
        self._client.on_message = self._message
        self._client.on_publish = lambda *_: self._is_there.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._is_there.wait(PATIENCE_S)

    def stop(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish anything; returns when the broker has it."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def say_host(self, presence: LinkState) -> None:
        """Say that the listener is there or gone."""
        host = Host(wire.VERSION, presence, "store", self.generation)
        self.say(wire.topic("host"), msgspec.json.encode(host), retain=True)

    def ack(self, epoch: str, **changes: object) -> Ack:
        """What the centre holds of the epoch, or claims to."""
        events = self.events.get(epoch, [])
        start = chain.genesis(TERMINAL, epoch)
        held = Ack(
            store="store",
            generation=self.generation,
            terminal=TERMINAL,
            epoch=epoch,
            contiguous=len(events),
            hash=[start, *chain.links(start, events)][-1].hex(),
            archived=0,
            server_ms=NINE_MS,
        )
        return msgspec.structs.replace(held, **changes)

    def _connected(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe("muster/#", qos=1)
        host = Host(wire.VERSION, LinkState.ONLINE, "store", self.generation)
        client.publish(wire.topic("host"), msgspec.json.encode(host), qos=1, retain=True)

    def _message(self, client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        self.seen.put((message.topic, message.payload))
        if not message.topic.startswith("muster/1/up/"):
            return
        if self.deaf:
            self.unheard_batches += message.topic.endswith("/batch")
            return
        try:
            envelope = wire.read_envelope(message.payload)
            if message.topic.endswith("/hello"):
                hello = wire.unseal(envelope, MessageKind.HELLO, Hello, TERMINAL_KEY.public)
                self.greetings += 1
                self.last_hello = hello
                self.hellos.append(hello)
                answers, echo = [head.epoch for head in hello.epochs], (hello.boot, hello.mono_ms)
            else:
                header = wire.unseal(envelope, MessageKind.BATCH, BatchHeader, TERMINAL_KEY.public)
                self._store(header, wire.batch_events(header, envelope.body)[0])
                self.batches += 1
                answers, echo = [header.epoch], (header.boot, header.mono_ms)
        except MessageError:
            return  # forged by a test
        for epoch in answers if not self.muted else []:
            ack = self.ack(epoch, echo_boot=echo[0], echo_mono_ms=echo[1])
            payload = wire.seal(MessageKind.ACK, ack, b"", CENTRE_KEY)
            client.publish(wire.topic("down", TERMINAL, "ack"), payload, qos=1)

    def _store(self, header: BatchHeader, events: list[bytes]) -> None:
        held = self.events.setdefault(header.epoch, [])
        if header.first <= len(held) + 1:
            held.extend(events[len(held) + 1 - header.first :])
