"""The whole way, with real parts: what people present becomes hours, whatever happens on the way."""

import json
import re
import socket
import sqlite3
import subprocess
import sys

import pytest

from muster.demo.day import DEVICES
from sync.log.reader import LogReader
from tests.sync import asyncapi_document
from tests.sync.patience import PATIENCE_S

TERMINAL = "demo-north-gate"
DAY_WITHIN_S = 900


def play(folder, *options):
    """Play the demo's day in `folder`; returns what it printed."""
    played = subprocess.run(
        [sys.executable, "-m", "muster", "demo", "--folder", str(folder), *options],
        capture_output=True,
        text=True,
        timeout=DAY_WITHIN_S,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    return played.stdout


def events_in_the_log(folder):
    reader = LogReader(folder / "state" / "log.db", TERMINAL)
    return {
        (head.epoch, head.oldest + place): encoded
        for head in reader.heads()
        for place, encoded in enumerate(
            reader.stretch(head.epoch, head.oldest - 1, max_events=10_000, max_bytes=10**9).events
        )
    }


def events_at_the_centre(folder):
    with sqlite3.connect(folder / "centre" / "centre.sqlite3") as database:
        rows = database.execute(
            "SELECT chain.epoch, event.seq, event.raw FROM settlement_event AS event"
            " JOIN settlement_chain AS chain ON chain.id = event.chain_id"
        ).fetchall()
    assert len(rows) == len({(epoch, seq) for epoch, seq, _ in rows})
    return {(epoch, seq): bytes(encoded) for epoch, seq, encoded in rows}


@pytest.mark.timeout(DAY_WITHIN_S)
@pytest.mark.long
def test_every_message_twice_junk_between_and_every_cable_pulled_change_no_second(tmp_path):
    folder = tmp_path / "day"
    printed = play(folder, "--double", "--unplug")
    assert printed.rstrip().endswith("expected = settled")
    assert set(re.findall(r"the ([\w-]+) was unplugged", printed)) == set(DEVICES.values())
    logged = events_in_the_log(folder)
    assert len(logged) > 20
    assert events_at_the_centre(folder) == logged
    carried = [json.loads(line) for line in (folder / "broker" / "carried.jsonl").read_text().splitlines()]
    assert {message["topic"].rpartition("/")[2] for message in carried} >= {"hello", "batch", "ack", "host"}
    for message in carried:
        asyncapi_document.validate(message["topic"], message["payload"])


@pytest.mark.timeout(DAY_WITHIN_S)
def test_kill_9_of_every_process_in_the_middle_of_the_day_changes_no_second(tmp_path):
    folder = tmp_path / "day"
    victims = ("engine", "uplink", "listener", "mosquitto")
    printed = play(folder, *(f"--kill={victim}" for victim in victims))
    assert printed.rstrip().endswith("expected = settled")
    assert re.findall(r"kill -9 of (\w+)", printed) == list(victims)
    assert "events were kept safe meanwhile" in printed
    assert events_at_the_centre(folder) == events_in_the_log(folder)
    epochs = {epoch for epoch, _ in events_in_the_log(folder)}
    assert len(epochs) == 3  # of the evening before, of the killed engine and of the next one


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "muster", "demo", "--folder", str(tmp_path / "day"), f"--web-port={port}"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert refused.returncode == 1
    assert f"Port {port} can't be used for the page" in refused.stderr
    assert "choose another port" in refused.stderr
