"""The listener: messages from the broker into the database, and the answers back.

paho's network thread only puts what happened into a queue (an exception there would kill it, waiting there
would block it); everything is decided in `run`, one message after the other. The broker hears our PUBACK
after the COMMIT: what dies with this process before it was stored was never acknowledged to anybody.
"""

import contextlib
import queue
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import msgspec
import paho.mqtt.client as mqtt
import structlog
from django.db import InterfaceError, OperationalError, connection
from paho.mqtt.reasoncodes import ReasonCode

from foundation.clock import Clock, open_clock
from foundation.errors import MessageError
from settlement.centre import Centre, open_centre
from settlement.downlink.sender import Sender
from settlement.ingest.ingest import ingest
from settlement.messages.acknowledgement import Answer, Publication
from settlement.messages.verification import UpKind, read_topic
from settlement.settings import CentreSettings
from sync.contract import wire
from sync.line import broker

_LOOK_EVERY_S = 0.25

_logger = structlog.get_logger()


class _Happening(StrEnum):
    CONNECTED = "connected"
    SUBSCRIBED = "subscribed"
    LOST = "lost"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message as the network thread saw it; `mid` is how the broker's delivery is acknowledged."""

    topic: str
    payload: bytes
    mid: int
    received_ms: int


def run_listener(settings: CentreSettings, stop: threading.Event) -> None:
    """Take messages until `stop` is set; a broker or a database that is away is waited for.

    Raises SettingsError for certificates that can't be used or a database that was not prepared.
    """
    Listener(settings, open_centre(settings), open_clock(settings.clock_file)).run(stop)


class Listener:
    """One client of the broker, rebuilt for every connection."""

    def __init__(self, settings: CentreSettings, centre: Centre, clock: Clock) -> None:
        self._broker = settings.absolute_broker()
        self._name = settings.listener.client
        self._retry_s = settings.listener.retry_ms / 1000
        self._centre = centre
        self._clock = clock
        self._happened: queue.SimpleQueue[tuple[_Happening, mqtt.Client, object]] = queue.SimpleQueue()
        self._client: mqtt.Client | None = None
        self._online = False
        self._away = False
        self._sender = Sender(centre, clock)

    def run(self, stop: threading.Event) -> None:
        """Connect, take messages, reconnect, until `stop` is set."""
        pause = broker.ReconnectPause(self._broker, Random())  # noqa: S311 - jitter, no secret
        next_attempt_s = online_since_s = 0.0
        while not stop.is_set():
            if self._client is None and time.monotonic() >= next_attempt_s and not self._connect():
                next_attempt_s = time.monotonic() + pause.next_s(0)
            if self._online and self._client is not None:
                self._sender.step(self._publish)
            try:
                happening, client, detail = self._happened.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                continue
            if isinstance(detail, _Arrived):
                self._take(client, detail, stop)
            elif client is not self._client:
                continue
            elif happening is _Happening.LOST:
                held_s = time.monotonic() - online_since_s if self._online else 0.0
                self._drop(str(detail))
                next_attempt_s = time.monotonic() + pause.next_s(held_s)
            elif happening is _Happening.SUBSCRIBED:
                online_since_s = time.monotonic()
                self._greet(client)
        self._say_goodbye()

    def _connect(self) -> bool:
        client = broker.prepare_client(self._broker, self._name)
        client.manual_ack_set(on=True)
        client.will_set(wire.topic("host"), self._host(wire.LinkState.OFFLINE), qos=1, retain=True)
        client.on_connect = self._connected_in_network_thread
        client.on_subscribe = self._subscribed_in_network_thread
        client.on_message = self._message_in_network_thread
        client.on_disconnect = self._disconnected_in_network_thread
        try:
            broker.connect(client, self._broker)
        except OSError as error:
            self._complain(str(error))
            return False
        client.loop_start()
        self._client = client
        return True

    def _connected_in_network_thread(
        self, client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _: object
    ) -> None:
        if reason.is_failure:
            self._happened.put((_Happening.LOST, client, f"it refused the listener: {reason}"))
        else:
            client.subscribe(wire.topic("up", "+", "+", "+"), qos=1)

    def _subscribed_in_network_thread(
        self, client: mqtt.Client, _userdata: object, _mid: int, reasons: list[ReasonCode], _: object
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            why = f"it does not let {self._name!r} read what terminals send: {reasons[0]}"
            self._happened.put((_Happening.LOST, client, why))
        else:
            self._happened.put((_Happening.SUBSCRIBED, client, None))

    def _message_in_network_thread(
        self, client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        arrived = _Arrived(message.topic, bytes(message.payload), message.mid, self._clock.wall_ms())
        self._happened.put((_Happening.MESSAGE, client, arrived))

    def _disconnected_in_network_thread(
        self, client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _: object
    ) -> None:
        self._happened.put((_Happening.LOST, client, f"the connection ended: {reason}"))

    def _take(self, client: mqtt.Client, arrived: _Arrived, stop: threading.Event) -> None:
        """Store one message, publish the answer, and only then acknowledge to the broker."""
        answer = self._ingest(arrived, stop)
        if answer is None or self._client is None:
            return
        for publication in answer.publications:
            self._publish(publication)
        self._note_sender(arrived.topic)
        if client is self._client:
            # Another connection counts its messages anew: the number would acknowledge a strange one.
            client.ack(arrived.mid, 1)

    def _note_sender(self, topic: str) -> None:
        """Who greeted or delivered is told more; a topic that nobody is meant to use is of nobody."""
        with contextlib.suppress(MessageError):
            up = read_topic(topic)
            if up.kind is UpKind.HELLO:
                self._sender.greeted(up.terminal)
            elif up.kind is UpKind.BATCH:
                self._sender.delivered(up.terminal)

    def _publish(self, publication: Publication) -> mqtt.MQTTMessageInfo:
        if self._client is None:
            raise RuntimeError("there is no broker to publish at")
        return self._client.publish(publication.topic, publication.payload, qos=1, retain=publication.retain)

    def _ingest(self, arrived: _Arrived, stop: threading.Event) -> Answer | None:
        """The answer, once the database took the message; None when told to stop while it is away."""
        complained = False
        while True:
            try:
                answer = ingest(arrived.topic, arrived.payload, arrived.received_ms, centre=self._centre)
            except (OperationalError, InterfaceError) as error:
                if not complained:
                    _logger.warning("database_away", error=str(error), retried_every_s=self._retry_s)
                complained = True
                connection.close()
            except Exception:
                # One message must not stop all others; its terminal sends it again.
                _logger.exception("message_failed", topic=arrived.topic, size=len(arrived.payload))
                return Answer()
            else:
                if complained:
                    _logger.info("database_back")
                return answer
            if stop.wait(self._retry_s):
                return None

    def _greet(self, client: mqtt.Client) -> None:
        """Say that the centre is here; only now, when nothing can be missed any more."""
        client.publish(wire.topic("host"), self._host(wire.LinkState.ONLINE), qos=1, retain=True)
        self._online = True
        self._away = False
        self._sender.restart()
        _logger.info("broker_connected", broker=self._address())

    def _complain(self, why: str) -> None:
        """Log once that the broker is away, however often it is tried."""
        if not self._away:
            _logger.error(
                "broker_away",
                broker=self._address(),
                why=why,
                remedy="Start the broker, or correct [broker] in the settings; it is tried again by itself.",
            )
        self._away = True

    def _drop(self, why: str) -> None:
        self._complain(why)
        self._online = False
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def _say_goodbye(self) -> None:
        if self._client is None:
            return
        if self._online:
            farewell = self._client.publish(
                wire.topic("host"), self._host(wire.LinkState.OFFLINE), qos=1, retain=True
            )
            farewell.wait_for_publish(timeout=2)
        self._client.disconnect()
        self._client.loop_stop()
        self._client = None

    def _host(self, presence: wire.LinkState) -> bytes:
        return msgspec.json.encode(
            wire.Host(wire.VERSION, presence, self._centre.store, self._centre.generation)
        )

    def _address(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"
