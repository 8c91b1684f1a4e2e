"""What the tests of drivers share: an engine that takes readings, a clock that is moved by hand, patience."""

import time
from dataclasses import dataclass, field

import pytest

from drivers.reading import DeviceState, Instant, Reading
from tests.sync.patience import PATIENCE_S


@dataclass
class TakingEngine:
    """Takes readings as the engine does, and refuses them while its queue is full."""

    readings: list[Reading] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    full: bool = False

    def deliver(self, reading):
        if self.full:
            return False
        self.readings.append(reading)
        return True

    def cannot_read(self, device):
        self.unreadable.append(device)

    def payloads(self):
        return [reading.payload.reveal() for reading in self.readings]


@dataclass
class HandClock:
    """Stands still until it is moved."""

    mono_ms: int = 1_000_000
    wall_ms: int = 1_795_300_000_000

    def __call__(self):
        return Instant(self.mono_ms, self.wall_ms)

    def move(self, ms):
        self.mono_ms += ms
        self.wall_ms += ms


@pytest.fixture
def engine():
    return TakingEngine()


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def until():
    """Wait for something that a driver's thread is about to do."""

    def wait(happened, what="it happened"):
        give_up_at = time.monotonic() + PATIENCE_S
        while not happened():
            if time.monotonic() > give_up_at:
                pytest.fail(f"Waited in vain until {what}.")
            time.sleep(0.005)

    return wait


@pytest.fixture
def running(until):
    """Start drivers, wait until each is ready, and stop them when the test ends."""
    started = []

    def run(driver, *, ready=True):
        driver.start()
        started.append(driver)
        if ready:
            until(lambda: driver.health().state is DeviceState.READY, "the driver was ready")
        return driver

    yield run
    for driver in started:
        driver.stop()


@pytest.fixture
def in_pieces():
    """Every way to cut bytes that the tests of parsers use: whole, byte by byte, and in two at each place."""

    def cut(data):
        yield [data]
        yield [bytes([byte]) for byte in data]
        for place in range(1, len(data)):
            yield [data[:place], data[place:]]

    return cut
