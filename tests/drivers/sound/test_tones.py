import array

import pytest

from drivers.rhythms import PATTERNS, Signal
from drivers.sound.tones import SAMPLES_S, seconds_of, tone


def loud_stretches(played):
    """How many milliseconds each beep lasts, silence of over 20 ms between them."""
    values, stretches, begin, last = array.array("h", played), [], None, 0
    for number, value in enumerate(values):
        if abs(value) > 300:
            begin = number if begin is None else begin
            last = number
        elif begin is not None and number - last > SAMPLES_S // 50:
            stretches.append((last - begin) * 1000 / SAMPLES_S)
            begin = None
    return stretches


@pytest.mark.parametrize("signal", Signal)
def test_a_tone_has_the_rhythm_of_buzzer_and_lights(signal):
    heard = loud_stretches(tone(signal, 80))
    assert heard == pytest.approx(list(PATTERNS[signal].beeps[::2]), abs=4)


def test_no_tone_is_louder_than_a_sample_can_say_and_the_volume_counts():
    loud, soft = (max(array.array("h", tone(Signal.REFUSED, volume))) for volume in (100, 10))
    assert 25_000 < loud < 32_767
    assert soft == pytest.approx(loud / 10, abs=2)


def test_a_tone_lasts_as_long_as_its_rhythm_and_a_little_silence():
    assert seconds_of(tone(Signal.NOT_RECORDED, 80)) == pytest.approx(1.13, abs=0.01)
