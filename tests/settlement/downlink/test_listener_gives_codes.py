"""A listener as a process, beside a real Mosquitto: a code issued elsewhere reaches its terminal."""

import queue

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sync.contract import downlink, wire
from sync.contract.downlink import Command
from sync.contract.signing import SigningKey, VerifyKey
from tests.sync.patience import PATIENCE_S

LISTEN = """
import threading
from settlement.ingest.listener import run_listener
run_listener(settings, threading.Event())
"""
ISSUE = """
from settlement.codes.gateway import PrintingGateway
from settlement.codes.issuing import issue_code
from settlement.models import Credential, Site, Terminal, Volunteer
from foundation.clock import open_clock
from sync.contract.pseudonym import Subject, keyed_reference, load_key
from sync.contract.signing import SigningKey
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
key = SigningKey.generate().public.raw.hex()
Terminal.objects.create(id="north-gate", site=site, bucket="07", public_key=key, realm="live")
mei = Volunteer.objects.create(number=1001, display_name="Mei")
ref = keyed_reference(load_key(settings.path(settings.pseudonym_key_file)), Subject.PHONE, "+8613912345678")
Credential.objects.create(ref=ref, volunteer=mei, method="sms_in", assurance="low")
silent = PrintingGateway(lambda text: None)
print(issue_code(mei, site, "+8613912345678", silent, None, open_clock(None).wall_ms()).ref)
"""


@pytest.fixture
def heard(broker):
    """What the terminals of the broker are told."""
    told = queue.SimpleQueue()
    subscribed = queue.SimpleQueue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "ear")
    client.on_message = lambda _client, _userdata, message: told.put((message.topic, message.payload))
    client.on_subscribe = lambda *_: subscribed.put(True)
    client.connect("127.0.0.1", broker.port)
    client.subscribe([(wire.topic("down", "+", "command"), 1), (wire.topic("host"), 1)])
    client.loop_start()
    subscribed.get(timeout=PATIENCE_S)
    yield told
    client.disconnect()
    client.loop_stop()


def next_message(heard, ending):
    while True:
        topic, payload = heard.get(timeout=PATIENCE_S)
        if topic.endswith(ending):
            return payload


def test_a_listener_gives_a_code_that_another_process_issued(own_centre, broker, heard):
    own_centre.configure(
        f'[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
        'ca_file = ""\ncertificate_file = ""\nkey_file = ""\n'
    )
    listener = own_centre.start(LISTEN)
    try:
        next_message(heard, "/host")
        issued = own_centre.run(ISSUE).split()[-1]
        payload = next_message(heard, "/command")
    finally:
        listener.terminate()
        listener.wait(PATIENCE_S)
    centre: VerifyKey = SigningKey.load(own_centre.folder / "signing.pem").public
    command, _ = downlink.open_told(
        payload, Command, centre=centre, terminal="north-gate", realm=wire.Realm.LIVE
    )
    assert [code.ref for code in command.order.codes] == [issued]
