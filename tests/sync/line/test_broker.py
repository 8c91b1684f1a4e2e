from random import Random

import msgspec
import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from foundation.errors import SettingsError
from sync.line import broker
from sync.line.broker import BrokerSettings, Nodes, ReconnectPause
from tests.sync.live_broker import LiveBroker, free_port

STABLE_S = 60
SETTINGS = BrokerSettings(shortest_pause_ms=500, longest_pause_ms=10_000)


def test_a_pause_grows_to_the_longest_and_never_beyond():
    for seed in range(20):
        pause = ReconnectPause(SETTINGS, Random(seed))
        pauses_ms = [pause.next_s(0) * 1000 for _ in range(40)]
        longest_ms = [min(500 << attempt, 10_000) for attempt in range(40)]
        assert all(250 <= one <= most for one, most in zip(pauses_ms, longest_ms, strict=True))
        assert max(pauses_ms) > 5_000


def test_terminals_do_not_come_back_in_step():
    def fifth_pause(seed):
        pause = ReconnectPause(SETTINGS, Random(seed))
        return [pause.next_s(0) for _ in range(5)][-1]

    assert len({fifth_pause(seed) for seed in range(20)}) == 20


def test_a_connection_that_held_makes_the_next_pause_short():
    pause = ReconnectPause(SETTINGS, Random(1))
    for _ in range(10):
        pause.next_s(0)
    assert pause.next_s(STABLE_S) * 1000 <= 500


def test_a_connection_that_broke_at_once_does_not():
    pause = ReconnectPause(SETTINGS, Random(1))
    for _ in range(10):
        pause.next_s(STABLE_S - 1)
    assert max(pause.next_s(STABLE_S - 1) for _ in range(20)) > 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"shortest_pause_ms": 5_000, "longest_pause_ms": 1_000},
        {"host": ""},
        {"hosts": "broker.example"},
        {"hosts": [""]},
        {"hosts": ["broker.example:8883"]},
        {"hosts": ["two words"]},
        {"port": 0},
        {"mqtt_version": "4"},
        {"password": "x"},
    ],
)
def test_settings_that_can_not_work_are_refused(wrong):
    with pytest.raises((msgspec.ValidationError, SettingsError)):
        msgspec.convert(wrong, BrokerSettings)


def test_each_node_has_the_settings_of_all_and_its_own_host():
    one = BrokerSettings(host="h", port=7)
    assert one.nodes() == [one]
    cluster = BrokerSettings(host="h", hosts=["a", "10.0.0.7", "fd00::7"], port=7)
    assert cluster.nodes() == [BrokerSettings(host=each, port=7) for each in cluster.hosts]


def test_the_first_node_is_a_random_one_and_each_further_one_the_next():
    settings = BrokerSettings(hosts=["a", "b", "c"])
    firsts = {Nodes(settings, Random(seed)).current.host for seed in range(30)}
    assert firsts == {"a", "b", "c"}
    nodes = Nodes(settings, Random(1))
    tried = []
    for _ in range(4):
        tried.append(nodes.current.host)
        nodes.failed()
    assert "".join(tried) in {"abca", "bcab", "cabc"}


def test_a_single_attempt_goes_to_the_first_node_that_takes_it(tmp_path):
    running = LiveBroker(tmp_path, "allow_anonymous true")
    running.start()
    settings = BrokerSettings(hosts=["127.0.0.2", "127.0.0.1"], port=running.port)
    client = broker.prepare_client(settings, "gate-1")
    broker.connect(client, settings)
    client.disconnect()
    running.kill()
    with pytest.raises(ConnectionRefusedError):
        broker.connect(client, settings)


def test_nobody_at_the_port_is_an_error_of_the_system():
    settings = BrokerSettings(host="127.0.0.1", port=free_port())
    with pytest.raises(ConnectionRefusedError):
        broker.connect(broker.prepare_client(settings, "gate-1"), settings)


@pytest.mark.parametrize(
    ("version", "protocol"), [("5", MQTTProtocolVersion.MQTTv5), ("3.1.1", MQTTProtocolVersion.MQTTv311)]
)
def test_a_client_speaks_the_version_of_the_settings(version, protocol):
    assert broker.prepare_client(BrokerSettings(mqtt_version=version), "gate-1").protocol == protocol


def test_a_missing_certificate_is_told_with_where_to_look(tmp_path):
    settings = BrokerSettings(ca_file=str(tmp_path / "ca.pem"))
    with pytest.raises(SettingsError, match=r"certificates can't be used.*ca_file"):
        broker.prepare_client(settings, "gate-1")


def test_a_file_that_is_no_certificate_is_told_with_where_to_look(tmp_path):
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(SettingsError, match=r"certificates can't be used.*ca_file"):
        broker.prepare_client(BrokerSettings(ca_file=str(tmp_path / "ca.pem")), "gate-1")
