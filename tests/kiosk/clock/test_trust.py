import datetime as dt
from types import SimpleNamespace

import pytest

from foundation.clock import SharedClock, SystemClock
from kiosk.clock.trust import RecentTrust, clock_trust
from sync.contract.events import ClockState, ClockTrust
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


@pytest.mark.parametrize(
    ("maxerror_us", "status", "trust"),
    [
        (12_345, 0, ClockTrust(ClockState.SYNCED, 12, "ntp", 24_690)),
        (1_000_999, 0x2000, ClockTrust(ClockState.SYNCED, 1_000, "ntp", 2_001_998)),
        (1_001_000, 0, ClockTrust(ClockState.HOLDOVER, 1_001, "ntp", 2_002_000)),
        (16_000_000, 0x0040, ClockTrust(ClockState.RTC)),
    ],
)
def test_how_far_it_is_trusted_follows_from_the_kernels_error(monkeypatch, maxerror_us, status, trust):
    def adjtimex(timex):
        timex._obj.maxerror, timex._obj.status = maxerror_us, status

    monkeypatch.setattr("kiosk.clock.trust._libc", SimpleNamespace(adjtimex=adjtimex))
    assert clock_trust(SystemClock()) == trust


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


def test_nobody_vouches_for_a_reading_of_before_the_clock_was_set(shared):
    shared.set_wrong(NINE_MS - 86_400_000)
    recent = RecentTrust(shared)
    mono_ms, wall_ms = shared.mono_ms(), shared.wall_ms()
    shared.set_right(NINE_MS)
    recent.renew()
    assert recent.at(mono_ms, wall_ms) == ClockTrust(ClockState.RTC)
    assert now_of(recent, shared) is ClockState.SYNCED


def test_a_machine_that_was_busy_between_its_two_clocks_is_still_trusted(shared):
    recent = RecentTrust(shared)
    assert recent.at(shared.mono_ms(), shared.wall_ms() + 300).state is ClockState.SYNCED


def test_renewing_asks_at_once(shared):
    recent = RecentTrust(shared)
    shared.set_wrong(NINE_MS)
    recent.renew()
    assert now_of(recent, shared) is ClockState.RTC
