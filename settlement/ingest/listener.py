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
from foundation.figures import Tally
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
from settlement.ingest.figures import line_figures
from settlement.ingest.held_buckets import open_share
from settlement.ingest.ingest import ingest
from settlement.ingest.key_watch import KeyWatch
from settlement.ingest.share import Share
from settlement.ingest.silent_broker import SilentBroker
from settlement.ingest.told_health import ToldHealth
from settlement.messages.acknowledgement import Answer, Publication
from settlement.messages.verification import UpKind
from settlement.monitoring.link_states import LinkStates
from settlement.monitoring.serving import figures_served
from settlement.monitoring.stored_figures import evidence_figures
from settlement.settings import CentreSettings
from sync.contract import wire
from sync.contract.events import NOT_DECODABLE
from sync.contract.terminal_name import is_probe
from sync.line.broker_link import Arrived, BrokerLink, LinkEvent, Lost, SentMessage, Subscribed, Up

_LOOK_EVERY_S = 0.25
_CANARY = "/canary"
_AT_A_TIME = 500
"""So much of what came is let in before the next is taken: a flood must not hide others behind it."""

_LET_IT_HEAR_ITSELF = (
    "The connection is made anew. If it stays so, let the listener read and write muster/1/up/# in the "
    "access list of the broker, as config/acl.conf does."
)

_logger = structlog.get_logger()


def _tries_the_broker(arrived: Arrived) -> bool:
    """Whether it is a listener's canary, ours or another's, or was sent by `muster broker check`."""
    is_canary = arrived.topic.endswith(_CANARY) and not arrived.retained
    return is_canary or is_probe(sender_and_kind(arrived.topic)[0])


def run_listener(settings: CentreSettings, stop: threading.Event) -> None:
    """Take messages until `stop` is set; a broker or a database that is away is waited for.

    Raises SettingsError for certificates that can't be used or a database that was not prepared.
    """
    log_risks(settings)
    clock = open_clock(settings.clock_file)
    limit_waiting()
    opened = once_it_answers(
        lambda: (open_centre(settings), open_share(settings.listener)),
        stop,
        settings.listener.retry_ms / 1000,
    )
    if opened is None:
        return
    centre, share = opened
    listener = Listener(settings, centre, clock, share)

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

    def __init__(self, settings: CentreSettings, centre: Centre, clock: Clock, share: Share) -> None:
        self._settings = settings
        self._link = BrokerLink(
            settings.absolute_broker(),
            settings.listener.client,
            share.topics,
            will=lambda: (wire.topic("host"), self._host(wire.LinkState.OFFLINE)),
            now_ms=clock.wall_ms,
            waits_for_topics=True,
            acknowledges_by_hand=True,
            sees_retained=True,
        )
        self._share = share
        self._admission = Admission()
        self._canary = Canary()
        self._name = settings.listener.client
        self._silent_broker = SilentBroker(settings.broker.nodes()[0].host)
        self._retry_s = settings.listener.retry_ms / 1000
        self._centre = centre
        self._fail_over = FailOver(centre.generation)
        self._clock = clock
        self._key_watch = KeyWatch(settings)
        self._sender = Sender(centre, clock)
        self._upkeep = Upkeep(settings)
        self._manager = ServiceManager()
        self._messages = Tally()
        self.links = LinkStates()
        self._told = ToldHealth()

    def figures(self) -> list[Metric]:
        """What is told of it beside what the database tells; safe from any thread."""
        return line_figures(self._messages, self._link, self._admission, self._share)

    def run(self, stop: threading.Event, manager: ServiceManager | None = None) -> None:
        """Connect, take messages, reconnect, until `stop` is set; tells the manager at each turn."""
        self._manager = manager or self._manager
        while not stop.is_set():
            self._manager.alive("connected" if self._link.is_up else "not connected to the broker")
            self._share.look(self._link)
            self._sender.serve(self._share.served)
            if self._link.is_up:
                for terminal in self._share.deliveries_told():
                    self._sender.delivered(terminal)
                self._sender.step(self._publish)
                self._upkeep.step()
            self._told.step(self._share.served, self._clock.wall_ms())
            if generation := self._fail_over.look():
                self._begin_anew(generation)
            if centre := self._key_watch.look(self._centre):
                self._sign_as(centre)
            self._hear()
            if (arrived := self._admission.take(time.monotonic())) is not None:
                self._take(arrived, stop)
            if self._link.is_up:
                self._listen_to_itself()
        self._share.leave()
        # Others who serve contradict it.
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
                self._share.connected_anew()
                self._greet()
            case Subscribed():
                if self._share.subscribed():
                    self._greet()
            case Lost() as lost:
                self._silent_broker.note(lost.loss)
                self._forget()
            case Arrived() as arrived:
                self._canary.heard()
                self._let_in(arrived)

    def _forget(self) -> None:
        """The connection is gone: the next one tells everything again."""
        self._share.connected_anew()
        self.links.forget()

    def _let_in(self, arrived: Arrived) -> None:
        """Take at once what costs nothing; all else waits for its turn."""
        if LinkStates.is_state(arrived.topic):
            self.links.note(arrived.topic, arrived.payload)
            self._told.note(arrived.topic, arrived.payload, arrived.received_ms)
        elif arrived.topic == wire.topic("host"):
            self._contradict(arrived.payload)
        elif not arrived.payload or _tries_the_broker(arrived):
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
        bucket = self._share.canary_bucket
        if bucket is not None and self._canary.is_due(time.monotonic()):
            self._link.publish(wire.topic("up", bucket, self._name + _CANARY), b"canary")
        if self._canary.is_silent:
            _logger.error("subscription_is_deaf", broker=self._link.address, remedy=_LET_IT_HEAR_ITSELF)
            self._canary.gave_up()
            self._link.drop()
            self._forget()

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
            self._told.greeted(sender, self._clock.wall_ms())
        elif kind == UpKind.BATCH:
            self._sender.delivered(sender)
            self._share.tell_delivery(sender)

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
                meanwhile=self._while_it_is_away,
            )
        except Exception:
            # One message must not stop all others; its terminal sends it again.
            _logger.exception("message_failed", topic=arrived.topic, size=len(arrived.payload))
            self._messages.add(kind, "failed")
            return Answer()
        if answer is not None:
            self._messages.add(kind, str(answer.rejected or "taken"))
        return answer

    def _while_it_is_away(self) -> None:
        """A message that waits keeps nobody from seeing that this listener lives."""
        self._manager.alive("waits for the database")
        self._share.look(self._link)

    def _answer(self, arrived: Arrived) -> Answer:
        """Evidence is stored, a request for a certificate is answered; nothing else comes up."""
        said = (arrived.topic, arrived.payload, arrived.received_ms)
        if sender_and_kind(arrived.topic)[1] == UpKind.RENEWAL:
            return answer_renewal(*said, centre=self._centre, settings=self._settings)
        return ingest(*said, centre=self._centre, keeps_junk=self._keeps_junk)

    def _keeps_junk(self, sender: str) -> bool:
        return self._admission.may_keep_junk(sender, time.monotonic())

    def _greet(self) -> None:
        """Say that the centre is here; only now, when nothing can be missed of those who are served."""
        self._sender.serve(self._share.served)
        if self._share.served.parts:
            self._say_online()
            self._sender.restart()

    def _say_online(self) -> None:
        self._link.publish(wire.topic("host"), self._host(wire.LinkState.ONLINE), retain=True)

    def _contradict(self, said: bytes) -> None:
        """The broker's word for a listener that died, or the last of one that stops: the centre is here."""
        try:
            host = msgspec.json.decode(said, type=wire.Host)
        except NOT_DECODABLE:
            return
        if host.state is wire.LinkState.OFFLINE and self._share.served.parts and self._link.is_up:
            self._say_online()

    def _begin_anew(self, generation: int) -> None:
        """Another database answers: terminals send again what it lacks."""
        self._centre = replace(self._centre, generation=generation)
        if self._link.is_up:
            self._greet()

    def _sign_as(self, centre: Centre) -> None:
        """The centre's key was replaced: who greets now is led on to it, and sent everything anew."""
        _logger.warning("signs_with_another_key", key=centre.key.public.key_id)
        self._centre = centre
        self._sender = Sender(centre, self._clock)
        if self._link.is_up:
            self._greet()

    def _host(self, presence: wire.LinkState) -> bytes:
        return msgspec.json.encode(
            wire.Host(wire.VERSION, presence, self._centre.store, self._centre.generation)
        )
