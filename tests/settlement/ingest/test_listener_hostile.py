"""What one terminal can do to all others, with a real Mosquitto between: nothing, whatever it sends."""

import time

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from settlement.ingest import admission
from tests.sync.live_broker import LiveBroker
from tests.sync.patience import PATIENCE_S, until

EVIL = "muster/1/up/01/evil/batch"
QUICK_CANARY = """
import sys, threading
from pathlib import Path
from settlement.ingest import canary
canary.EVERY_S = 0.2
from settlement.setup import start
settings = start(Path(sys.argv[1]))
from settlement.ingest.listener import run_listener
run_listener(settings, threading.Event())
"""


def acknowledged(line, paper):
    """Up to which event of an honest terminal the centre has acknowledged, whatever others hear."""
    line.send(paper.batch_topic, paper.batch())
    while (ack := line.ack()).terminal != "north-gate" or not ack.contiguous:
        pass
    return ack.contiguous


def test_messages_of_quality_0_neither_end_the_connection_nor_are_taken(broker, folder, connect, paper):
    folder.configure(broker.port)
    folder.listen()
    line, evil = connect(), connect()
    line.host("online")
    for _ in range(20):
        evil.client.publish(EVIL, b"x", qos=0).wait_for_publish(PATIENCE_S)
        evil.client.publish(paper.batch_topic, paper.batch(1, 2), qos=0).wait_for_publish(PATIENCE_S)
    assert acknowledged(line, paper) == 4
    assert folder.rows("SELECT count(*) FROM settlement_quarantine") == [(0,)]
    assert (folder.logged("broker_away"), folder.logged("broker_connected")) == (0, 1)


def test_a_flood_of_junk_is_answered_and_kept_within_a_budget_and_hides_nobody(
    broker, folder, connect, paper
):
    folder.configure(broker.port)
    folder.listen()
    line, evil = connect(), connect()
    line.host("online")
    sent = [evil.client.publish(EVIL, f"junk {number}".encode(), qos=1) for number in range(3_000)]
    assert acknowledged(line, paper) == 4
    for message in sent:
        message.wait_for_publish(PATIENCE_S)
    until(lambda: folder.logged("terminal_sends_too_much"))
    until(lambda: folder.rows("SELECT count(*) FROM settlement_quarantine") != [(0,)])
    ((kept,),) = folder.rows("SELECT sum(times) FROM settlement_quarantine")
    assert kept <= admission.JUNK.at_once + (time.monotonic() - folder.began_s) / admission.JUNK.every_s + 1


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_nothing_that_comes_up_is_kept_by_the_broker(version, broker, folder, connect, paper):
    line = connect()
    for kind in ("batch", "hello", "renewal"):
        line.client.publish(f"muster/1/up/01/evil/{kind}", b"x" * 1000, qos=1, retain=True).wait_for_publish(
            PATIENCE_S
        )
    folder.configure(broker.port, version)
    folder.listen()
    line.host("online")
    assert acknowledged(line, paper) == 4
    until(lambda: not retained(broker, "muster/1/up/#"))


def test_what_is_retained_while_it_listens_is_emptied_at_once(broker, folder, connect, paper):
    folder.configure(broker.port)
    folder.listen()
    line = connect()
    line.host("online")
    line.client.publish(EVIL, b"x", qos=1, retain=True).wait_for_publish(PATIENCE_S)
    until(lambda: not retained(broker, "muster/1/up/#"))


def retained(broker, topics):
    """What somebody who comes now is told of the past."""
    heard, granted = [], []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_connect = lambda client, *_: client.subscribe([(topics, 1), ("last", 1)])
    client.on_subscribe = lambda client, *_: client.publish("last", b"", qos=1)
    client.on_message = lambda _client, _data, message: (
        granted.append(message) if message.topic == "last" else heard.append(message.topic)
    )
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    until(lambda: granted)
    client.disconnect()
    client.loop_stop()
    return heard


def test_a_subscription_that_is_granted_and_deaf_is_noticed_and_made_anew(tmp_path, folder):
    (tmp_path / "acl").write_text("topic write muster/#\n")
    deaf = LiveBroker(tmp_path, "allow_anonymous true", f"acl_file {tmp_path}/acl")
    deaf.start()
    folder.configure(deaf.port)
    folder.listen(QUICK_CANARY)
    until(lambda: folder.logged("subscription_is_deaf") >= 2)
    assert folder.logged("broker_connected") >= 2
    deaf.kill()


def test_one_that_hears_itself_stays(broker, folder, connect):
    folder.configure(broker.port)
    line = connect()
    line.client.subscribe("muster/1/up/#", qos=1)
    canaries = []
    line.client.message_callback_add("muster/1/up/00/centre/canary", lambda *_: canaries.append(1))
    folder.listen(QUICK_CANARY)
    until(lambda: len(canaries) >= 5)
    assert not folder.logged("subscription_is_deaf")
    assert folder.logged("broker_connected") == 1
