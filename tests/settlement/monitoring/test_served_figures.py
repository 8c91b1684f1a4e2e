"""The figures of each service as Prometheus finds them, while the services really run."""

import http.client
import json
import subprocess
import sys
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sync.contract import wire
from sync.contract.signing import SigningKey
from tests.prometheus import samples_at
from tests.settlement.own_centre import IN_PLAIN, ONE_HOUR, OwnCentre
from tests.settlement.paper_terminal import PaperTerminal
from tests.settlement.real_broker import free_port
from tests.sync.patience import PATIENCE_S, until

SEED = """
from settlement.models import Activity, Site, Terminal, Volunteer
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
keys = {{"north-gate": {key!r}, "east-gate": {east!r}, "old-gate": {old!r}}}
for name, key in keys.items():
    revoked = 5 if name == "old-gate" else None
    Terminal.objects.create(id=name, site=site, bucket="07", public_key=key, realm="live", revoked_ms=revoked)
Volunteer.objects.create(number=1001, display_name="Mei")
Activity.objects.create(id="fair", site=site, title="Lantern fair")
"""


@pytest.fixture
def start(own_centre: OwnCentre):
    """Start a service of the centre with its figures at a free port; returns the port."""
    running = []

    def _start(command, service, more=""):
        port = free_port()
        ports = {"listener": 0, "settler": 0, "web": 0, service: port}
        lines = "".join(f"{name} = {value}\n" for name, value in ports.items())
        own_centre.configure(f"[metrics]\n{lines}{more}")
        command_line = [sys.executable, "-m", "muster", command, "--config", str(own_centre.config)]
        running.append(subprocess.Popen(command_line, stdout=subprocess.DEVNULL))
        return port

    yield _start
    for process in running:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture
def line(broker):
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    yield lambda topic, payload, **more: client.publish(topic, payload, qos=1, **more).wait_for_publish(
        PATIENCE_S
    )
    client.disconnect()
    client.loop_stop()


def test_the_listeners_figures_follow_what_terminals_send(own_centre: OwnCentre, start, broker, line):
    paper = PaperTerminal()
    keys = {name: SigningKey.generate().public.raw.hex() for name in ("east", "old")}
    own_centre.run(SEED.format(key=paper.key.public.raw.hex(), **keys))
    paper.start()
    paper.check_in()
    online = json.dumps({"v": 1, "state": "online", "terminal": "north-gate", "session": "x"}).encode()
    line(wire.topic("state", "north-gate"), online, retain=True)
    line(wire.topic("state", "not-ours"), online, retain=True)
    port = start(
        "listen",
        "listener",
        f'[broker]\nhost = "127.0.0.1"\nport = {broker.port}\nshortest_pause_ms = 50\n{IN_PLAIN}',
    )
    until(lambda: samples_at(port).get(("muster_centre_buckets",)) == 64)
    assert ("muster_centre_seconds_since_batch",) not in samples_at(port)
    line(paper.batch_topic, paper.batch())
    line(paper.batch_topic, b"\x00 junk")
    line("muster/1/up/07/nobody-known/batch", paper.batch())
    line("muster/1/up/07/nobody-known/strange", b"x")
    until(lambda: any(key[1:2] == ("other",) for key in samples_at(port)))
    figures = samples_at(port)
    since_batch = figures.pop(("muster_centre_seconds_since_batch",))
    assert 0 <= since_batch < PATIENCE_S
    days = {whose: figures.pop(("muster_centre_certificate_days", whose)) for whose in
            ("authority", "broker", "listener")}  # fmt: skip
    assert days == {"authority": 7299, "broker": 729, "listener": 729}
    assert figures == {
        ("muster_centre_messages_total", "batch", "taken"): 1,
        ("muster_centre_messages_total", "batch", "malformed"): 1,
        ("muster_centre_messages_total", "batch", "auth"): 1,
        ("muster_centre_messages_total", "other", "malformed"): 1,
        ("muster_centre_ingest_queue",): 0,
        ("muster_centre_messages_unread_total",): 0,
        ("muster_centre_broker_connected",): 1,
        ("muster_centre_buckets",): 64,
        ("muster_centre_events_total",): 2,
        ("muster_centre_quarantine_rows", "malformed"): 2,
        ("muster_centre_quarantine_rows", "auth"): 1,
        ("muster_centre_terminals", "online"): 1,
        ("muster_centre_terminals", "offline"): 0,
        ("muster_centre_terminals", "unknown"): 1,
        ("muster_centre_terminals_revoked",): 1,
        ("muster_centre_database_reachable",): 1,
    }
    line(wire.topic("state", "north-gate"), online.replace(b"online", b"offline"), retain=True)
    until(lambda: samples_at(port)["muster_centre_terminals", "offline"] == 1)
    broker.stop()
    until(lambda: samples_at(port)["muster_centre_broker_connected",] == 0)
    until(lambda: samples_at(port)["muster_centre_terminals", "unknown"] == 2)


MARK = """
from settlement.models import Unsettled, Volunteer
from settlement.evidence.attribution import mark_unsettled
from django.db import transaction
with transaction.atomic():
    mark_unsettled({1001}, 1)
"""


def test_the_settlers_figures_tell_who_waits_and_what_was_settled(own_centre: OwnCentre, start):
    own_centre.run(ONE_HOUR)
    own_centre.run(MARK)
    port = start("settle", "settler")
    figures = until(lambda: _where(samples_at(port), "muster_centre_settled_total"))
    assert figures["muster_centre_database_reachable",] == 1
    until(lambda: samples_at(port)["muster_centre_unsettled_volunteers",] == 0)
    assert samples_at(port)["muster_centre_oldest_unsettled_seconds",] == 0


def _where(figures, name):
    return figures if any(key[0] == name for key in figures) else None


def test_the_pages_figures_count_answers_by_status(own_centre: OwnCentre, start):
    pages = free_port()
    port = start("web", "web", f"[web]\nport = {pages}\n")
    until(lambda: samples_at(port))
    assert _get(pages, "/certificate/") == 200
    assert _get(pages, "/nowhere") == 404
    assert _get(pages, "/healthz") == 200
    figures = until(lambda: _where(samples_at(port), "muster_centre_web_requests_total"))
    assert figures == {
        ("muster_centre_web_requests_total", "200"): 1,
        ("muster_centre_web_requests_total", "404"): 1,
        ("muster_centre_database_reachable",): 1,
    }


def _get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_nobody_but_this_machine_may_ask(own_centre: OwnCentre, start):
    port = start("settle", "settler")
    until(lambda: samples_at(port))
    table = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()
    listening = [row.split()[1] for row in table if row.split()[3] == "0A"]
    assert [place for place in listening if place.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
