from random import Random

from hypothesis import given
from hypothesis import strategies as st

from foundation.back_off import BackOff

BACK_OFF = BackOff(first_ms=200, longest_ms=2_000)


def test_each_pause_is_twice_the_one_before_up_to_the_longest():
    assert [BACK_OFF.pause_ms(failures) for failures in range(1, 7)] == [200, 400, 800, 1_600, 2_000, 2_000]


def test_a_failure_that_lasts_for_years_pauses_no_longer():
    assert BACK_OFF.pause_ms(10**9) == 2_000


@given(st.integers(1, 100), st.integers(0, 200), st.randoms(use_true_random=False))
def test_chance_keeps_between_its_bounds(failures, at_least_ms, random):
    pause_ms = BACK_OFF.random_pause_ms(failures, random, at_least_ms=at_least_ms)
    assert at_least_ms <= pause_ms <= BACK_OFF.pause_ms(failures)


def test_chance_spreads_over_all_that_lies_between():
    random = Random(1)
    pauses_ms = [BACK_OFF.random_pause_ms(9, random, at_least_ms=100) for _ in range(1_000)]
    assert min(pauses_ms) < 200
    assert max(pauses_ms) > 1_900
