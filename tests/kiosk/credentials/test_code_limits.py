from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials.code_limits import (
    FREE_TRIES,
    KEYPADS,
    CodeLimits,
    Tries,
    WrongTry,
    place_of,
    remembered,
)
from sync.contract.events import Assurance, Credential, Method

BOOT, OTHER_BOOT = "a" * 32, "b" * 32
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


def tried(*times_ms: int, tries: Tries | None = None) -> Tries:
    tries = tries or Tries()
    for now_ms in times_ms:
        tries = tries.after_wrong(now_ms)
    return tries


def at_the_first_chance(until_ms: int, tries: Tries | None = None) -> list[int]:
    """When somebody tries who never waits longer than they must."""
    tries, now_ms, times = tries or Tries(), 0, []
    while now_ms < until_ms:
        times.append(now_ms)
        tries = tries.after_wrong(now_ms)
        now_ms += tries.pause_ms(now_ms)
    return times


def test_nobody_waits_before_the_fifth_wrong_try():
    assert [tried(*[0] * count).pause_ms(0) for count in range(5)] == [0] * 5
    assert [tried(*[0] * count).left(0) for count in range(7)] == [5, 4, 3, 2, 1, 0, 0]


def test_pauses_grow_with_each_wrong_try():
    times = at_the_first_chance(11 * MINUTE)
    assert [later - one for one, later in pairwise(times)][4:8] == [30_000, 60_000, 120_000, 120_000]


def test_wrong_tries_are_forgotten_one_at_a_time():
    tries = tried(0, 0, 0)
    assert [tries.unforgotten(now) for now in (0, 3 * MINUTE - 1, 3 * MINUTE, 6 * MINUTE, 9 * MINUTE)] == [
        3, 3, 2, 1, 0,
    ]  # fmt: skip


def test_ten_minutes_without_a_rest_allow_ten_tries():
    assert len(at_the_first_chance(10 * MINUTE)) == 10


@given(
    st.lists(st.integers(0, 4 * MINUTE), max_size=300),
    st.integers(0, 100),
    st.sampled_from((10 * MINUTE, 60 * MINUTE, DAY)),
)
def test_no_stretch_of_time_ever_holds_more_tries_than_promised(rests, first, within_ms):
    """However somebody spaces their tries: 11 in ten minutes, 488 in a day."""
    tries, now_ms, times = Tries(), 0, []
    for rest in rests:
        now_ms += max(rest, tries.pause_ms(now_ms))
        times.append(now_ms)
        tries = tries.after_wrong(now_ms)
    promised = 8 + within_ms // (3 * MINUTE)
    start = times[min(first, len(times) - 1)] if times else 0
    assert len([one for one in times if start <= one < start + within_ms]) <= promised


def test_a_day_without_sleep_allows_what_is_promised():
    assert len(at_the_first_chance(DAY)) <= 488


@given(st.lists(st.integers(0, DAY), min_size=1, max_size=30))
def test_a_try_never_shortens_a_pause_nor_gives_a_try_back(times):
    tries = Tries()
    for now_ms in sorted(times):
        after = tries.after_wrong(now_ms)
        assert after.pause_ms(now_ms) >= tries.pause_ms(now_ms)
        assert after.left(now_ms) <= tries.left(now_ms)
        assert after.pause_ms(now_ms) <= 240_000 or tries.pause_ms(now_ms) > 0
        tries = after


@given(st.lists(st.integers(0, DAY), min_size=1, max_size=30), st.integers(0, DAY))
def test_an_engine_that_restarts_remembers_exactly(times, later_ms):
    times.sort()
    limits = remembered([WrongTry(KEYPADS, BOOT, one) for one in times], BOOT)
    assert limits.tries(KEYPADS) == tried(*times)


@given(st.lists(st.integers(0, DAY), min_size=1, max_size=30))
def test_a_machine_that_restarts_lifts_no_pause(times):
    times.sort()
    before = tried(*times)
    after = remembered([WrongTry(KEYPADS, OTHER_BOOT, one) for one in times], BOOT).tries(KEYPADS)
    assert after.pause_ms(0) == before.pause_ms(times[-1])
    assert after.left(0) == before.left(times[-1])


def test_tries_of_several_boots_add_up():
    log = [WrongTry(KEYPADS, OTHER_BOOT, DAY)] * 3 + [WrongTry(KEYPADS, BOOT, 0)] * 2
    assert remembered(log, BOOT).tries(KEYPADS).pause_ms(0) == 30_000


def test_each_place_is_limited_by_itself():
    limits = CodeLimits()
    for _ in range(FREE_TRIES):
        limits.note_wrong("keyed:1", 0)
    assert limits.tries("keyed:1").pause_ms(0) == 30_000
    assert limits.tries(KEYPADS).left(0) == FREE_TRIES


def test_a_text_is_held_against_its_sender_and_typed_digits_against_the_keypads():
    assert place_of(Credential(Method.SMS_IN, "keyed:1", Assurance.LOW)) == "keyed:1"
    assert place_of(Credential(Method.SMS_CODE, "keyed:2", Assurance.LOW)) == KEYPADS
