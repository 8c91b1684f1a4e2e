"""The uplink: reads the log, speaks MQTT, and tells the terminal how the line is doing."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

import msgspec
import structlog
from msgspec import UNSET

from foundation import VERSION
from foundation.clock import Clock, monotonic_ms
from foundation.errors import MessageError
from foundation.trouble import Trouble
from sync.contract import wire
from sync.contract.events import NOT_DECODABLE, ClockTrust
from sync.contract.handover import CentreKeys
from sync.line.broker import BrokerSettings
from sync.line.broker_link import Arrived, BrokerLink, LinkEvent, Loss, Lost, Up, Woken
from sync.line.delivery import Delivery, Verdict
from sync.line.identity import Identity
from sync.line.renewal import Renewal
from sync.line.take_overs import TakeOvers
from sync.line.troubles import LineTrouble
from sync.log.reader import LogReader

SOFTWARE = f"muster/{VERSION}"
_LOOK_EVERY_S = 0.25
_STATE_EVERY_S = 60
_SESSIONS_KNOWN = 20
_STATE_SOON_S = 5
"""As long as the engine has not told how it is."""

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a greeting says besides the log: the clock's trust, versions in force, revocation.

    `believes` is the id of the centre's key whose word is taken, "" while the engine hasn't said.
    """

    clock: ClockTrust
    roster: int
    config: int
    health: wire.Health | None = None
    revoked: bool = False
    believes: str = ""


@dataclass(frozen=True, slots=True)
class UplinkStatus:
    """How the line is doing; `troubles` are what staff are told. Times are UTC milliseconds.

    `certificate_days` are left until this terminal's certificate ends; None where it has none.
    """

    connected: bool
    unsent: int
    oldest_unsent_wall_ms: int | None
    last_ack_wall_ms: int | None
    troubles: list[Trouble]
    certificate_days: int | None = None


OnMessage = Callable[[bytes, int], None]
"""Takes what the centre sent, still sealed, and the centre's UTC as far as known; at once."""


class _Word(StrEnum):
    """What other threads wake the uplink for."""

    APPENDED = "appended"
    GREET = "greet"


class Uplink:
    """Delivers one terminal's log for as long as `run` runs; a broker that is away is waited for."""

    def __init__(
        self,
        identity: Identity,
        settings: BrokerSettings,
        log: LogReader,
        clock: Clock,
        vitals: Callable[[], Vitals],
        report: Callable[[UplinkStatus], None],
        hand_on: OnMessage,
        renewal: Renewal | None = None,
    ) -> None:
        self._identity = identity
        self._centre = CentreKeys((identity.centre,))
        self._log = log
        self._clock = clock
        self._vitals = vitals
        self._report = report
        self._hand_on = hand_on
        self._renewal = renewal
        self._delivery = Delivery(log, Random())  # noqa: S311 - jitter, no secret
        terminal = identity.terminal
        self._ack_topic, self._host_topic = wire.topic("down", terminal, "ack"), wire.topic("host")
        self._certificate_topic = wire.topic("down", terminal, "certificate")
        self._handover_topic = wire.topic("down", terminal, "handover")
        self._state_topic = wire.topic("state", terminal)
        self._link = BrokerLink(
            settings,
            terminal,
            (
                wire.topic("down", terminal, "#"),
                wire.topic("config", terminal),
                self._host_topic,
                self._state_topic,
            ),
            will=self._will,
            now_ms=clock.wall_ms,
        )
        self._session = ""
        self._own_sessions: deque[str] = deque(maxlen=_SESSIONS_KNOWN)
        self._last_ack_wall_ms: int | None = None
        self._centre_ahead_ms: int | None = None
        self._reported: UplinkStatus | None = None
        self._network_trouble: Trouble | None = None
        self._take_overs = TakeOvers()
        self._quarrels = False
        self._state_due_s = 0.0

    def appended(self) -> None:
        """The engine wrote an event: look at the log at once; safe from any thread."""
        self._link.wake(_Word.APPENDED)

    def greet(self) -> None:
        """What the terminal holds has changed: tell the centre now; safe from any thread."""
        self._link.wake(_Word.GREET)

    def run(self, stop: threading.Event, beat: Callable[[], None] = lambda: None) -> None:
        """Connect, deliver, reconnect, until `stop` is set; `beat` is called each time the loop turns."""
        while not stop.is_set():
            self._log.refresh()
            wait_s = _LOOK_EVERY_S
            while (event := self._link.next_event(wait_s)) is not None:
                self._on(event)
                wait_s = 0
            if self._delivery.is_deaf(monotonic_ms()):
                _logger.warning("line_is_deaf", broker=self._link.address)
                self._link.drop()
                self._delivery.on_disconnected()
            self._look_for_another_device()
            self._send_what_is_due()
            self._report_if_changed()
            beat()
        self._link.say_goodbye(self._state_topic, self._state(wire.LinkState.OFFLINE))
        self._delivery.on_disconnected()

    def _on(self, event: LinkEvent) -> None:
        match event:
            case Up():
                self._network_trouble = None
                self._delivery.on_connected()
                self._state_due_s = 0.0
            case Lost():
                self._take_overs.lost(monotonic_ms(), told=event.loss is Loss.TAKEN_OVER)
                self._network_trouble = self._trouble_of(event)
                self._delivery.on_disconnected()
            case Arrived(topic=self._ack_topic):
                self._on_ack(event.payload)
            case Arrived(topic=self._host_topic):
                self._on_host(event.payload, said_now=not event.retained)
            case Arrived(topic=self._state_topic):
                self._on_own_state(event.payload)
            case Arrived(topic=self._certificate_topic) if self._renewal:
                if self._renewal.take(event.payload):
                    # The new certificate proves itself by a new connection.
                    self._link.drop()
                    self._delivery.on_disconnected()
            case Arrived(topic=self._handover_topic):
                self._on_handover(event.payload)
            case Arrived():
                self._hand_on(event.payload, self._centre_ms())
            case Woken(word=_Word.GREET):
                self._delivery.on_changed()
                self._state_due_s = 0.0

    def _look_for_another_device(self) -> None:
        """Tell staff, and the centre with the next greeting, that somebody else uses our certificate."""
        quarrels = self._take_overs.are_a_quarrel(monotonic_ms())
        if quarrels and not self._quarrels:
            _logger.error("session_taken_over", broker=self._link.address)
            self._delivery.on_changed()
        self._quarrels = quarrels

    def _trouble_of(self, lost: Lost) -> Trouble:
        """What staff are told; the end of a connection that was never up adds nothing to what is known."""
        broker = self._link.address
        match lost.loss:
            case Loss.UNREACHABLE | Loss.SILENT:
                return Trouble.of(LineTrouble.BROKER_UNREACHABLE, broker=broker, why=lost.reason)
            case Loss.REFUSED:
                return Trouble.of(LineTrouble.BROKER_REFUSES, broker=broker, why=lost.reason)
        if not self._delivery.connected:
            if self._renewal:
                # It hung up before it let us in: TLS tells it so, without a reason.
                return self._renewal.why_refused(broker)
            if self._network_trouble:
                return self._network_trouble
        return Trouble.of(LineTrouble.BROKER_AWAY, broker=broker)

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
        self._centre_ahead_ms = ack.server_ms - self._clock.mono_ms()
        verdict = self._delivery.on_ack(ack, monotonic_ms())
        if verdict is Verdict.NOT_OURS:
            _logger.error("ack_not_ours", epoch=ack.epoch, contiguous=ack.contiguous)
            return
        for reject in ack.rejects[:1]:
            _logger.warning("events_refused", code=reject.code, detail=reject.detail)
        if verdict in {Verdict.ADVANCED, Verdict.REPEATED}:
            self._last_ack_wall_ms = self._clock.wall_ms()
        # The engine learns from it what time it is, and what the centre has archived.
        self._hand_on(payload, self._centre_ms())

    def _on_handover(self, payload: bytes) -> None:
        """Believe the centre's next key; what it answered meanwhile wasn't, so it is asked anew."""
        # The engine keeps it: it may have missed it before.
        self._hand_on(payload, self._centre_ms())
        try:
            followed = self._centre.follow(payload, self._identity.realm)
        except MessageError as error:
            _logger.warning("handover_refused", code=error.code)
            return
        if followed is not self._centre:
            self._believe(followed)
            self._delivery.on_centre_back()

    def _believe(self, centre: CentreKeys) -> None:
        self._centre = centre
        self._identity = replace(self._identity, centre=centre.newest)
        if self._renewal:
            self._renewal.believe(centre.newest)

    def _on_host(self, payload: bytes, *, said_now: bool) -> None:
        """A retained word, not `said_now`, tells how it was when we came: no news that it is back."""
        try:
            host = msgspec.json.decode(payload, type=wire.Host)
        except NOT_DECODABLE:
            return
        if host.state is wire.LinkState.OFFLINE:
            self._delivery.on_centre_away()
        elif said_now:
            self._delivery.on_centre_back()
            if self._renewal:
                self._renewal.on_centre_back()

    def _on_own_state(self, payload: bytes) -> None:
        """What stands there is ours, or that of another device which was in our place since."""
        try:
            state = msgspec.json.decode(payload, type=wire.State)
        except NOT_DECODABLE:
            return
        if state.session not in self._own_sessions:
            self._take_overs.found_stranger(monotonic_ms())

    def _centre_ms(self) -> int:
        """The centre's UTC as its last acknowledgement told it, else this machine's own."""
        if self._centre_ahead_ms is None:
            return self._clock.wall_ms()
        return self._clock.mono_ms() + self._centre_ahead_ms

    def _send_what_is_due(self) -> None:
        now_ms = monotonic_ms()
        if self._delivery.connected and time.monotonic() >= self._state_due_s:
            known = self._vitals().health is not None
            self._state_due_s = time.monotonic() + (_STATE_EVERY_S if known else _STATE_SOON_S)
            self._link.publish(self._state_topic, self._state(wire.LinkState.ONLINE), retain=True)
        if self._delivery.hello_due(now_ms):
            self._link.publish(self._topic_up("hello"), self._hello())
        if self._delivery.connected and self._renewal and (request := self._renewal.request_due()):
            self._link.publish(self._topic_up("renewal"), request)
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
            self._link.publish(self._topic_up("batch"), batch)

    def _will(self) -> tuple[str, bytes]:
        """What the broker says of the session that begins now, should it break."""
        self._session = secrets.token_hex(4)
        self._own_sessions.append(self._session)
        return self._state_topic, self._state(wire.LinkState.OFFLINE)

    def _hello(self) -> bytes:
        vitals = self._vitals()
        # The time before the log: up to then the heads name everything, and the centre relies on that.
        mono_ms, wall_ms = self._clock.mono_ms(), self._clock.wall_ms()
        hello = wire.Hello(
            realm=self._identity.realm,
            terminal=self._identity.terminal,
            epochs=self._log.heads()[-wire.MAX_HELLO_EPOCHS :],
            boot=self._clock.boot_id,
            mono_ms=mono_ms,
            wall_ms=wall_ms,
            clock=vitals.clock,
            roster=vitals.roster,
            config=vitals.config,
            unsent=self._delivery.unsent(),
            software=SOFTWARE,
            revoked=vitals.revoked or UNSET,
            taken_over=self._take_overs.are_a_quarrel(monotonic_ms()) or UNSET,
            believes=vitals.believes or UNSET,
        )
        return wire.seal(wire.MessageKind.HELLO, hello, b"", self._identity.key)

    def _state(self, presence: wire.LinkState) -> bytes:
        unsent = self._delivery.unsent() if presence is wire.LinkState.ONLINE else 0
        state = wire.State(
            wire.VERSION,
            presence,
            self._identity.terminal,
            self._session,
            unsent,
            self._clock.wall_ms(),
            self._vitals().health if presence is wire.LinkState.ONLINE else None,
            self._renewal.days_left if self._renewal else None,
        )
        return msgspec.json.encode(state)

    def _report_if_changed(self) -> None:
        oldest = self._delivery.oldest_unsent()
        renewing = self._renewal.trouble if self._renewal else None
        quarrel = Trouble.of(LineTrouble.SESSION_TAKEN_OVER, terminal=self._identity.terminal)
        # While two devices push each other out, that each is away now and then explains nothing.
        found = self._delivery.trouble or (None if self._quarrels else self._network_trouble) or renewing
        state = UplinkStatus(
            connected=self._delivery.connected,
            unsent=self._delivery.unsent(),
            oldest_unsent_wall_ms=self._log.wall_ms_of(*oldest) if oldest else None,
            last_ack_wall_ms=self._last_ack_wall_ms,
            troubles=[
                *([quarrel] if self._quarrels else []),
                *([found] if found else []),
                *self._delivery.concerns,
            ],
            certificate_days=self._renewal.days_left if self._renewal else None,
        )
        if state != self._reported:
            self._reported = state
            self._report(state)

    def _topic_up(self, kind: str) -> str:
        return wire.topic("up", self._identity.bucket, self._identity.terminal, kind)
