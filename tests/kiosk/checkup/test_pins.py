"""Buzzer and lights, opened through gpiozero: its own pins for tests, and none on a machine without GPIO."""

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from drivers.settings import FeedbackSettings
from kiosk.checkup.check import Mark
from kiosk.checkup.pins import PinsSeen, judge_pins, look_at_pins
from tests.kiosk.checkup.said import codes

LINES = FeedbackSettings(buzzer=18, blue=23)


@pytest.fixture
def pins():
    """gpiozero's own stand-in for a Raspberry Pi's pins."""
    before = gpiozero.Device.pin_factory
    gpiozero.Device.pin_factory = MockFactory()
    yield gpiozero.Device.pin_factory
    gpiozero.Device.pin_factory.reset()
    gpiozero.Device.pin_factory = before


def judged(seen, *, has_chips=True):
    return judge_pins(seen, has_chips=has_chips)


def test_lines_that_open_are_given_back(pins):
    seen = look_at_pins(LINES, in_use=False)
    assert (seen.lines, seen.refused) == ((18, 23), "")
    assert judged(seen).mark is Mark.GOOD
    gpiozero.DigitalOutputDevice(18).close()


def test_a_line_that_somebody_has_is_told(pins):
    with gpiozero.DigitalOutputDevice(18):
        seen = look_at_pins(LINES, in_use=False)
    assert "GPIOPinInUse" in seen.refused


def test_lines_of_a_running_engine_are_left_alone(pins):
    with gpiozero.DigitalOutputDevice(18):
        assert look_at_pins(LINES, in_use=True).refused == ""


def test_without_lines_nothing_is_judged():
    assert look_at_pins(FeedbackSettings(), in_use=False) is None
    assert judged(None) is None


@pytest.mark.parametrize(
    ("seen", "has_chips", "told"),
    [
        (PinsSeen((18,), "", "BadPinFactory: x"), False, {"gpio_missing": "look"}),
        (PinsSeen((18,), "", "BadPinFactory: x"), True, {"pin_library_missing": "broken"}),
        (PinsSeen((18,), "lgpio", "error: busy"), True, {"pins_not_opened": "broken"}),
        (PinsSeen((18,), "", "", in_use=True), True, {"pin_library_missing": "look"}),
        (PinsSeen((18,), "lgpio", "", in_use=True), True, {}),
        (PinsSeen((18,), "lgpio"), True, {}),
    ],
)
def test_a_library_that_is_missing_is_told_from_lines_that_are(seen, has_chips, told):
    assert codes(judged(seen, has_chips=has_chips)) == told
