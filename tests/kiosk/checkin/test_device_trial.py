"""What a device reads while staff try it goes to them alone."""

import dataclasses

import pytest

from kiosk.checkin.device_trial import TRIED_WITHIN_MS, DeviceTrials
from tests.kiosk.samples import reading, token


class Engine:
    def __init__(self) -> None:
        self.delivered, self.unread, self.told = [], [], []
        self.trials = DeviceTrials(self.deliver, self.unread.append)

    def deliver(self, one) -> bool:
        self.delivered.append(one)
        return True

    def begin(self, device, mono_ms=0) -> None:
        self.trials.begin(device, mono_ms, self.told.append, lambda: self.told.append("missed"))


@pytest.fixture
def engine():
    return Engine()


SHOWN = reading(token(1))


def test_one_reading_goes_to_whoever_tries_the_device_and_the_next_to_the_engine(engine):
    engine.begin(SHOWN.device)
    assert engine.trials.deliver(SHOWN)
    assert (engine.told, engine.delivered) == ([SHOWN], [])
    engine.trials.deliver(SHOWN)
    assert (engine.told, engine.delivered) == ([SHOWN], [SHOWN])


def test_other_devices_go_on_and_so_does_what_a_camera_sees_again(engine):
    engine.begin(SHOWN.device)
    other = dataclasses.replace(SHOWN, device="other")
    again = dataclasses.replace(SHOWN, again=True)
    for one in (other, again):
        engine.trials.deliver(one)
    assert (engine.told, engine.delivered) == ([], [other, again])


def test_what_can_not_be_read_is_told_too(engine):
    engine.begin("scanner")
    engine.trials.unreadable("scanner")
    engine.trials.unreadable("scanner")
    assert (engine.told, engine.unread) == ([None], ["scanner"])


def test_a_trial_ends_after_half_a_minute_or_with_the_next(engine):
    engine.begin(SHOWN.device)
    engine.trials.beat(TRIED_WITHIN_MS - 1)
    assert not engine.told
    engine.trials.beat(TRIED_WITHIN_MS)
    engine.trials.deliver(SHOWN)
    assert (engine.told, engine.delivered) == (["missed"], [SHOWN])
    engine.begin("scanner")
    engine.begin("camera")
    assert engine.told == ["missed", "missed"]
