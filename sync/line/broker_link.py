"""One end's connection to the broker, made anew whenever it is lost; both ends of the line use it.

paho's network thread only puts what happened into a queue (an exception there would kill it, waiting there
would block it); its owner takes one event after the other, and everything is decided in the owner's thread.
"""

import contextlib
import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from sync.line import broker
from sync.line.broker import BrokerSettings

_GOODBYE_WITHIN_S = 2
_LET_IN_WITHIN_S = 60.0
"""A connection that the broker has not let in by then, or whose topics it has not granted, leads nowhere."""
_SESSION_TAKEN_OVER = 0x8E

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Up:
    """The connection can be used: the broker let us in and, where that is waited for, gives us the topics."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The broker gives us what `subscribe` asked for: nothing that is sent there can be missed any more."""


class Loss(StrEnum):
    """How a connection was lost, or did not come about."""

    UNREACHABLE = "nobody answers"
    SILENT = "the connection is taken, and nothing is said in time"
    REFUSED = "the broker refuses us"
    DENIED = "the broker does not let us read the topics"
    ENDED = "the connection ended"
    TAKEN_OVER = "another client of this name was let in"


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no connection; it is tried again by itself. `reason` is the system's or the broker's word."""

    loss: Loss
    reason: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the network thread saw it; to be acknowledged where that is done by hand.

    A `retained` one tells how it was when we came, or is kept by the broker where that is asked for. `qos` is
    the sender's choice, as the broker passed it on.
    """

    topic: str
    payload: bytes
    retained: bool
    received_ms: int
    client: mqtt.Client
    mid: int
    qos: int


@dataclass(frozen=True, slots=True)
class Woken:
    """Another thread of this process called `wake`, with a word of its own."""

    word: str


LinkEvent = Up | Subscribed | Lost | Arrived | Woken


class SentMessage:
    """A message that was handed to the broker's client."""

    def __init__(self, info: mqtt.MQTTMessageInfo) -> None:
        self._info = info

    def is_published(self) -> bool:
        """Whether the broker has it; never, when the connection was lost before."""
        with contextlib.suppress(ValueError, RuntimeError):
            return self._info.is_published()
        return False

    def wait(self, seconds: float) -> None:
        """Wait until the broker has it, or the time is over."""
        with contextlib.suppress(ValueError, RuntimeError):
            self._info.wait_for_publish(seconds)


class BrokerLink:
    """One client of the broker, rebuilt for every connection. Only `wake` may be called from other threads.

    That there is no connection is told in the logs once, however often it is tried, and once that it is back.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        name: str,
        topics: Sequence[str],
        *,
        will: Callable[[], tuple[str, bytes]],
        now_ms: Callable[[], int],
        waits_for_topics: bool = False,
        acknowledges_by_hand: bool = False,
        sees_retained: bool = False,
    ) -> None:
        """Nothing happens before the first `next_event`; `name` is the client's.

        `will` gives topic and content of what the broker says, retained, when this end vanishes. With
        `waits_for_topics` the link is up only when nothing that is sent to `topics` can be missed any more;
        with `acknowledges_by_hand` the broker keeps each message until `acknowledge`. With `sees_retained`
        a message says whether its sender lets the broker keep it (in MQTT 5 alone).
        """
        random = Random()  # noqa: S311 - jitter, no secret
        self._nodes = broker.Nodes(settings, random)
        self._name = name
        self._sees_retained = sees_retained
        self._topics = self._asked(topics)
        self._first_asked: int | None = None
        self._will = will
        self._now_ms = now_ms
        self._waits_for_topics = waits_for_topics
        self._acknowledges_by_hand = acknowledges_by_hand
        self._pause = broker.ReconnectPause(settings, random)
        self._happened: queue.SimpleQueue[tuple[mqtt.Client | None, LinkEvent]] = queue.SimpleQueue()
        self._client: mqtt.Client | None = None
        self._up_since_s: float | None = None
        self._heard_any = False
        self._next_attempt_s = 0.0
        self._opened_s = 0.0
        self._complained = False
        self.dropped_unread = 0
        """Messages of quality of service 0, where others are acknowledged by hand: they are not taken."""

    @property
    def address(self) -> str:
        """Where the broker is, for people; of several nodes the one whose turn it is."""
        return f"{self._nodes.current.host}:{self._nodes.current.port}"

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, or one is being made: what is published now leaves with it."""
        return self._client is not None

    @property
    def is_up(self) -> bool:
        """Whether the last that was heard of the connection is `Up`."""
        return self._up_since_s is not None

    @property
    def waiting(self) -> int:
        """How many messages and other events nobody has taken yet."""
        return self._happened.qsize()

    def wake(self, word: str) -> None:
        """Give whoever waits in `next_event` a word; safe from any thread."""
        self._happened.put((None, Woken(word)))

    def next_event(self, wait_s: float) -> LinkEvent | None:
        """What happened next, or None after `wait_s` seconds or when it is time to connect again.

        Connects first when that is due. Raises SettingsError for certificates that can't be used.
        """
        if self._client is None:
            due_in_s = self._next_attempt_s - time.monotonic()
            if due_in_s > 0:
                wait_s = min(wait_s, due_in_s)
            elif (failure := self._connect()) is not None:
                return failure
        elif not self.is_up and time.monotonic() - self._opened_s > _LET_IN_WITHIN_S:
            silent = Lost(Loss.SILENT, f"not let in within {_LET_IN_WITHIN_S:.0f} s")
            self._complain(silent)
            self.drop()
            return silent
        try:
            client, event = self._happened.get(timeout=wait_s)
        except queue.Empty:
            return None
        if isinstance(event, Arrived):
            # What was retained comes at once even where the subscription is deaf from then on.
            self._heard_any |= client is self._client and not event.retained
        if isinstance(event, Arrived | Woken):
            return event
        if client is not self._client:
            return None  # of a connection that was left
        if isinstance(event, Up):
            self._up_since_s = time.monotonic()
            self._complained = False
            _logger.info("broker_connected", broker=self.address)
        elif isinstance(event, Lost):
            self._complain(event)
            self.drop()
        return event

    def subscribe(self, topics: Sequence[str]) -> None:
        """Hear further topics on this connection alone; `Subscribed` follows, or the link is lost."""
        if self._client is not None:
            self._client.subscribe(self._asked(topics))

    def unsubscribe(self, topics: Sequence[str]) -> None:
        """Hear these no more; what is under way still comes."""
        if self._client is not None:
            self._client.unsubscribe(list(topics))

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> SentMessage:
        """Hand a message to the broker's client; to be called only while the link is open."""
        if self._client is None:
            raise RuntimeError("there is no broker to publish at")
        return SentMessage(self._client.publish(topic, payload, qos=1, retain=retain))

    def acknowledge(self, arrived: Arrived) -> None:
        """Let the broker forget the message, which is kept safely now."""
        # Another connection counts its messages anew: the number would acknowledge a strange one. What came
        # with quality of service 0 has no number; acknowledging it ends the connection as a protocol error.
        if arrived.client is self._client and arrived.qos == 1:
            arrived.client.ack(arrived.mid, 1)

    def drop(self) -> None:
        """Leave the connection; the next one is made after a pause."""
        held_s = 0.0
        if self._up_since_s is not None and self._heard_any:
            held_s = time.monotonic() - self._up_since_s
        else:
            self._nodes.failed()
        self._up_since_s, self._heard_any = None, False
        self._next_attempt_s = time.monotonic() + self._pause.next_s(held_s)
        if self._client is not None:
            # Else paho's thread goes on until each publish under way is answered, which may be never.
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def say_goodbye(self, topic: str, payload: bytes) -> None:
        """Leave for good, with a last retained message where that is possible; waits for it a little."""
        if self.is_up:
            self.publish(topic, payload, retain=True).wait(_GOODBYE_WITHIN_S)
        self.drop()

    def _asked(self, topics: Sequence[str]) -> list[tuple[str, SubscribeOptions]] | list[tuple[str, int]]:
        """Topics and how to subscribe to them; before MQTT 5 there is only the quality of service."""
        if self._nodes.current.mqtt_version == "5":
            how = SubscribeOptions(qos=1, retainAsPublished=self._sees_retained)
            return [(topic, how) for topic in topics]
        return [(topic, 1) for topic in topics]

    def _connect(self) -> Lost | None:
        client = broker.prepare_client(self._nodes.current, self._name)
        client.manual_ack_set(on=self._acknowledges_by_hand)
        topic, payload = self._will()
        client.will_set(topic, payload, qos=1, retain=True)
        client.on_connect = self._guarded(self._on_connect)
        client.on_subscribe = self._guarded(self._on_subscribe)
        client.on_message = self._guarded(self._on_message)
        client.on_disconnect = self._guarded(self._on_disconnect)
        try:
            broker.connect(client, self._nodes.current)
        except OSError as error:
            is_silent = isinstance(error, TimeoutError)
            lost = Lost(Loss.SILENT if is_silent else Loss.UNREACHABLE, str(error))
            self._complain(lost)
            self.drop()
            return lost
        self._client, self._opened_s = client, time.monotonic()
        client.loop_start()
        return None

    def _complain(self, lost: Lost) -> None:
        if not self._complained:
            _logger.warning(
                "broker_away",
                broker=self.address,
                why=f"{lost.loss}: {lost.reason}",
                remedy="Check broker, network and [broker] in the settings; it is tried again by itself.",
            )
        self._complained = True

    # In paho's network thread -------------------------------------------------------------------------------

    def _guarded(self, callback: Callable[..., None]) -> Callable[..., None]:
        """The callback, whose error ends this connection: paho's thread would die of it unnoticed."""

        def call(client: mqtt.Client, *arguments: object) -> None:
            try:
                callback(client, *arguments)
            except Exception as error:
                _logger.exception("broker_callback_failed", callback=callback.__name__)
                self._happened.put((client, Lost(Loss.ENDED, str(error))))

        return call

    def _on_connect(
        self, client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _: object
    ) -> None:
        if reason.is_failure:
            self._happened.put((client, Lost(Loss.REFUSED, str(reason))))
            return
        _, self._first_asked = client.subscribe(self._topics)
        if not self._waits_for_topics:
            self._happened.put((client, Up()))

    def _on_subscribe(
        self, client: mqtt.Client, _userdata: object, mid: int, reasons: list[ReasonCode], _: object
    ) -> None:
        if not self._waits_for_topics:
            return
        denied = next((str(reason) for reason in reasons if reason.is_failure), None)
        granted = Up() if mid == self._first_asked else Subscribed()
        self._happened.put((client, granted if denied is None else Lost(Loss.DENIED, denied)))

    def _on_message(self, client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        if self._acknowledges_by_hand and message.qos == 0:
            # Nothing holds their sender back: they would fill the memory. Nobody honest sends them here.
            self.dropped_unread += 1
            return
        arrived = Arrived(
            message.topic,
            bytes(message.payload),
            message.retain,
            self._now_ms(),
            client,
            message.mid,
            message.qos,
        )
        self._happened.put((client, arrived))

    def _on_disconnect(
        self, client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _: object
    ) -> None:
        taken_over = reason.value == _SESSION_TAKEN_OVER  # told in MQTT 5 alone
        self._happened.put((client, Lost(Loss.TAKEN_OVER if taken_over else Loss.ENDED, str(reason))))
