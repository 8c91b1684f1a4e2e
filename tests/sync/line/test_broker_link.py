"""The connection that both ends of the line are built on, to a real mosquitto and to a broker of bytes."""

import datetime as dt
import gc
import socket
import threading
import time

import paho.mqtt.client as mqtt
import pytest
from structlog.testing import capture_logs

from sync.line.broker import BrokerSettings, ReconnectPause
from sync.line.broker_link import Arrived, BrokerLink, Loss, Lost, SentMessage, Subscribed, Up, Woken
from sync.line.certificate_authority import CertificateAuthority
from sync.line.certificate_request import make_key
from tests.sync.live_broker import LiveBroker, free_port
from tests.sync.patience import PATIENCE_S

WILL = ("last/word", b"vanished")


def link_to(port, version="5", name="gate-1", **options) -> BrokerLink:
    settings = BrokerSettings(
        host="127.0.0.1", port=port, mqtt_version=version, shortest_pause_ms=50, longest_pause_ms=100
    )
    return BrokerLink(settings, name, ("t",), will=lambda: WILL, now_ms=lambda: 9, **options)


def event_of(link, kind):
    """The next event of a kind; those before it, and what comes of a connection that was left, pass over."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not isinstance(event := link.next_event(1.0), kind):
        assert time.monotonic() < give_up_at, f"no {kind.__name__} came"
    return event


@pytest.fixture
def mosquitto(tmp_path):
    broker = LiveBroker(tmp_path, "allow_anonymous true")
    broker.start()
    yield broker
    broker.kill()


class ScriptedBroker:
    """Speaks MQTT 3.1.1 byte by byte to one client: lets it in, and then says what the test says."""

    def __init__(self, connack=b"\x20\x02\x00\x00") -> None:
        self._connack = connack
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE_S)
        self.port = self._listener.getsockname()[1]
        self._let_in = threading.Thread(target=self._accept)
        self._let_in.start()

    def _accept(self) -> None:
        self._connection, _ = self._listener.accept()
        self._connection.settimeout(PATIENCE_S)
        self.packet()
        self.send(self._connack)

    def send(self, packet: bytes) -> None:
        self._connection.sendall(packet)

    def packet(self) -> bytes:
        """The next packet of the client; ours are all shorter than 128 bytes."""
        head = self._exactly(2)
        return head + self._exactly(head[1])

    def answer_subscription(self, code: int) -> None:
        self._let_in.join()
        subscribe = self.packet()
        assert subscribe[0] == 0x82
        self.send(b"\x90\x03" + subscribe[2:4] + bytes([code]))

    def _exactly(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            received += self._connection.recv(size - len(received))
        return received

    def close(self) -> None:
        self._let_in.join()
        self._connection.close()
        self._listener.close()


@pytest.fixture
def scripted():
    brokers = []

    def start(*arguments) -> ScriptedBroker:
        brokers.append(ScriptedBroker(*arguments))
        return brokers[-1]

    yield start
    for broker in brokers:
        broker.close()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
@pytest.mark.parametrize("waits", [True, False])
def test_it_is_up_and_then_tells_what_arrives(mosquitto, version, waits):
    link = link_to(mosquitto.port, version, waits_for_topics=waits)
    assert not link.is_open
    assert event_of(link, Up) == Up()
    assert link.is_up
    link.publish("t", b"\x00\xff")
    arrived = event_of(link, Arrived)
    assert (arrived.topic, arrived.payload, arrived.retained, arrived.received_ms) == (
        "t",
        b"\x00\xff",
        False,
        9,
    )
    link.drop()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_topics_that_are_asked_for_later_are_heard_until_they_are_given_up(mosquitto, version):
    link = link_to(mosquitto.port, version, waits_for_topics=True)
    event_of(link, Up)
    link.subscribe(["further", "and/+"])
    assert event_of(link, Subscribed) == Subscribed()
    link.publish("and/more", b"1")
    assert event_of(link, Arrived).topic == "and/more"
    link.unsubscribe(["further"])
    link.publish("further", b"2")
    link.publish("t", b"3")
    assert event_of(link, Arrived).payload == b"3"
    link.drop()


def test_one_that_is_refused_a_further_topic_says_so_and_begins_anew(scripted):
    broker = scripted()
    link = link_to(broker.port, "3.1.1", waits_for_topics=True)
    assert link.next_event(0) is None
    broker.answer_subscription(1)
    event_of(link, Up)
    link.subscribe(["forbidden"])
    broker.answer_subscription(0x80)
    assert event_of(link, Lost).loss is Loss.DENIED
    assert not link.is_open


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_takes_connections_and_says_nothing_is_told_from_one_that_is_away(tmp_path):
    authority = CertificateAuthority.make("trial", make_key(), dt.timedelta(days=1))
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    with socket.create_server(("127.0.0.1", 0)) as stopped:
        settings = BrokerSettings(
            host="127.0.0.1", port=stopped.getsockname()[1], ca_file=str(tmp_path / "ca.pem")
        )
        link = BrokerLink(settings, "centre", ("t",), will=lambda: WILL, now_ms=lambda: 9)
        assert event_of(link, Lost).loss is Loss.SILENT
    gc.collect()


def test_a_broker_that_is_away_is_complained_of_once_and_told_once_when_it_is_back(mosquitto):
    link = link_to(mosquitto.port)
    with capture_logs() as logs:
        event_of(link, Up)
        mosquitto.kill()
        assert event_of(link, Lost).loss is Loss.ENDED
        assert not link.is_up
        assert [event_of(link, Lost).loss for _ in range(3)] == [Loss.UNREACHABLE] * 3
        mosquitto.start()
        event_of(link, Up)
        mosquitto.kill()
        event_of(link, Lost)
    assert [line["event"] for line in logs] == ["broker_connected", "broker_away"] * 2


def test_whoever_waits_for_the_topics_is_up_only_when_the_broker_gives_them(scripted):
    broker = scripted()
    link = link_to(broker.port, "3.1.1", waits_for_topics=True)
    broker_answers = threading.Thread(target=broker.answer_subscription, args=(0x80,))
    broker_answers.start()
    lost = event_of(link, (Up, Lost))
    broker_answers.join()
    assert lost.loss is Loss.DENIED
    assert not link.is_open


def test_whoever_does_not_is_up_though_the_broker_denies_a_topic(scripted):
    broker = scripted()
    link = link_to(broker.port, "3.1.1")
    assert event_of(link, (Up, Lost)) == Up()
    broker.answer_subscription(0x80)
    broker.send(b"\x32\x06\x00\x01t\x00\x07!")
    assert event_of(link, (Lost, Arrived)).payload == b"!"
    link.drop()


def test_a_broker_that_refuses_is_told_with_its_reason_and_nothing_more_of_that_connection(scripted):
    link = link_to(scripted(b"\x20\x02\x00\x05").port, "3.1.1")
    lost = event_of(link, Lost)
    assert (lost.loss, lost.reason) == (Loss.REFUSED, "Not authorized")
    assert not link.is_open


def test_by_hand_only_what_was_acknowledged_is_acknowledged(scripted):
    """Of two messages the second is acknowledged: had the first been, its packet would come before."""
    broker = scripted()
    link = link_to(broker.port, "3.1.1", acknowledges_by_hand=True)
    event_of(link, Up)
    broker.answer_subscription(1)
    for number in (7, 8):
        broker.send(b"\x32\x06\x00\x01t\x00" + bytes([number]) + b"!")
    first, second = event_of(link, Arrived), event_of(link, Arrived)
    assert (first.mid, second.mid) == (7, 8)
    link.acknowledge(second)
    assert broker.packet() == b"\x40\x02\x00\x08"
    link.drop()


def test_what_a_connection_that_was_left_still_says_is_not_told():
    link = link_to(free_port())
    event_of(link, Lost)
    link._happened.put((mqtt.Client(mqtt.CallbackAPIVersion.VERSION2), Up()))
    assert link.next_event(PATIENCE_S) != Up()
    assert not link.is_up


def test_the_last_word_is_kept_by_the_broker_and_the_will_is_not_said(mosquitto):
    link, late = link_to(mosquitto.port), link_to(mosquitto.port, name="gate-2")
    event_of(link, Up)
    link.say_goodbye("t", b"gone home")
    assert not link.is_open
    event_of(late, Up)
    arrived = event_of(late, Arrived)
    assert (arrived.payload, arrived.retained) == (b"gone home", True)
    late.drop()


def test_a_message_of_a_lost_connection_is_never_published_and_nobody_waits_for_it():
    lost = mqtt.MQTTMessageInfo(1)
    lost.rc = mqtt.MQTT_ERR_NO_CONN
    sent = SentMessage(lost)
    sent.wait(PATIENCE_S)
    assert sent.is_published() is False


def test_another_thread_wakes_whoever_waits():
    link = link_to(free_port())
    event_of(link, Lost)
    threading.Thread(target=link.wake, args=("look",)).start()
    assert event_of(link, Woken) == Woken("look")


def test_nothing_is_published_where_there_is_no_connection():
    with pytest.raises(RuntimeError, match="no broker"):
        link_to(free_port()).publish("t", b"")


@pytest.mark.parametrize("callback", ["_on_connect", "_on_subscribe", "_on_message", "_on_disconnect"])
def test_an_error_in_a_callback_ends_that_connection_and_the_next_one_works(callback, mosquitto, monkeypatch):
    fail = [True]
    real = getattr(BrokerLink, callback)

    def once(*arguments):
        if fail.pop() if fail else False:
            raise ValueError("a fault of ours")
        real(*arguments)

    monkeypatch.setattr(BrokerLink, callback, once)
    link = link_to(mosquitto.port, waits_for_topics=True)
    with capture_logs() as logs:
        if callback == "_on_disconnect":
            event_of(link, Up)
            mosquitto.kill()
            lost = event_of(link, Lost)
            mosquitto.start()
        elif callback == "_on_message":
            event_of(link, Up)
            link.publish("t", b"first")
            lost = event_of(link, Lost)
        else:
            lost = event_of(link, Lost)
    assert (lost.loss, lost.reason, fail) == (Loss.ENDED, "a fault of ours", [])
    assert [log["event"] for log in logs].count("broker_callback_failed") == 1
    event_of(link, Up)
    link.publish("t", b"again")
    while event_of(link, Arrived).payload != b"again":
        pass
    link.drop()


@pytest.fixture
def of_two_nodes(mosquitto):
    """A link to a broker with two names."""
    settings = BrokerSettings(
        hosts=["127.0.0.1", "localhost"], port=mosquitto.port, shortest_pause_ms=50, longest_pause_ms=100
    )
    return BrokerLink(settings, "gate-1", ("t",), will=lambda: WILL, now_ms=lambda: 9, waits_for_topics=True)


def test_a_node_on_which_nothing_was_heard_is_left_for_the_next_one(of_two_nodes, monkeypatch):
    held_s = []
    monkeypatch.setattr(ReconnectPause, "next_s", lambda _, seconds: held_s.append(seconds) or 0.1)
    event_of(of_two_nodes, Up)
    first = of_two_nodes.address
    of_two_nodes.drop()
    event_of(of_two_nodes, Up)
    assert of_two_nodes.address != first
    assert held_s == [0.0]


def test_a_node_that_delivered_is_tried_again_first(of_two_nodes, monkeypatch):
    held_s = []
    monkeypatch.setattr(ReconnectPause, "next_s", lambda _, seconds: held_s.append(seconds) or 0.1)
    event_of(of_two_nodes, Up)
    first = of_two_nodes.address
    of_two_nodes.publish("t", b"to myself")
    event_of(of_two_nodes, Arrived)
    of_two_nodes.drop()
    event_of(of_two_nodes, Up)
    assert of_two_nodes.address == first
    assert held_s[0] > 0
    of_two_nodes.drop()


def test_what_was_retained_does_not_prove_that_a_subscription_lives(of_two_nodes):
    event_of(of_two_nodes, Up)
    of_two_nodes.publish("t", b"kept", retain=True)
    event_of(of_two_nodes, Arrived)
    of_two_nodes.drop()
    event_of(of_two_nodes, Up)
    before = of_two_nodes.address
    assert event_of(of_two_nodes, Arrived).retained
    of_two_nodes.drop()
    assert of_two_nodes.address != before


def test_a_node_that_is_gone_is_passed_over(mosquitto):
    settings = BrokerSettings(
        hosts=["127.0.0.2", "127.0.0.1", "127.0.0.3"],
        port=mosquitto.port,
        shortest_pause_ms=50,
        longest_pause_ms=100,
    )
    link = BrokerLink(settings, "gate-1", ("t",), will=lambda: WILL, now_ms=lambda: 9)
    event_of(link, Up)
    assert link.address == f"127.0.0.1:{mosquitto.port}"
    link.drop()
