"""Brokers of several nodes: what of the list they keep, and a node killed under load. Minutes each: slow."""

import pytest

from foundation.words import Words
from sync.conformance.rows import Row
from tests.clusters.line import ClusterLine
from tests.clusters.nodes import HOSTS, NotInstalledError
from tests.clusters.play import BROKERS, play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SAME = {
    Row.MQTT_5: "!",
    Row.CLIENT_ID: "✖",
    Row.SHARED: "!",
}
OTHERWISE = {
    "rabbitmq": {**SAME, Row.RETAINED: "!"},
    "nats": {**SAME, Row.RETAINED_UP: "!"},
}
"""Which rows do not hold there; the terminals of the check come to another node than its centre."""


def marks_in(told):
    """The mark of each row in what `muster broker check` prints."""
    titles = {Words("en").say(f"broker-row-{row}"): row for row in Row}
    lines = (line for line in told.splitlines() if line[:1] in set("✔✖!·") and line[1:2] == " ")
    return {titles[line[2:].partition(" (")[0]]: line[0] for line in lines}


@pytest.mark.parametrize("broker", BROKERS)
def test_the_check_says_what_a_cluster_does_not_keep(broker, tmp_path):
    try:
        line = ClusterLine(tmp_path, BROKERS[broker])
    except NotInstalledError as missing:
        pytest.skip(str(missing))
    try:
        line.start()
        done = line.check("--terminals-at", f"mqtts://{HOSTS[1]}:{line.broker.port}")
        assert marks_in(done.stdout) == {**dict.fromkeys(Row, "✔"), **OTHERWISE[broker]}, done.stdout
        assert done.returncode == 1
        assert not line.doubled()
    finally:
        line.stop()


@pytest.mark.parametrize("broker", BROKERS)
def test_the_listeners_node_is_killed_and_it_costs_nothing(broker, tmp_path):
    try:
        played = play(broker, None, tmp_path)
    except NotInstalledError as missing:
        pytest.skip(str(missing))
    assert played.shown > 50
    assert played.is_well, played
