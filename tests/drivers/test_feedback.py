import itertools

import gpiozero
import msgspec
import pytest
from gpiozero.pins.mock import MockFactory
from structlog.testing import capture_logs

from drivers import rhythms
from drivers.feedback import Feedback, GpioOutputs, NoOutputs, open_outputs
from drivers.rhythms import LIGHT_MS, PATTERNS, Pattern, Signal, moments
from drivers.settings import FeedbackSettings

CONNECTED = FeedbackSettings(buzzer=17, blue=27, vermilion=22)


def rhythm(signal):
    """The sound of a signal: milliseconds on and off in turn, until the last sound ends."""
    runs = [
        (sound, sum(moment.milliseconds for moment in run))
        for sound, run in itertools.groupby(moments(PATTERNS[signal]), key=lambda moment: moment.sound)
    ]
    return runs if runs[-1][0] else runs[:-1]


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_has_a_rhythm_of_its_own(signal):
    assert [rhythm(other) for other in Signal].count(rhythm(signal)) == 1


@pytest.mark.parametrize("signal", Signal)
def test_a_signal_sounds_as_its_pattern_says(signal):
    assert [sound for sound, _ in rhythm(signal)] == [True, False, True, False, True][: len(rhythm(signal))]
    assert tuple(milliseconds for _, milliseconds in rhythm(signal)) == PATTERNS[signal].beeps


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_lasts_as_long_and_ends(signal):
    assert sum(moment.milliseconds for moment in moments(PATTERNS[signal])) == LIGHT_MS


def test_success_and_refusal_differ_in_colour():
    blue_only = {signal for signal, pattern in PATTERNS.items() if pattern.blue and not pattern.vermilion}
    vermilion_only = {
        signal for signal, pattern in PATTERNS.items() if pattern.vermilion and not pattern.blue
    }
    assert blue_only == {Signal.ACCEPTED_IN, Signal.ACCEPTED_OUT}
    assert vermilion_only == {Signal.REFUSED, Signal.UNREADABLE, Signal.NOT_RECORDED}


@pytest.mark.parametrize("signal", Signal)
def test_nothing_flashes_more_than_three_times_a_second(signal):
    timeline = moments(PATTERNS[signal])
    lit = [moment.vermilion or moment.blue for moment in timeline]
    begins = sum(now and not before for before, now in zip([False, *lit], lit, strict=False))
    assert begins * 1000 <= 3 * LIGHT_MS


def test_only_a_scan_that_was_not_recorded_flashes():
    assert [signal for signal, pattern in PATTERNS.items() if pattern.flashing] == [Signal.NOT_RECORDED]
    assert {moment.vermilion for moment in moments(PATTERNS[Signal.NOT_RECORDED])} == {True, False}


@pytest.fixture
def gpio(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


@pytest.fixture
def short_lights(monkeypatch):
    monkeypatch.setattr(rhythms, "LIGHT_MS", 60)


@pytest.fixture
def long_lights(monkeypatch):
    """A signal lasts until the next one, however seldom somebody looks."""
    monkeypatch.setattr(rhythms, "LIGHT_MS", 3_600_000)


LONG = {signal: Pattern((3_600_000,), blue=True) for signal in Signal}
QUICK = {signal: Pattern((10, 10, 10), blue=True) for signal in Signal}


def states(pin):
    return [state.state for state in pin.states]


def test_it_plays_a_signal_on_gpio_lines(gpio, short_lights, until):
    feedback = Feedback(open_outputs(CONNECTED), QUICK)
    feedback.show(Signal.ACCEPTED_IN)
    until(lambda: states(gpio.pin(27)) == [False, True, False], "the light went out")
    assert states(gpio.pin(17)) == [False, True, False, True, False]
    assert states(gpio.pin(22)) == [False]
    feedback.stop()


def test_the_latest_signal_wins(gpio, long_lights, until):
    feedback = Feedback(open_outputs(CONNECTED))
    feedback.show(Signal.ACCEPTED_IN)
    until(lambda: gpio.pin(27).state)
    feedback.show(Signal.REFUSED)
    until(lambda: gpio.pin(22).state)
    assert not gpio.pin(27).state
    feedback.stop()


def test_stopping_leaves_everything_off_and_the_lines_free(gpio, long_lights, until):
    feedback = Feedback(open_outputs(CONNECTED), LONG)
    feedback.show(Signal.NOT_RECORDED)
    until(lambda: gpio.pin(17).state)
    feedback.stop()
    assert not any(gpio.pin(number).state for number in (17, 27, 22))
    GpioOutputs(CONNECTED).close()


def test_it_leaves_out_what_is_not_connected(gpio, long_lights, until):
    feedback = Feedback(open_outputs(FeedbackSettings(blue=27)))
    feedback.show(Signal.ACCEPTED_IN)
    until(lambda: gpio.pin(27).state)
    feedback.stop()


def test_it_is_silent_where_there_is_no_gpio(monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    with capture_logs() as logs:
        outputs = open_outputs(CONNECTED)
    assert isinstance(outputs, NoOutputs)
    assert [entry["event"] for entry in logs] == ["feedback_silent"]


def test_it_is_silent_when_a_line_is_taken_and_gives_the_others_back(gpio):
    taken = gpiozero.DigitalOutputDevice(22)
    with capture_logs():
        assert isinstance(open_outputs(CONNECTED), NoOutputs)
    gpiozero.DigitalOutputDevice(17).close()
    taken.close()


def test_it_tries_no_gpio_where_nothing_is_connected():
    with capture_logs() as logs:
        assert isinstance(open_outputs(FeedbackSettings()), NoOutputs)
    assert logs == []


def test_a_line_that_fails_ends_the_signals_and_nothing_else(until):
    class Broken(NoOutputs):
        def set(self, **_):
            raise OSError("gone")

    with capture_logs() as logs:
        feedback = Feedback(Broken())
        feedback.show(Signal.REFUSED)
        until(lambda: logs)
        feedback.show(Signal.REFUSED)
        feedback.stop()
    assert [entry["event"] for entry in logs] == ["feedback_failed"]


def test_without_outputs_signals_are_played_to_nobody(gpio, short_lights, until):
    class Deserted(NoOutputs):
        closed = False

        def set(self, **what):
            played.append(what)
            super().set(**what)

        def close(self):
            self.closed = True

    played, outputs = [], Deserted()
    with capture_logs() as logs:
        feedback = Feedback(outputs, QUICK)
        feedback.show(Signal.ACCEPTED_IN)
        until(lambda: played and not any(played[-1].values()), "it was played to its end")
        feedback.stop()
    assert played[0] == {"sound": True, "blue": True, "vermilion": False}
    assert outputs.closed
    assert logs == []


@pytest.mark.parametrize("wrong", [{"buzzer": 28}, {"blue": -1}, {"green": 4}])
def test_its_settings_refuse_what_makes_no_sense(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, FeedbackSettings)
