"""What an enrolled stranger can say, hear and leave behind at a Mosquitto with the shipped access list."""

import pytest

from sync.contract import wire
from sync.line.certificate_authority import CertificateKind
from tests.sync.live_authority import LiveAuthority
from tests.sync.patience import PATIENCE_S
from tests.sync.shipped_broker import Client, ShippedBroker

STRANGER = "gate-2"
MARK = "muster/1/state/gate-3"
"""What gate-3 says when everything before it has passed."""
HEARS_ALL = "\nuser witness\ntopic read #\n"
WRONG_NAMES = ("#", "+", "gate-1/x", "x/gate-1", "07/gate-1", "gate-1/#")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    authority = LiveAuthority(tmp_path_factory.mktemp("broker"))
    authority.issue("broker", CertificateKind.SERVER, server_names=("localhost",))
    authority.issue("centre", CertificateKind.LISTENER)
    for name in ("gate-1", STRANGER, "gate-3", "witness"):
        authority.issue(name)
    for number, name in enumerate(WRONG_NAMES):
        authority.issue(name, file=f"wrong-{number}")
    return authority


@pytest.fixture(scope="module")
def broker(authority):
    running = ShippedBroker(authority.folder, more_access=HEARS_ALL)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def connect(broker, authority):
    clients = []

    def _connect(name, file="", **more):
        clients.append(Client(broker, authority.folder, file or name, name, **more))
        assert clients[-1].answer == "let in"
        return clients[-1]

    yield _connect
    for client in clients:
        client.close()


@pytest.fixture
def witness(connect):
    """Hears whatever the broker passes on to anybody."""
    client = connect("witness")
    assert client.subscribe("#")
    return client


@pytest.fixture
def mark(connect):
    gate = connect("gate-3")
    return lambda: gate.publish(MARK, b"mark")


@pytest.mark.parametrize(
    ("topic", "passes"),
    [
        (f"muster/1/up/07/{STRANGER}/batch", True),
        (f"muster/1/up/07/{STRANGER}/hello", True),
        (f"muster/1/up/07/{STRANGER}/renewal", True),
        (f"muster/1/state/{STRANGER}", True),
        # The access list can't know its bucket; the centre does, and refuses any other.
        (f"muster/1/up/99/{STRANGER}/hello", True),
        ("muster/1/up/07/gate-1/batch", False),
        ("muster/1/up/07/gate-1/hello", False),
        ("muster/1/up/07/gate-1/renewal", False),
        ("muster/1/state/gate-1", False),
        ("muster/1/down/gate-1/ack", False),
        ("muster/1/down/gate-1/wipe", False),
        (f"muster/1/down/{STRANGER}/ack", False),
        ("muster/1/config/gate-1", False),
        (f"muster/1/config/{STRANGER}", False),
        ("muster/1/host", False),
        ("muster/1/up/07/centre/canary", False),
        (f"muster/1/up/07/{STRANGER}/anything", False),
        (f"muster/1/up/07/{STRANGER}/batch/deeper", False),
        (f"muster/1/up/07/{STRANGER}", False),
        (f"muster/1/up/{STRANGER}/batch", False),
        (f"muster/1/up/07/x/{STRANGER}/batch", False),
        (f"muster/1/up//{STRANGER}/batch/", False),
        (f"muster/1/state/{STRANGER}/x", False),
        (f"muster/2/up/07/{STRANGER}/batch", False),
        (f"/muster/1/up/07/{STRANGER}/batch", False),
        ("$SYS/broker/uptime", False),
        ("$CONTROL/dynamic-security/v1", False),
        ("anything", False),
    ],
)
def test_what_it_may_say(topic, passes, connect, witness, mark):
    assert connect(STRANGER).publish(topic, b"said") is passes
    mark()
    assert witness.hears_before(MARK) == ({topic} if passes else set())


@pytest.mark.parametrize(
    "topic_filter",
    [
        "#",
        "+/#",
        "muster/#",
        "muster/1/up/#",
        "muster/1/up/+/gate-1/+",
        "muster/1/down/#",
        "muster/1/down/+/ack",
        "muster/1/down/gate-1/#",
        "muster/1/config/#",
        "muster/1/config/gate-1",
        "muster/1/state/+",
        "$SYS/#",
        "$SYS/broker/clients/connected",
        "$CONTROL/#",
        "$share/g/#",
        "$share/g/muster/1/up/#",
        "$share/g/muster/1/down/gate-1/#",
        "$share/g/muster/1/config/gate-1",
    ],
)
def test_what_it_hears_is_its_own_whatever_it_asks_for(topic_filter, connect):
    """Mosquitto grants any subscription and asks the access list with each message."""
    stranger, centre, gate = connect(STRANGER), connect("centre"), connect("gate-1")
    own = f"muster/1/down/{STRANGER}/ack"
    assert stranger.subscribe(own)
    stranger.subscribe(topic_filter)
    assert centre.publish("muster/1/down/gate-1/ack", b"for another")
    assert centre.publish("muster/1/config/gate-1", b"for another")
    assert gate.publish("muster/1/up/07/gate-1/hello", b"for the centre")
    assert gate.publish("muster/1/state/gate-1", b"for the centre")
    assert centre.publish(own, b"for this one")
    assert stranger.hears_before(own) == set()


def test_everybody_hears_what_is_for_all(connect):
    stranger, centre = connect(STRANGER), connect("centre")
    assert stranger.subscribe("#")
    assert centre.publish("muster/1/host", b"for all")
    assert stranger.heard.get(timeout=PATIENCE_S) == ("muster/1/host", b"for all")


@pytest.mark.parametrize(
    ("will", "passes"),
    [
        (f"muster/1/state/{STRANGER}", True),
        ("muster/1/state/gate-1", False),
        ("muster/1/down/gate-1/ack", False),
        ("muster/1/config/gate-1", False),
        ("muster/1/up/07/gate-1/hello", False),
        ("muster/1/host", False),
    ],
)
def test_what_its_will_may_say(will, passes, connect, witness, mark):
    connect(STRANGER, will=will).die()
    mark()
    assert witness.hears_before(MARK) == ({will} if passes else set())


@pytest.mark.parametrize("kind", ["batch", "hello", "renewal"])
def test_what_it_leaves_behind_on_its_own_topic_the_centre_takes_away(kind, connect):
    """No access list forbids to retain; the listener empties what it finds (test_listener_hostile)."""
    topic = f"muster/1/up/07/{STRANGER}/{kind}"
    assert connect(STRANGER).publish(topic, b"left behind", retain=True)
    centre = connect("centre")
    assert centre.subscribe("muster/1/up/#")
    assert centre.heard.get(timeout=PATIENCE_S) == (topic, b"left behind")
    assert centre.publish(topic, b"", retain=True)
    centre.close()
    again = connect("centre")
    assert again.subscribe("muster/1/up/#")
    assert again.publish("muster/1/up/07/centre/canary", b"")
    assert again.hears_before("muster/1/up/07/centre/canary") == set()


@pytest.mark.parametrize("number", range(len(WRONG_NAMES)), ids=WRONG_NAMES)
def test_a_name_that_means_more_than_itself_gains_nothing(number, connect, witness, mark):
    """No terminal bears such a name (`check_terminal_name`); this is what it would be worth."""
    wrong, centre = connect(WRONG_NAMES[number], f"wrong-{number}"), connect("centre")
    for topic in (
        "muster/1/up/07/gate-1/batch",
        "muster/1/up/07/gate-1/hello",
        "muster/1/state/gate-1",
        "muster/1/down/gate-1/ack",
        "muster/1/config/gate-1",
        "muster/1/host",
    ):
        assert not wrong.publish(topic, b"forged")
    mark()
    assert witness.hears_before(MARK) == set()
    wrong.subscribe("muster/1/host")
    wrong.subscribe("#")
    for topic in ("muster/1/down/gate-1/ack", "muster/1/config/gate-1"):
        assert centre.publish(topic, b"for gate-1")
    assert centre.publish("muster/1/host", b"for all")
    # One with + or # in its name is told nothing at all, so the answer to a subscription must be the end.
    wrong.subscribe("muster/1/host")
    heard = set()
    while not wrong.heard.empty():
        heard.add(wrong.heard.get()[0])
    assert heard <= {"muster/1/host"}


@pytest.mark.parametrize("name", ["gate-1", "centre"])
def test_whoever_gives_itself_out_as_another_takes_nothing_over(name, connect, broker, authority):
    genuine = connect(name)
    own = f"muster/1/down/{STRANGER}/ack"
    pretender = Client(broker, authority.folder, STRANGER, name)
    assert pretender.answer == "let in"
    assert not pretender.publish("muster/1/state/gate-1", b"forged")
    assert not pretender.publish("muster/1/host", b"forged")
    assert pretender.subscribe(wire.topic("#"))
    centre = genuine if name == "centre" else connect("centre")
    assert centre.publish("muster/1/down/gate-1/ack", b"for gate-1")
    assert centre.publish(own, b"for the stranger")
    assert pretender.hears_before(own) == set()
    assert genuine.answers.empty()
    pretender.close()
