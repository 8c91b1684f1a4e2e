import pytest

from kiosk.clock.jumps import ClockJump, ClockWatch
from tests.kiosk.stepped_clock import BOOTED_MS, SteppedClock

JUMP_MS = 2_000
QUIET_MS = 60_000


class Watch:
    def __init__(self):
        self._watch = ClockWatch()

    def look(self, mono_ms, wall_ms, stalls_ms=0):
        return self._watch.look(SteppedClock(mono_ms, wall_ms, stalls_ms))


@pytest.fixture
def watch():
    watch = Watch()
    assert watch.look(0, BOOTED_MS) is None
    return watch


def test_time_that_passes_is_no_jump(watch):
    assert [watch.look(mono_ms, BOOTED_MS + mono_ms) for mono_ms in (250, 500, 90_000_000)] == [None] * 3


@pytest.mark.parametrize("step_ms", [JUMP_MS, -JUMP_MS, 31_536_000_000, -BOOTED_MS])
def test_a_clock_that_is_set_is_noticed_once_with_both_offsets(watch, step_ms):
    assert watch.look(250, BOOTED_MS + 250 + step_ms) == ClockJump(BOOTED_MS, BOOTED_MS + step_ms)
    assert watch.look(QUIET_MS * 2, BOOTED_MS + QUIET_MS * 2 + step_ms) is None


def test_what_ntp_slews_is_no_jump_however_far_it_goes(watch):
    for look in range(1, 100):
        assert watch.look(look * 250, BOOTED_MS + look * (250 + JUMP_MS - 1)) is None


def test_a_clock_that_flaps_is_told_once_a_minute(watch):
    told = [
        watch.look(mono_ms, BOOTED_MS + mono_ms + (5_000 if mono_ms // 1000 % 2 else 0))
        for mono_ms in range(1_000, 3 * QUIET_MS, 1_000)
    ]
    assert 1 <= sum(jump is not None for jump in told) <= 3


def test_what_jumped_in_the_quiet_minute_is_told_after_it(watch):
    assert watch.look(1_000, BOOTED_MS + 11_000) is not None
    assert watch.look(2_000, BOOTED_MS + 32_000) is None
    assert watch.look(3_000, BOOTED_MS + 53_000) is None
    assert watch.look(999 + QUIET_MS, BOOTED_MS + 50_999 + QUIET_MS) is None
    told = watch.look(1_000 + QUIET_MS, BOOTED_MS + 51_000 + QUIET_MS)
    assert told == ClockJump(BOOTED_MS + 10_000, BOOTED_MS + 50_000)


def test_a_clock_that_was_set_back_at_once_is_not_told(watch):
    assert watch.look(1_000, BOOTED_MS + 11_000) is not None
    assert watch.look(2_000, BOOTED_MS + 32_000) is None
    assert watch.look(3_000, BOOTED_MS + 13_000) is None
    assert watch.look(2 * QUIET_MS, BOOTED_MS + 2 * QUIET_MS + 10_000) is None


def test_a_process_that_stood_still_between_both_readings_sees_no_jump(watch):
    assert watch.look(250, BOOTED_MS + 250, stalls_ms=9_000) is None
    assert watch.look(9_500, BOOTED_MS + 9_500) is None


def test_its_words_name_both_offsets():
    assert ClockJump(5, -7).detail == "offset 5 ms -> -7 ms"
