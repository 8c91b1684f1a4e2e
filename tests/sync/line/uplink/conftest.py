"""A small centre and uplinks at a real mosquitto; no timer runs out that a test doesn't set."""

import pytest

from foundation.back_off import BackOff
from sync.line import delivery
from tests.sync.line.uplink.running_uplink import RunningUplink
from tests.sync.small_centre import SmallCentre


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
