"""Bringing messages to the centre as the listener does, a minute after noon."""

import shutil
import subprocess

import pytest

from tests.settlement.ingest.live_listener import KEY, SEED, CentreFolder, Line
from tests.sync.patience import PATIENCE_S


@pytest.fixture
def take(centre, noon_ms):
    from settlement.ingest.ingest import ingest

    def _take(topic, payload, received_ms=noon_ms + 60_000):
        return ingest(topic, payload, received_ms, centre=centre)

    return _take


@pytest.fixture
def send(take, terminal):
    """Sends a stretch of the terminal's log."""

    def _send(first=1, last=None, **changes):
        return take(terminal.batch_topic, terminal.batch(first, last, **changes))

    return _send


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """A centre with one enrolled terminal, made once and copied for each test."""
    folder = CentreFolder(tmp_path_factory.mktemp("seeded"))
    folder.configure(1883)
    subprocess.run(
        folder.run(SEED, KEY.public.raw.hex()), check=True, timeout=PATIENCE_S, capture_output=True
    )
    return folder.folder


@pytest.fixture
def folder(seeded, tmp_path):
    made = CentreFolder(tmp_path / "centre")
    shutil.copytree(seeded, made.folder)
    yield made
    made.stop()


@pytest.fixture
def paper(paper_terminal):
    paper = paper_terminal()
    paper.key = KEY
    paper.start()
    for _ in range(3):
        paper.check_in()
    return paper


@pytest.fixture
def connect(broker, folder):
    lines = []

    def _connect():
        lines.append(Line(broker.port, folder.public_key))
        return lines[-1]

    yield _connect
    for line in lines:
        line.close()
