"""A hostile line: carries every message between two brokers twice, with junk in between.

The terminal's broker and the centre's broker are real; only the carrier is ours. MQTT may double and
re-order, so the hours must not notice. Each message is written down, so that a test can hold it against the
contract.
"""

import json
import threading
from pathlib import Path

import paho.mqtt.client as mqtt

from muster.demo.site import TERMINAL
from sync.contract import wire
from sync.contract.wire import bucket_of
from sync.line import broker
from sync.line.broker import BrokerSettings

NAME = "carrier"
ACCESS = f"\nuser {NAME}\ntopic readwrite muster/1/#\n"
"""What the carrier may do at both brokers; the terminals' own rights stay as shipped."""

_JUNK = b"\x00\xffthis is no message of Muster {"


class Doubler:
    """Carries upward from the terminal's broker, and downward from the centre's."""

    def __init__(self, folder: Path, near_port: int, far_port: int) -> None:
        """Connect with the carrier's certificate of `folder`, and write to `carried.jsonl` there.

        Raises OSError when one of the brokers isn't up.
        """
        self._record = folder / "carried.jsonl"
        self._folder = folder
        self._lock = threading.Lock()
        self._near = self._connect(near_port, (wire.topic("up", "#"), wire.topic("state", "#")))
        downward = (wire.topic("down", "#"), wire.topic("config", "#"), wire.topic("host"))
        self._far = self._connect(far_port, downward)
        self._near.on_message = lambda _client, _userdata, message: self._carry(message, self._far)
        self._far.on_message = lambda _client, _userdata, message: self._carry(message, self._near)
        self._near.loop_start()
        self._far.loop_start()
        self._far.publish(wire.topic("up", bucket_of(0), TERMINAL, "batch"), _JUNK, qos=1)
        self._near.publish(wire.topic("down", TERMINAL, "ack"), _JUNK, qos=1)

    def close(self) -> None:
        """Carry nothing any more."""
        for client in (self._near, self._far):
            client.disconnect()
            client.loop_stop()

    def _connect(self, port: int, topics: tuple[str, ...]) -> mqtt.Client:
        settings = BrokerSettings(
            port=port,
            ca_file=str(self._folder / "ca.pem"),
            certificate_file=str(self._folder / "carrier.pem"),
            key_file=str(self._folder / "carrier.key"),
        )
        client = broker.prepare_client(settings, NAME, comes_back=True)

        def subscribe(*_: object) -> None:
            client.subscribe([(topic, 1) for topic in topics])

        client.on_connect = subscribe
        broker.connect(client, settings)
        return client

    def _carry(self, message: mqtt.MQTTMessage, onward: mqtt.Client) -> None:
        with self._lock, self._record.open("a", encoding="utf-8") as record:
            payload = message.payload.decode(errors="backslashreplace")
            record.write(json.dumps({"topic": message.topic, "payload": payload}) + "\n")
        for _ in range(2):
            onward.publish(message.topic, message.payload, qos=1, retain=message.retain)
