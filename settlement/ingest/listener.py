"""The listener: messages from the broker into the database, and the answers back.

Everything is decided in `run`, one message after the other. The broker hears our PUBACK after the COMMIT:
what dies with this process before it was stored was never acknowledged to anybody.
"""

import threading
import time
from dataclasses import replace

import msgspec
import structlog
from prometheus_client.core import Metric

from foundation.clock import Clock, open_clock
from foundation.figures import Tally, counters, gauge
from foundation.service_manager import ServiceManager
from settlement.authority.renewal import answer_renewal
from settlement.authority.upkeep import Upkeep
from settlement.centre import Centre, open_centre
from settlement.database.away import once_it_answers
from settlement.database.fail_over import FailOver
from settlement.database.limits import limit_waiting
from settlement.database.safety import log_risks
from settlement.downlink.sender import Sender
from settlement.ingest.admission import Admission, sender_and_kind
from settlement.ingest.canary import Canary
from settlement.ingest.ingest import ingest
from settlement.ingest.silent_broker import SilentBroker
from settlement.messages.acknowledgement import Answer, Publication
from settlement.messages.verification import UpKind
from settlement.monitoring.link_states import STATES, LinkStates
from settlement.monitoring.serving import figures_served
from settlement.monitoring.stored_figures import evidence_figures
from settlement.settings import CentreSettings
from sync.contract import wire
from sync.contract.terminal_name import is_probe
from sync.line.broker_link import Arrived, BrokerLink, LinkEvent, Lost, SentMessage, Up

_LOOK_EVERY_S = 0.25
_AT_A_TIME = 500
"""So much of what came is let in before the next is taken: a flood must not hide others behind it."""

_LET_IT_HEAR_ITSELF = (
    "The connection is made anew. If it stays so, let the listener read and write muster/1/up/# in the "
    "access list of the broker, as config/acl.conf does."
)

_logger = structlog.get_logger()


def _tries_the_broker(topic: str) -> bool:
    """Whether it is a listener's canary, ours or another's, or was sent by `muster broker check`."""
    return topic.endswith("/canary") or is_probe(sender_and_kind(topic)[0])


def run_listener(settings: CentreSettings, stop: threading.Event) -> None:
    """Take messages until `stop` is set; a broker or a database that is away is waited for.

    Raises SettingsError for certificates that can't be used or a database that was not prepared.
    """
    log_risks(settings)
    clock = open_clock(settings.clock_file)
    limit_waiting()
    centre = once_it_answers(lambda: open_centre(settings), stop, settings.listener.retry_ms / 1000)
    if centre is None:
        return
    listener = Listener(settings, centre, clock)

    def stored() -> list[Metric]:
        return evidence_figures(settings, listener.links, clock.wall_ms())

    manager = ServiceManager()
    with figures_served(settings.metrics.listener, listener.figures, stored):
        # A broker that is away is waited for, so it is no part of being ready.
        manager.ready()
        listener.run(stop, manager)
    manager.stopping()


class Listener:
    """Takes what terminals send, and lets the sender tell them what they lack."""

    def __init__(self, settings: CentreSettings, centre: Centre, clock: Clock) -> None:
        self._settings = settings
        self._link = BrokerLink(
            settings.absolute_broker(),
            settings.listener.client,
            (wire.topic("up", "+", "+", "+"), STATES),
            will=lambda: (wire.topic("host"), self._host(wire.LinkState.OFFLINE)),
            now_ms=clock.wall_ms,
            waits_for_topics=True,
            acknowledges_by_hand=True,
            sees_retained=True,
        )
        self._admission = Admission()
        self._canary = Canary()
        self._canary_topic = wire.topic("up", wire.bucket_of(0), settings.listener.client, "canary")
        self._silent_broker = SilentBroker(settings.broker.nodes()[0].host)
        self._retry_s = settings.listener.retry_ms / 1000
        self._centre = centre
        self._fail_over = FailOver(centre.generation)
        self._sender = Sender(centre, clock)
        self._upkeep = Upkeep(settings)
        self._manager = ServiceManager()
        self._messages = Tally()
        self.links = LinkStates()

    def figures(self) -> list[Metric]:
        """What was counted since the start, and how the line is; safe from any thread."""
        return [
            counters(
                "muster_centre_messages",
                "Messages of terminals since the listener's start, by kind and what became of them.",
                ("kind", "result"),
                self._messages.counted(),
            ),
            gauge(
                "muster_centre_ingest_queue",
                "Messages that came and are not taken yet.",
                self._link.waiting + len(self._admission),
            ),
            counters(
                "muster_centre_messages_unread",
                "Messages that asked for no acknowledgement (MQTT's QoS 0), and were not taken.",
                (),
                {(): self._link.dropped_unread},
            ),
            gauge("muster_centre_broker_connected", "1 while the line is up.", self._link.is_up),
        ]

    def run(self, stop: threading.Event, manager: ServiceManager | None = None) -> None:
        """Connect, take messages, reconnect, until `stop` is set; tells the manager at each turn."""
        self._manager = manager or self._manager
        while not stop.is_set():
            self._manager.alive("connected" if self._link.is_up else "not connected to the broker")
            if self._link.is_up:
                self._sender.step(self._publish)
                self._upkeep.step()
            if generation := self._fail_over.look():
                self._begin_anew(generation)
            self._hear()
            if (arrived := self._admission.take(time.monotonic())) is not None:
                self._take(arrived, stop)
            if self._link.is_up:
                self._listen_to_itself()
        self._link.say_goodbye(wire.topic("host"), self._host(wire.LinkState.OFFLINE))

    def _hear(self) -> None:
        """Let in what has come, and wait for it where nobody's turn is now."""
        wait_s = self._admission.wait_s(_LOOK_EVERY_S, time.monotonic())
        for _ in range(_AT_A_TIME):
            event = self._link.next_event(wait_s)
            if event is None:
                return
            self._on(event)
            wait_s = 0.0

    def _on(self, event: LinkEvent) -> None:
        match event:
            case Up():
                self._silent_broker.answered()
                self._canary.begin(time.monotonic())
                self._greet()
            case Lost() as lost:
                self._silent_broker.note(lost.loss)
                self.links.forget()
            case Arrived() as arrived:
                self._canary.heard()
                self._let_in(arrived)

    def _let_in(self, arrived: Arrived) -> None:
        """Take at once what costs nothing; all else waits for its turn."""
        if LinkStates.is_state(arrived.topic):
            self.links.note(arrived.topic, arrived.payload)
        elif _tries_the_broker(arrived.topic) or not arrived.payload:
            pass  # nothing of a terminal, or a place of which the broker forgets what was retained
        elif arrived.retained:
            # Nothing that comes up is to be kept by the broker, for ever and for everybody who comes.
            self._drop(arrived, "retained")
            self._link.publish(arrived.topic, b"", retain=True)
            return
        else:
            if (dropped := self._admission.put(arrived, time.monotonic())) is not None:
                self._drop(dropped, "dropped")
            return
        self._link.acknowledge(arrived)

    def _drop(self, arrived: Arrived, result: str) -> None:
        """Count it, and let the broker forget it: its terminal sends again what was not answered."""
        self._messages.add(sender_and_kind(arrived.topic)[1], result)
        self._link.acknowledge(arrived)

    def _listen_to_itself(self) -> None:
        """Send the canary where it is due; where none comes back, make the connection anew."""
        if self._canary.is_due(time.monotonic()):
            self._link.publish(self._canary_topic, b"canary")
        if self._canary.is_silent:
            _logger.error("subscription_is_deaf", broker=self._link.address, remedy=_LET_IT_HEAR_ITSELF)
            self._canary.gave_up()
            self._link.drop()
            self.links.forget()

    def _take(self, arrived: Arrived, stop: threading.Event) -> None:
        """Store one message, publish the answer, and only then acknowledge to the broker."""
        answer = self._ingest(arrived, stop)
        if answer is None or not self._link.is_open:
            return
        for publication in answer.publications:
            self._publish(publication)
        if not answer.rejected:
            self._note_sender(arrived.topic)
        self._link.acknowledge(arrived)

    def _note_sender(self, topic: str) -> None:
        """Who greeted or delivered is told more."""
        sender, kind = sender_and_kind(topic)
        if kind == UpKind.HELLO:
            self._sender.greeted(sender)
        elif kind == UpKind.BATCH:
            self._sender.delivered(sender)

    def _publish(self, publication: Publication) -> SentMessage:
        return self._link.publish(publication.topic, publication.payload, retain=publication.retain)

    def _ingest(self, arrived: Arrived, stop: threading.Event) -> Answer | None:
        """The answer, once the database took the message; None when told to stop while it is away."""
        _, kind = sender_and_kind(arrived.topic)
        try:
            answer = once_it_answers(
                lambda: self._answer(arrived),
                stop,
                self._retry_s,
                meanwhile=lambda: self._manager.alive("waits for the database"),
            )
        except Exception:
            # One message must not stop all others; its terminal sends it again.
            _logger.exception("message_failed", topic=arrived.topic, size=len(arrived.payload))
            self._messages.add(kind, "failed")
            return Answer()
        if answer is not None:
            self._messages.add(kind, str(answer.rejected or "taken"))
        return answer

    def _answer(self, arrived: Arrived) -> Answer:
        """Evidence is stored, a request for a certificate is answered; nothing else comes up."""
        said = (arrived.topic, arrived.payload, arrived.received_ms)
        if sender_and_kind(arrived.topic)[1] == UpKind.RENEWAL:
            return answer_renewal(*said, centre=self._centre, settings=self._settings)
        return ingest(*said, centre=self._centre, keeps_junk=self._keeps_junk)

    def _keeps_junk(self, sender: str) -> bool:
        return self._admission.may_keep_junk(sender, time.monotonic())

    def _greet(self) -> None:
        """Say that the centre is here; only now, when nothing can be missed any more."""
        self._link.publish(wire.topic("host"), self._host(wire.LinkState.ONLINE), retain=True)
        self._sender.restart()

    def _begin_anew(self, generation: int) -> None:
        """Another database answers: terminals send again what it lacks."""
        self._centre = replace(self._centre, generation=generation)
        if self._link.is_up:
            self._greet()

    def _host(self, presence: wire.LinkState) -> bytes:
        return msgspec.json.encode(
            wire.Host(wire.VERSION, presence, self._centre.store, self._centre.generation)
        )
