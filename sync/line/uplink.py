"""The uplink: reads the log, speaks MQTT, and tells the terminal how the line is doing.

paho's network thread only puts what happened into a queue; everything is decided in `run`, step by step.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import msgspec
import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.reasoncodes import ReasonCode

from foundation.clock import Clock
from foundation.errors import MessageError
from foundation.trouble import Trouble
from sync.contract import wire
from sync.contract.events import NOT_DECODABLE, ClockTrust
from sync.contract.signing import SigningKey, VerifyKey
from sync.line import broker
from sync.line.broker import BrokerSettings
from sync.line.delivery import Delivery, Verdict
from sync.line.troubles import LineTrouble
from sync.log.reader import LogReader

SOFTWARE = "muster/0.1.0"
_LOOK_EVERY_S = 0.25
_WATCHDOG_S = 900
_STATE_EVERY_S = 60
_STATE_SOON_S = 5
"""As long as the engine has not told how it is."""

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this terminal is on the line, and whom it believes."""

    terminal: str
    bucket: str
    realm: wire.Realm
    key: SigningKey
    centre: VerifyKey


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a greeting says of the terminal besides its log: the clock's trust, versions in force."""

    clock: ClockTrust
    roster: int
    config: int
    health: wire.Health | None = None


@dataclass(frozen=True, slots=True)
class LinkState:
    """How the line is doing; `troubles` are what staff are told. Times are UTC milliseconds."""

    connected: bool
    unsent: int
    oldest_unsent_wall_ms: int | None
    last_ack_wall_ms: int | None
    troubles: list[Trouble]


HandOn = Callable[[bytes, int], None]
"""Takes what the centre sent, still sealed, and the centre's UTC as far as known; at once."""


class _Happening(StrEnum):
    CONNECTED = "connected"
    REFUSED = "refused"
    DISCONNECTED = "disconnected"
    ACK = "ack"
    HOST = "host"
    TOLD = "told"
    GREET = "greet"
    APPENDED = "appended"


class Uplink:
    """Delivers one terminal's log for as long as `run` runs; a broker that is away is waited for."""

    def __init__(
        self,
        identity: Identity,
        settings: BrokerSettings,
        log: LogReader,
        clock: Clock,
        vitals: Callable[[], Vitals],
        report: Callable[[LinkState], None],
        hand_on: HandOn,
    ) -> None:
        self._identity = identity
        self._settings = settings
        self._log = log
        self._clock = clock
        self._vitals = vitals
        self._report = report
        self._hand_on = hand_on
        self._random = Random()  # noqa: S311 - jitter, no secret
        self._delivery = Delivery(log, self._random)
        self._happened: queue.SimpleQueue[tuple[_Happening, object]] = queue.SimpleQueue()
        self._client: mqtt.Client | None = None
        self._session = ""
        self._last_ack_wall_ms: int | None = None
        self._centre_ahead_ms: int | None = None
        self._reported: LinkState | None = None
        self._network_trouble: Trouble | None = None
        self._last_answer_s = 0.0
        self._state_due_s = 0.0

    def appended(self) -> None:
        """The engine wrote an event: look at the log at once; safe from any thread."""
        self._happened.put((_Happening.APPENDED, None))

    def greet(self) -> None:
        """What the terminal holds has changed: tell the centre now; safe from any thread."""
        self._happened.put((_Happening.GREET, None))

    def run(self, stop: threading.Event, beat: Callable[[], None] = lambda: None) -> None:
        """Connect, deliver, reconnect, until `stop` is set; `beat` is called each time the loop turns."""
        pause = broker.ReconnectPause(self._settings, self._random)
        next_attempt_s = 0.0
        connected_at_s: float | None = None
        while not stop.is_set():
            self._log.refresh()
            if self._client is None and time.monotonic() >= next_attempt_s and not self._connect():
                next_attempt_s = time.monotonic() + pause.next_s(0)
            lost = False
            for happening, detail in self._take():
                lost |= self._on(happening, detail)
            if self._delivery.connected and connected_at_s is None:
                connected_at_s = time.monotonic()
            if lost or self._silent_too_long():
                held_s = time.monotonic() - connected_at_s if connected_at_s else 0
                self._drop_client()
                connected_at_s = None
                next_attempt_s = time.monotonic() + pause.next_s(held_s)
            self._send_what_is_due()
            self._report_if_changed()
            beat()
        self._goodbye()

    def _connect(self) -> bool:
        client = broker.prepare_client(self._settings, self._identity.terminal)
        self._session = f"{self._random.getrandbits(32):08x}"
        client.will_set(self._topic_of_state(), self._state(wire.Presence.OFFLINE), qos=1, retain=True)
        client.on_connect = self._connected_in_network_thread
        client.on_disconnect = lambda *_: self._happened.put((_Happening.DISCONNECTED, client))
        client.on_message = self._message_in_network_thread
        try:
            broker.connect(client, self._settings)
        except OSError as error:
            if not self._network_trouble:
                _logger.warning("broker_unreachable", broker=self._address(), error=str(error))
            self._network_trouble = self._of_broker(LineTrouble.BROKER_UNREACHABLE, why=error)
            return False
        client.loop_start()
        self._client = client
        self._last_answer_s = time.monotonic()
        return True

    def _connected_in_network_thread(
        self, client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _: object
    ) -> None:
        if reason.is_failure:
            self._happened.put((_Happening.REFUSED, str(reason)))
            return
        terminal = self._identity.terminal
        topics = (wire.topic("down", terminal, "#"), wire.topic("config", terminal), wire.topic("host"))
        client.subscribe([(topic, 1) for topic in topics])
        self._happened.put((_Happening.CONNECTED, client))

    def _message_in_network_thread(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        if message.topic == wire.topic("host"):
            # A retained one tells how it was when we came; this one was said just now.
            if not message.retain:
                self._happened.put((_Happening.HOST, message.payload))
        elif message.topic == wire.topic("down", self._identity.terminal, "ack"):
            self._happened.put((_Happening.ACK, message.payload))
        else:
            self._happened.put((_Happening.TOLD, message.payload))

    def _take(self) -> list[tuple[_Happening, object]]:
        """All that happened since the last look; waits a little when nothing did."""
        happened = []
        try:
            happened.append(self._happened.get(timeout=_LOOK_EVERY_S))
            while True:
                happened.append(self._happened.get_nowait())
        except queue.Empty:
            return happened

    def _on(self, happening: _Happening, detail: object) -> bool:
        """Take one happening; True when the current connection is lost."""
        match happening:
            case _Happening.CONNECTED if detail is self._client:
                _logger.info("broker_connected", broker=self._address())
                self._network_trouble = None
                self._delivery.on_connected()
                self._state_due_s = 0.0
            case _Happening.REFUSED:
                _logger.warning("broker_refuses", broker=self._address(), reason=detail)
                self._network_trouble = self._of_broker(LineTrouble.BROKER_REFUSES, why=detail)
                return True
            case _Happening.DISCONNECTED if detail is self._client:
                _logger.warning("broker_lost", broker=self._address())
                if self._delivery.connected or not self._network_trouble:
                    self._network_trouble = self._of_broker(LineTrouble.BROKER_AWAY)
                return True
            case _Happening.ACK if isinstance(detail, bytes):
                self._on_ack(detail)
            case _Happening.HOST if isinstance(detail, bytes):
                self._on_host(detail)
            case _Happening.TOLD if isinstance(detail, bytes):
                self._hand_on(detail, self._centre_ms())
            case _Happening.GREET:
                self._delivery.on_changed()
        return False

    def _on_ack(self, payload: bytes) -> None:
        try:
            envelope = wire.read_envelope(payload)
            ack = wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, self._identity.centre)
        except MessageError as error:
            _logger.warning("ack_refused", code=error.code)
            return
        if ack.terminal != self._identity.terminal:
            _logger.warning("ack_refused", code="other_terminal")
            return
        self._last_answer_s = time.monotonic()
        self._centre_ahead_ms = ack.server_ms - self._clock.mono_ms()
        verdict = self._delivery.on_ack(ack, _real_ms())
        if verdict is Verdict.NOT_OURS:
            _logger.error("ack_not_ours", epoch=ack.epoch, contiguous=ack.contiguous)
            return
        for reject in ack.rejects[:1]:
            _logger.warning("events_refused", code=reject.code, detail=reject.detail)
        if verdict in {Verdict.ADVANCED, Verdict.REPEATED}:
            self._last_ack_wall_ms = self._clock.wall_ms()
        # The engine learns from it what time it is, and what the centre has archived.
        self._hand_on(payload, self._centre_ms())

    def _on_host(self, payload: bytes) -> None:
        try:
            host = msgspec.json.decode(payload, type=wire.Host)
        except NOT_DECODABLE:
            return
        if host.state is wire.Presence.ONLINE:
            self._delivery.on_centre_back()

    def _centre_ms(self) -> int:
        """The centre's UTC as its last acknowledgement told it, else this machine's own."""
        if self._centre_ahead_ms is None:
            return self._clock.wall_ms()
        return self._clock.mono_ms() + self._centre_ahead_ms

    def _send_what_is_due(self) -> None:
        now_ms = _real_ms()
        if self._delivery.connected and time.monotonic() >= self._state_due_s:
            known = self._vitals().health is not None
            self._state_due_s = time.monotonic() + (_STATE_EVERY_S if known else _STATE_SOON_S)
            self._publish(self._topic_of_state(), self._state(wire.Presence.ONLINE), retain=True)
        if self._delivery.hello_due(now_ms):
            self._publish(self._topic_up("hello"), self._hello())
        stretch = self._delivery.next_stretch(now_ms)
        if stretch:
            batch = wire.seal_batch(
                realm=self._identity.realm,
                terminal=self._identity.terminal,
                epoch=stretch.epoch,
                first=stretch.first,
                previous=stretch.previous,
                events=stretch.events,
                boot=self._clock.boot_id,
                mono_ms=self._clock.mono_ms(),
                key=self._identity.key,
            )
            self._publish(self._topic_up("batch"), batch)

    def _hello(self) -> bytes:
        vitals = self._vitals()
        hello = wire.Hello(
            realm=self._identity.realm,
            terminal=self._identity.terminal,
            epochs=self._log.heads()[-wire.MAX_HELLO_EPOCHS :],
            boot=self._clock.boot_id,
            mono_ms=self._clock.mono_ms(),
            wall_ms=self._clock.wall_ms(),
            clock=vitals.clock,
            roster=vitals.roster,
            config=vitals.config,
            unsent=self._delivery.unsent(),
            software=SOFTWARE,
        )
        return wire.seal(wire.MessageKind.HELLO, hello, b"", self._identity.key)

    def _state(self, presence: wire.Presence) -> bytes:
        unsent = self._delivery.unsent() if presence is wire.Presence.ONLINE else 0
        state = wire.State(
            wire.VERSION,
            presence,
            self._identity.terminal,
            self._session,
            unsent,
            self._clock.wall_ms(),
            self._vitals().health if presence is wire.Presence.ONLINE else None,
        )
        return msgspec.json.encode(state)

    def _report_if_changed(self) -> None:
        oldest = self._delivery.oldest_unsent()
        trouble = self._delivery.trouble or self._network_trouble
        state = LinkState(
            connected=self._delivery.connected,
            unsent=self._delivery.unsent(),
            oldest_unsent_wall_ms=self._log.wall_ms_of(*oldest) if oldest else None,
            last_ack_wall_ms=self._last_ack_wall_ms,
            troubles=[trouble] if trouble else [],
        )
        if state != self._reported:
            self._reported = state
            self._report(state)

    def _silent_too_long(self) -> bool:
        """Connected but without any acknowledgement for 15 minutes though events wait: the client hangs."""
        if self._client is None or self._delivery.unsent() == 0:
            self._last_answer_s = time.monotonic()
        return time.monotonic() - self._last_answer_s > _WATCHDOG_S

    def _drop_client(self) -> None:
        self._delivery.on_disconnected()
        if self._client is not None:
            # Else paho's thread goes on until each publish under way is answered, which may be never.
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def _goodbye(self) -> None:
        if self._client is not None and self._delivery.connected:
            self._publish(self._topic_of_state(), self._state(wire.Presence.OFFLINE), retain=True)
        self._drop_client()

    def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        if self._client is not None:
            self._client.publish(topic, payload, qos=1, retain=retain)

    def _topic_up(self, kind: str) -> str:
        return wire.topic("up", self._identity.bucket, self._identity.terminal, kind)

    def _topic_of_state(self) -> str:
        return wire.topic("state", self._identity.terminal)

    def _of_broker(self, code: LineTrouble, **arguments: object) -> Trouble:
        return Trouble.of(code, broker=self._address(), **arguments)

    def _address(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"


def _real_ms() -> int:
    return time.monotonic_ns() // 1_000_000
