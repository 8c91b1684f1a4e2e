import pytest

from sync.line.take_overs import TakeOvers

MINUTE_MS = 60_000


def seen_at(*times_ms):
    seen = TakeOvers()
    for now_ms in times_ms:
        seen.lost(now_ms, told=True)
    return seen


def test_one_or_two_may_be_our_own_broken_line():
    assert not TakeOvers().are_a_quarrel(0)
    assert not seen_at(0).are_a_quarrel(0)
    assert not seen_at(0, 1000).are_a_quarrel(1000)


def test_three_within_ten_minutes_are_another_device_until_ten_minutes_have_passed():
    seen = seen_at(0, 1000, 10 * MINUTE_MS)
    assert seen.are_a_quarrel(10 * MINUTE_MS)
    assert seen.are_a_quarrel(20 * MINUTE_MS)
    assert not seen.are_a_quarrel(20 * MINUTE_MS + 1)


def test_three_within_an_hour_are_none():
    assert not seen_at(0, 20 * MINUTE_MS, 40 * MINUTE_MS).are_a_quarrel(40 * MINUTE_MS)


@pytest.mark.parametrize("told", [True, False])
def test_a_loss_counts_once_whether_the_broker_says_it_or_what_stands_there_or_both(told):
    seen = TakeOvers()
    for now_ms in range(3):
        assert not seen.are_a_quarrel(now_ms)
        seen.lost(now_ms, told=told)
        seen.found_stranger(now_ms)
        seen.found_stranger(now_ms)
    assert seen.are_a_quarrel(3)


def test_what_the_process_before_left_is_no_stranger():
    seen = TakeOvers()
    seen.found_stranger(0)
    for now_ms in (1, 2):
        seen.lost(now_ms, told=False)
        seen.found_stranger(now_ms)
    assert not seen.are_a_quarrel(2)
    seen.lost(3, told=False)
    seen.found_stranger(3)
    assert seen.are_a_quarrel(3)
