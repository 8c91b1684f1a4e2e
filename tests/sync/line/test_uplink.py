"""The uplink against a real mosquitto and a small centre; no timer runs out that a test doesn't set."""

import queue
import socket
import threading

import msgspec
import pytest
from msgspec import UNSET

from foundation.back_off import BackOff
from foundation.clock import SystemClock
from sync.contract import wire
from sync.contract.handover import seal_handover
from sync.contract.signing import SigningKey
from sync.contract.wire import LinkState, MessageKind, Realm
from sync.line import broker_link, delivery
from sync.line.broker import BrokerSettings
from sync.line.troubles import LineTrouble
from sync.line.uplink import Identity, Uplink, UplinkStatus, Vitals
from sync.log.reader import LogReader
from tests.english import in_english
from tests.sync.asyncapi_document import validate
from tests.sync.live_broker import LiveBroker, free_port
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import CENTRE_KEY, CLOCK, NINE_MS, STRANGER_KEY, TERMINAL, TERMINAL_KEY, check_in
from tests.sync.small_centre import SmallCentre

IDENTITY = Identity(TERMINAL, "07", Realm.LIVE, TERMINAL_KEY, CENTRE_KEY.public)
ACK_TOPIC = wire.topic("down", TERMINAL, "ack")
HANDOVER_TOPIC = wire.topic("down", TERMINAL, "handover")
STATE_TOPIC = wire.topic("state", TERMINAL)


class RunningUplink:
    """An uplink in a thread of its own, as its process runs it."""

    def __init__(self, log_file, port: int, mqtt_version: str = "5") -> None:
        self.reports: list[UplinkStatus] = []
        self.failed: BaseException | None = None
        self.told: queue.SimpleQueue[tuple[bytes, int]] = queue.SimpleQueue()
        self.acks: list[bytes] = []
        self._settings = BrokerSettings(
            host="127.0.0.1",
            port=port,
            mqtt_version=mqtt_version,
            shortest_pause_ms=50,
            longest_pause_ms=200,
        )
        self._log_file = log_file
        self._stop = threading.Event()
        self._made: queue.SimpleQueue[Uplink] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.uplink = self._made.get()

    @property
    def state(self) -> UplinkStatus | None:
        return self.reports[-1] if self.reports else None

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        assert self.failed is None

    def _hand_on(self, message, centre_ms):
        if b'"kind":"ack"' in message:
            self.acks.append(message)
        else:
            self.told.put((message, centre_ms))

    def _run(self) -> None:
        log = LogReader(self._log_file, TERMINAL)
        uplink = Uplink(
            IDENTITY,
            self._settings,
            log,
            SystemClock(),
            lambda: Vitals(CLOCK, 4, 0),
            self.reports.append,
            self._hand_on,
        )
        self._made.put(uplink)
        try:
            uplink.run(self._stop)
        except Exception as error:  # noqa: BLE001 - whatever it is, `stop` tells it
            self.failed = error
        log.close()


@pytest.fixture(autouse=True)
def no_answer_is_ever_late(monkeypatch):
    """What is sent again here is sent again because of what happened, not because time has passed."""
    monkeypatch.setattr(delivery, "_WAIT", BackOff(3_600_000, 3_600_000))


@pytest.fixture
def centre(broker):
    centre = SmallCentre(broker.port)
    yield centre
    centre.stop()


@pytest.fixture
def run(log_file, broker):
    running = []

    def start(**options) -> RunningUplink:
        running.append(RunningUplink(log_file, options.pop("port", broker.port), **options))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def append(log, count: int) -> None:
    for volunteer in range(1, count + 1):
        log.append(check_in(volunteer))


def all_of(log, log_file) -> list[bytes]:
    reader = LogReader(log_file, TERMINAL)
    stretch = reader.stretch(log.epoch, 0, 10_000, 100_000_000)
    reader.close()
    return list(stretch.events)


def delivered(running: RunningUplink) -> bool:
    return running.state is not None and running.state.connected and running.state.unsent == 0


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_delivers_the_whole_log_and_then_what_happens(log, log_file, centre, run, version):
    append(log, 450)
    running = run(mqtt_version=version)
    until(lambda: delivered(running))
    log.append(check_in())
    running.uplink.appended()
    until(lambda: len(centre.events[log.epoch]) == 452)
    until(lambda: delivered(running))
    assert centre.events[log.epoch] == all_of(log, log_file)
    assert centre.greetings >= 1
    assert running.state.troubles == []
    assert running.state.last_ack_wall_ms is not None


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_hands_on_what_else_the_centre_says_with_the_centres_time(log, centre, run, version):
    settings = wire.topic("config", TERMINAL)
    centre.say(settings, b"settings", retain=True)
    running = run(mqtt_version=version)
    assert running.told.get(timeout=PATIENCE_S)[0] == b"settings"
    until(lambda: delivered(running))
    for topic in ("roster", "command"):
        centre.say(wire.topic("down", TERMINAL, topic), topic.encode())
        message, centre_ms = running.told.get(timeout=PATIENCE_S)
        assert message == topic.encode()
        assert NINE_MS <= centre_ms < NINE_MS + 3_600_000
    assert running.told.empty()


def test_it_greets_again_and_tells_its_state_when_told_that_something_changed(log, centre, run, monkeypatch):
    monkeypatch.setattr("sync.line.uplink._STATE_SOON_S", 6_000)
    running = run()
    until(lambda: delivered(running) and centre.greetings)
    before = centre.greetings

    def state_told():
        topic, _ = centre.seen.get(timeout=PATIENCE_S)
        return topic == STATE_TOPIC

    while not centre.seen.empty():
        centre.seen.get()
    running.uplink.greet()
    until(lambda: centre.greetings > before)
    until(state_told)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_every_message_of_a_day_fits_the_document(log, centre, run, version):
    running = run(mqtt_version=version)
    until(lambda: delivered(running))
    append(log, 3)
    running.uplink.appended()
    until(lambda: running.reports[-1].unsent == 0 and len(centre.events[log.epoch]) == 4)
    running.stop()
    seen = set()
    while "offline" not in seen:
        topic, payload = centre.seen.get(timeout=PATIENCE_S)
        seen |= {validate(topic, payload), "offline" if b'"offline"' in payload else ""}
    assert seen == {"hello", "batch", "ack", "state", "host", "offline", ""}


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_survives_a_broker_that_is_killed_and_forgets(log, log_file, broker, centre, run, version):
    running = run(mqtt_version=version)
    until(lambda: delivered(running))
    broker.kill()
    until(lambda: not running.state.connected)
    (trouble,) = running.state.troubles
    assert trouble.code in {LineTrouble.BROKER_AWAY, LineTrouble.BROKER_UNREACHABLE}
    append(log, 250)
    running.uplink.appended()
    until(lambda: running.state.unsent == 250)
    broker.start()
    until(lambda: delivered(running))
    assert centre.events[log.epoch] == all_of(log, log_file)
    assert running.state.troubles == []


def test_a_batch_that_the_broker_took_to_its_grave_is_sent_again(log, log_file, broker, centre, run):
    centre.deaf = True
    append(log, 20)
    running = run()
    until(lambda: centre.unheard_batches)
    broker.kill()
    centre.deaf = False
    broker.start()
    until(lambda: delivered(running))
    assert centre.events[log.epoch] == all_of(log, log_file)


def test_the_brokers_own_acknowledgement_counts_for_nothing(log, centre, run):
    centre.muted = True
    append(log, 20)
    running = run()
    until(lambda: centre.batches)
    assert running.state.unsent == 21


def test_a_listener_that_comes_back_is_asked_at_once(log, log_file, centre, run):
    """Its restart says offline and then online with the same generation; no timer has to run out."""
    centre.say_host(LinkState.ONLINE)
    running = run()
    until(lambda: delivered(running))
    centre.deaf = True
    append(log, 20)
    running.uplink.appended()
    until(lambda: centre.unheard_batches)
    centre.say_host(LinkState.OFFLINE)
    centre.deaf = False
    centre.say_host(LinkState.ONLINE)
    until(lambda: len(centre.events[log.epoch]) == 21)
    assert centre.events[log.epoch] == all_of(log, log_file)


def test_what_a_restored_centre_lost_is_sent_again(log, log_file, centre, run):
    append(log, 30)
    running = run()
    until(lambda: delivered(running))
    del centre.events[log.epoch][5:]
    centre.generation = 2
    centre.say_host(LinkState.ONLINE)
    until(lambda: len(centre.events[log.epoch]) == 31)
    assert centre.events[log.epoch] == all_of(log, log_file)


JUNK = [
    b"",
    b"junk",
    b"\xff\xfe\x00",
    b"null",
    b'{"v":1,"state":"online","store":"\xff","generation":1}',
    b'{"x":' + b"[" * 100_000,
    b'{"v":2,"kind":"ack","key":"","header":"","body":"","sig":""}',
    b"{" + b" " * 200_000,
]


def test_junk_from_the_broker_disturbs_nothing(log, centre, run):
    running = run()
    until(lambda: delivered(running))
    for junk in JUNK:
        for topic in (ACK_TOPIC, wire.topic("host"), wire.topic("down", TERMINAL, "command")):
            centre.say(topic, junk)
    log.append(check_in())
    running.uplink.appended()
    until(lambda: len(centre.events[log.epoch]) == 2)
    until(lambda: delivered(running))


def test_no_forged_acknowledgement_is_believed(log, centre, run):
    centre.muted = True
    append(log, 5)
    running = run()
    until(lambda: centre.batches)
    held = centre.ack(log.epoch)
    assert held.contiguous == 6
    sealed = wire.seal(MessageKind.ACK, held, b"", CENTRE_KEY)
    for forged in (
        wire.seal(MessageKind.ACK, held, b"", STRANGER_KEY),
        wire.seal(MessageKind.ACK, held, b"", TERMINAL_KEY),
        wire.seal(MessageKind.HELLO, held, b"", CENTRE_KEY),
        wire.seal(MessageKind.ACK, msgspec.structs.replace(held, terminal="gate-2"), b"", CENTRE_KEY),
        sealed.replace(b'contiguous\\":6', b'contiguous\\":5'),
    ):
        assert forged != sealed
        centre.say(ACK_TOPIC, forged)
    # Taken in order: when the true one of two events has arrived, the forged ones have been looked at.
    del centre.events[log.epoch][2:]
    centre.say(ACK_TOPIC, wire.seal(MessageKind.ACK, centre.ack(log.epoch), b"", CENTRE_KEY))
    until(lambda: running.state.unsent == 4)
    assert {state.unsent for state in running.reports} == {6, 4}


def test_it_follows_the_centre_to_its_next_key_and_asks_anew(log, centre, run):
    second = SigningKey.from_seed(bytes([2]) * 32)
    centre.muted = True
    append(log, 5)
    running = run()
    until(lambda: centre.batches)
    by_the_next = wire.seal(MessageKind.ACK, centre.ack(log.epoch), b"", second)
    handover = seal_handover(second.public, NINE_MS, Realm.LIVE, CENTRE_KEY)
    forged = seal_handover(STRANGER_KEY.public, NINE_MS, Realm.LIVE, STRANGER_KEY)
    greeted = len(centre.hellos)
    # Taken in order: one before the handover is not believed, nor is a stranger's handover.
    for topic, message in (
        (ACK_TOPIC, by_the_next),
        (HANDOVER_TOPIC, forged),
        (ACK_TOPIC, wire.seal(MessageKind.ACK, centre.ack(log.epoch), b"", STRANGER_KEY)),
        (HANDOVER_TOPIC, handover),
        (ACK_TOPIC, by_the_next),
    ):
        centre.say(topic, message)
    until(lambda: running.state.unsent == 0)
    until(lambda: len(centre.hellos) > greeted)
    assert [running.told.get(timeout=PATIENCE_S)[0] for _ in range(2)] == [forged, handover]
    assert running.acks == [by_the_next]


def test_an_acknowledgement_of_another_history_is_told_to_staff(log, centre, run):
    centre.muted = True
    append(log, 5)
    running = run()
    until(lambda: centre.batches)
    foreign = centre.ack(log.epoch, hash="00" * 32)
    centre.say(ACK_TOPIC, wire.seal(MessageKind.ACK, foreign, b"", CENTRE_KEY))
    until(lambda: "Call the centre" in in_english(*running.state.troubles))
    assert running.state.unsent == 6


def test_a_log_that_the_centre_doubts_is_told_to_staff_until_it_is_settled(log, centre, run):
    def say(**changes):
        ack = wire.seal(wire.MessageKind.ACK, centre.ack(log.epoch, **changes), b"", CENTRE_KEY)
        centre.say(wire.topic("down", TERMINAL, "ack"), ack)

    def told():
        return [trouble.code for trouble in running.state.troubles]

    running = run()
    until(lambda: delivered(running))
    assert told() == []
    say(doubted=True)
    until(lambda: told() == ["log_doubted"])
    say()
    until(lambda: told() == [])


def test_its_state_is_retained_while_it_runs_and_after(log, broker, centre, run):
    def retained() -> LinkState:
        late = SmallCentre(broker.port)
        topic, payload = "", b""
        while topic != STATE_TOPIC:
            topic, payload = late.seen.get(timeout=PATIENCE_S)
        late.stop()
        return msgspec.json.decode(payload, type=wire.State).state

    running = run()
    until(lambda: delivered(running))
    centre.stop()
    assert retained() is LinkState.ONLINE
    running.stop()
    assert retained() is LinkState.OFFLINE


def test_a_broker_that_is_not_there_is_told_with_what_to_do(log, run):
    running = run(port=free_port())
    until(lambda: running.state)
    until(lambda: "can't be reached" in in_english(*running.state.troubles))
    assert "Check-ins are kept here" in in_english(*running.state.troubles)
    assert not running.state.connected


def test_a_broker_that_refuses_is_tried_again(log, log_file, tmp_path, run):
    (tmp_path / "strict").mkdir()
    strict = LiveBroker(tmp_path / "strict", "allow_anonymous false")
    strict.start()
    running = run(port=strict.port)
    until(
        lambda: (
            running.state and "refuses this terminal (Not authorized)" in in_english(*running.state.troubles)
        )
    )
    assert not running.state.connected
    strict.kill()


class MuteBroker:
    """Lets clients in, or not even that, and never answers, as a hung broker or a half-open line does."""

    def __init__(self, *, lets_in: bool = True) -> None:
        self.visits = 0
        self._lets_in = lets_in
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.recv(1024)
            if self._lets_in:
                connection.sendall(b"\x20\x02\x00\x00")  # CONNACK of MQTT 3.1.1: accepted
            self._open.append(connection)
            self.visits += 1


def test_a_broker_that_never_answers_is_left_and_tried_again(log, log_file, run, monkeypatch):
    monkeypatch.setattr(broker_link, "_LET_IN_WITHIN_S", 0.2)
    mute = MuteBroker(lets_in=False)
    run(port=mute.port, mqtt_version="3.1.1")
    until(lambda: mute.visits >= 3)
    mute.close()


def test_a_line_on_which_nothing_is_answered_is_made_anew(log, run, monkeypatch):
    """A broker that lets in, grants and passes nothing on; nobody says that the centre is away."""
    monkeypatch.setattr(delivery, "_WAIT", BackOff(20, 20))
    append(log, 5)
    deaf = MuteBroker()
    run(port=deaf.port, mqtt_version="3.1.1")
    until(lambda: deaf.visits >= 3)
    deaf.close()


def test_where_the_broker_says_that_the_centre_is_away_the_line_is_kept(log, centre, run, monkeypatch):
    monkeypatch.setattr(delivery, "_WAIT", BackOff(20, 20))
    append(log, 5)
    centre.deaf = True
    centre.say_host(LinkState.OFFLINE)
    running = run()
    until(lambda: running.state is not None and running.state.connected)
    told = len(running.reports)
    until(lambda: centre.unheard_batches >= 20)
    assert all(state.connected for state in running.reports[told - 1 :])


def test_a_quiet_day_is_no_reason_to_leave_the_broker(log, centre, run, monkeypatch):
    """Nothing waits, so nobody owes an answer; the next event finds the old connection."""
    running = run()
    until(lambda: delivered(running))
    told = len(running.reports)
    monkeypatch.setattr(delivery, "_WAIT", BackOff(20, 20))
    for _ in range(5):
        greetings = centre.greetings
        running.uplink.greet()
        until(lambda greetings=greetings: centre.greetings > greetings)
    log.append(check_in())
    running.uplink.appended()
    until(lambda: len(centre.events[log.epoch]) == 2)
    assert all(state.connected for state in running.reports[told - 1 :])


def test_the_engine_gets_each_acknowledgement_as_it_was_sealed(log, centre, run):
    running = run()
    until(lambda: delivered(running) and running.acks)
    acks = [
        wire.unseal(wire.read_envelope(message), wire.MessageKind.ACK, wire.Ack, CENTRE_KEY.public)
        for message in running.acks
    ]
    assert {ack.epoch for ack in acks} == {log.epoch}


def test_another_device_with_the_same_certificate_is_told_to_staff_and_centre(log, log_file, centre, run):
    append(log, 1)
    both = run(), run()

    def told(running):
        return any(one.code == LineTrouble.SESSION_TAKEN_OVER for one in running.state.troubles)

    until(lambda: all(one.state and told(one) for one in both))
    assert "muster terminal renew gate-1" in in_english(*both[0].state.troubles)
    until(lambda: any(hello.taken_over is True for hello in tuple(centre.hellos)))


def test_a_terminal_that_is_alone_is_told_of_nobody(log, log_file, broker, centre, run):
    append(log, 1)
    running = run()
    until(lambda: delivered(running))
    broker.kill()
    until(lambda: not running.state.connected)
    broker.start()
    until(lambda: delivered(running))
    assert [one.code for one in running.state.troubles] == []
    assert centre.last_hello.taken_over is UNSET
