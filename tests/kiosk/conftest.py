"""Engines that end with their test."""

import pytest

from tests.kiosk.running_engine import RunningEngine
from tests.sync.small_disk import small_disk


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(folder=tmp_path, **more) -> RunningEngine:
        started.append(RunningEngine(folder, **more).start())
        return started[-1]

    yield begin
    for one in started:
        one.stop()


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk") as folder:
        yield folder
