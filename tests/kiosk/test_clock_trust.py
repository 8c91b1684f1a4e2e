import datetime as dt

import pytest

from kiosk.clock_trust import RecentTrust, clock_trust
from muster.clock import SharedClock, SystemClock
from sync.events import ClockState, ClockTrust
from tests.kiosk.samples import HandClock
from tests.sync.samples import NINE_MS


def test_a_demos_clock_is_right_by_definition(tmp_path):
    clock = SharedClock.create(tmp_path / "clock", NINE_MS)
    assert clock_trust(clock) == ClockTrust(ClockState.SYNCED, 0, "demo", 0)


def test_a_demos_clock_that_was_set_wrong_is_not_vouched_for(tmp_path):
    clock = SharedClock.create(tmp_path / "clock", NINE_MS)
    clock.set_wrong(NINE_MS + 3_600_000)
    assert clock_trust(clock) == ClockTrust(ClockState.RTC)


def test_a_clock_that_was_never_set_is_known_by_its_year():
    first_of_2025 = int(dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
    assert clock_trust(HandClock(0)) == ClockTrust(ClockState.UNSET)
    assert clock_trust(HandClock(first_of_2025 - 1)) == ClockTrust(ClockState.UNSET)
    assert clock_trust(HandClock(first_of_2025)).state is not ClockState.UNSET


def test_the_kernel_says_how_far_the_machines_clock_can_be_trusted():
    trust = clock_trust(SystemClock())
    if trust.state is ClockState.RTC:
        assert trust == ClockTrust(ClockState.RTC)
    else:
        assert trust.source == "ntp"
        assert (trust.error_ms <= 1_000) is (trust.state is ClockState.SYNCED)


@pytest.fixture
def shared(tmp_path):
    return SharedClock.create(tmp_path / "clock", NINE_MS)


def now_of(recent, clock):
    return recent.at(clock.mono_ms(), clock.wall_ms()).state


def test_a_clock_that_was_set_is_noticed_at_the_next_reading(shared):
    recent = RecentTrust(shared)
    assert now_of(recent, shared) is ClockState.SYNCED
    shared.set_wrong(NINE_MS + 10)
    assert now_of(recent, shared) is ClockState.RTC
    shared.set_right(NINE_MS)
    assert now_of(recent, shared) is ClockState.SYNCED


def test_what_the_kernel_says_is_asked_for_again_after_a_second(shared):
    recent = RecentTrust(shared)
    shared.set_wrong(NINE_MS)  # it shows the same, but nobody vouches for it any more
    assert now_of(recent, shared) is ClockState.SYNCED
    shared.move_to(NINE_MS + 1_001)
    assert now_of(recent, shared) is ClockState.RTC


def test_a_reading_of_before_the_last_answer_is_asked_for_again(shared):
    recent = RecentTrust(shared)
    shared.set_wrong(NINE_MS)
    assert recent.at(shared.mono_ms() - 1, NINE_MS - 1).state is ClockState.RTC


def test_renewing_asks_at_once(shared):
    recent = RecentTrust(shared)
    shared.set_wrong(NINE_MS)
    recent.renew()
    assert now_of(recent, shared) is ClockState.RTC
