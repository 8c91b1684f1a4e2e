import msgspec
import pytest

from settlement.downlink.site_standings import LastSeen, SiteStandings
from sync.contract.events import CheckIn, CheckOut, ClockState, ClockTrust, Correction, Manual, Toggle
from tests.settlement.paper_terminal import NOON_MS, presented

HOUR_MS = 3_600_000
MEI = 1001


def moment(terminal, seq, at_ms):
    return {
        "terminal": terminal,
        "epoch": "e" * 32,
        "seq": seq,
        "boot": "b" * 32,
        "mono_ms": at_ms - NOON_MS + HOUR_MS,
        "wall_ms": at_ms,
        "clock": ClockTrust(ClockState.SYNCED, 5),
    }


def scan(kind, at_ms, terminal="north-gate", seq=1):
    return kind(**moment(terminal, seq, at_ms), credential=presented("badge:1001.1"), activity="fair")


def written(direction, at_ms, terminal="north-gate", seq=1):
    hands = {"reason": "forgot the badge", "entered_by": "liaison-7", "confirmed_by": "leader-2"}
    when = moment(terminal, seq, NOON_MS + 5 * HOUR_MS)
    return Manual(**when, **hands, volunteer="1001", activity="fair", direction=direction, at_ms=at_ms)


def taken_back(event, at_ms):
    return Correction(
        **moment(event.terminal, event.seq + 1, at_ms),
        credential=event.credential,
        cancelled_epoch=event.epoch,
        cancelled_seq=event.seq,
        activity="fair",
        reason="by mistake",
    )


@pytest.fixture
def standings():
    return SiteStandings()


def take(standings, *taken):
    for event in taken:
        standings.take(MEI, event, event.at_ms if isinstance(event, Manual) else event.wall_ms)
    return standings.renew()


def test_who_was_never_seen_stands_nowhere(standings):
    assert standings.last_seen(MEI) is None
    assert standings.renew() == set()


def test_who_came_is_in_since_then(standings):
    assert take(standings, scan(CheckIn, NOON_MS)) == {MEI}
    assert standings.last_seen(MEI) == LastSeen("north-gate", "fair", NOON_MS, NOON_MS)


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_event_counts_in_whatever_order_they_arrive(standings, order):
    came, left = scan(CheckIn, NOON_MS), scan(CheckOut, NOON_MS + HOUR_MS, "south-gate")
    take(standings, *[came, left][::order])
    assert standings.last_seen(MEI) == LastSeen("south-gate", "fair", NOON_MS + HOUR_MS, None)


def test_only_who_stands_elsewhere_than_before_has_changed(standings):
    take(standings, scan(CheckOut, NOON_MS + HOUR_MS))
    assert take(standings, scan(CheckIn, NOON_MS)) == set()
    assert list(standings) == [MEI]


def test_a_scan_that_was_taken_back_counts_no_more(standings):
    came, by_mistake = scan(CheckIn, NOON_MS), scan(CheckOut, NOON_MS + HOUR_MS, "south-gate")
    take(standings, came, by_mistake)
    assert take(standings, taken_back(by_mistake, NOON_MS + HOUR_MS + 60_000)) == {MEI}
    assert standings.last_seen(MEI) == LastSeen("north-gate", "fair", NOON_MS, NOON_MS)


def test_the_only_scan_taken_back_leaves_nobody(standings):
    came = scan(CheckIn, NOON_MS)
    take(standings, came, taken_back(came, NOON_MS + 60_000))
    assert standings.last_seen(MEI) is None


def test_what_came_too_late_takes_nothing_back(standings):
    came = scan(CheckIn, NOON_MS)
    take(standings, came, taken_back(came, NOON_MS + HOUR_MS))
    assert standings.last_seen(MEI).since_ms == NOON_MS


def test_an_entry_by_hand_counts_at_the_time_that_was_written_down(standings):
    take(standings, scan(CheckIn, NOON_MS), written("out", NOON_MS + HOUR_MS, "south-gate"))
    assert standings.last_seen(MEI) == LastSeen("south-gate", "fair", NOON_MS + HOUR_MS, None)
    take(standings, written("in", NOON_MS + 2 * HOUR_MS, seq=2))
    assert standings.last_seen(MEI).since_ms == NOON_MS + 2 * HOUR_MS


def test_a_toggle_is_the_opposite_of_what_was(standings):
    take(standings, scan(Toggle, NOON_MS))
    assert standings.last_seen(MEI).since_ms == NOON_MS
    take(standings, scan(Toggle, NOON_MS + HOUR_MS, "south-gate"))
    assert standings.last_seen(MEI).since_ms is None


def test_what_was_long_ago_is_forgotten(standings):
    take(standings, scan(CheckIn, NOON_MS))
    standings.forget(lambda activity, at_ms: at_ms < NOON_MS)
    assert standings.renew() == set()
    standings.forget(lambda activity, at_ms: activity == "fair" and at_ms <= NOON_MS)
    assert standings.renew() == {MEI}
    assert (standings.last_seen(MEI), list(standings)) == (None, [])


def test_what_is_newer_than_something_that_still_counts_is_not_forgotten_before_it(standings):
    """Of a night's long shift the check-in counts longer than the check-out from something else after it."""
    left = msgspec.structs.replace(scan(CheckOut, NOON_MS + HOUR_MS), activity="errand")
    take(standings, scan(CheckIn, NOON_MS), left)
    standings.forget(lambda activity, _: activity == "errand")
    assert standings.renew() == set()
    assert standings.last_seen(MEI).since_ms is None
