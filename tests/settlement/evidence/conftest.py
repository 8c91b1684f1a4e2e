"""Devices with real logs that all speak as one terminal, as copied cards and restored images do."""

import pytest

from tests.settlement.logged_device import LoggedDevice


@pytest.fixture
def devices(terminal, centre):
    """Makes devices that all speak as one terminal."""
    made = []

    def _device(file, **more):
        made.append(LoggedDevice(file, terminal, centre, **more))
        return made[-1].start()

    yield _device
    for one in made:
        one.stop()


@pytest.fixture
def device(devices, tmp_path):
    return devices(tmp_path / "log.db")
