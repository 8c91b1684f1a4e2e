"""One client of the broker that is tried: it does one thing after the other, and waits for each answer.

paho's network thread only notes what happened; whoever asks waits on the same condition.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from sync.line import broker
from sync.line.broker import BrokerSettings

WITHIN_S = 10.0
"""A broker that has not answered by then does not."""


@dataclass(frozen=True, slots=True)
class Guest:
    """By which name and certificate somebody comes."""

    name: str
    settings: BrokerSettings


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it arrived; `mid` is its number, to be acknowledged by."""

    topic: str
    payload: bytes
    retained: bool
    mid: int
    qos: int


class Visitor:
    """A connection with a clean session; never made anew by itself."""

    def __init__(
        self,
        guest: Guest,
        *,
        client_id: str = "",
        will: tuple[str, bytes] | None = None,
        acknowledges_by_hand: bool = False,
    ) -> None:
        self._settings = guest.settings
        self._changed = threading.Condition()
        self._let_in = False
        self._gone = False
        self._granted: dict[int, bool] = {}
        self._taken: set[int] = set()
        self._heard: list[Heard] = []
        self.why = ""
        """The broker's word, or the system's, on why it ended."""
        self._client = broker.prepare_client(guest.settings, client_id or guest.name)
        self._client.manual_ack_set(on=acknowledges_by_hand)
        if will is not None:
            self._client.will_set(*will, qos=1)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish

    def come(self) -> bool:
        """Connect; whether the broker lets us in. Whoever was refused may try again."""
        self._client.loop_stop()
        self._let_in = self._gone = False
        try:
            broker.connect(self._client, self._settings)
        except OSError as error:
            self._gone, self.why = True, str(error)
            return False
        self._client.loop_start()
        self._wait(lambda: self._let_in, WITHIN_S)
        return self._let_in and not self._gone

    def is_gone(self, within_s: float = 0.0) -> bool:
        """Whether the connection has ended, or ends in this time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._gone, within_s)

    def subscribe(self, topic: str) -> bool:
        """Whether the broker grants it; one that hangs up at it does not."""
        if self._settings.mqtt_version == "5":
            _, mid = self._client.subscribe(topic, options=SubscribeOptions(qos=1, retainAsPublished=True))
        else:
            _, mid = self._client.subscribe(topic, 1)
        return mid is not None and self._wait(lambda: mid in self._granted, WITHIN_S) and self._granted[mid]

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Whether the broker has taken it, be it only to throw it away."""
        mid = self._client.publish(topic, payload, qos=1, retain=retain).mid
        return self._wait(lambda: mid in self._taken, WITHIN_S)

    def begin_to_publish(self, topic: str, payload: bytes) -> None:
        """Without waiting for the broker's answer."""
        self._client.publish(topic, payload, qos=1)

    def heard(self, fits: Callable[[Heard], bool] = lambda _: True) -> list[Heard]:
        """What has arrived so far."""
        with self._changed:
            return [one for one in self._heard if fits(one)]

    def hears(self, payload: bytes, within_s: float = WITHIN_S) -> Heard | None:
        """The message of this content, once it is here."""
        self.hears_so_many(lambda one: one.payload == payload, 1, within_s)
        return next(iter(self.heard(lambda one: one.payload == payload)), None)

    def hears_so_many(self, fits: Callable[[Heard], bool], count: int, within_s: float) -> bool:
        """Whether so many of these have come, at the latest after this time."""
        return self._wait(lambda: len([one for one in self._heard if fits(one)]) >= count, within_s)

    def acknowledge(self, heard: Heard) -> None:
        """Let the broker forget it, and send the next."""
        if heard.qos:
            self._client.ack(heard.mid, heard.qos)

    def vanish(self) -> None:
        """As when the power fails: no word of farewell."""
        line = self._client.socket()
        with contextlib.suppress(OSError):
            if isinstance(line, socket.socket):
                line.shutdown(socket.SHUT_RDWR)
        self.is_gone(WITHIN_S)

    def leave(self) -> None:
        """Say farewell."""
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def _wait(self, happened: Callable[[], bool], within_s: float) -> bool:
        """Whether it happens in time; nothing does any more once the connection has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._gone or happened(), within_s)
            return happened()

    # In paho's network thread -------------------------------------------------------------------------------

    def _on_publish(
        self, _client: mqtt.Client, _userdata: object, mid: int, _reason: object, _: object
    ) -> None:
        with self._changed:
            self._taken.add(mid)
            self._changed.notify_all()

    def _on_connect(
        self, _client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _: object
    ) -> None:
        with self._changed:
            self._let_in, self._gone = not reason.is_failure, reason.is_failure
            self.why = str(reason)
            self._changed.notify_all()

    def _on_disconnect(
        self, _client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _: object
    ) -> None:
        with self._changed:
            if not self._gone:
                self.why = str(reason)
            self._gone = True
            self._changed.notify_all()

    def _on_subscribe(
        self, _client: mqtt.Client, _userdata: object, mid: int, reasons: list[ReasonCode], _: object
    ) -> None:
        with self._changed:
            self._granted[mid] = not any(reason.is_failure for reason in reasons)
            self._changed.notify_all()

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        heard = Heard(message.topic, bytes(message.payload), message.retain, message.mid, message.qos)
        with self._changed:
            self._heard.append(heard)
            self._changed.notify_all()
