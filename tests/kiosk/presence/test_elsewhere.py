import msgspec
import pytest

from drivers.reading import Instant
from kiosk.presence.elsewhere import SitePresence
from kiosk.presence.standing import Standing
from sync.contract.downlink import Heard, SeenElsewhere, SitePresenceUpdate
from tests.sync.samples import BOOT, NINE_MS

HOUR_MS = 3_600_000
NOW = Instant(HOUR_MS, NINE_MS)
EPOCH = "e1" * 16


def seen(volunteer: int, since_ms: int | None = NINE_MS - HOUR_MS) -> SeenElsewhere:
    return SeenElsewhere(str(volunteer), "guides-east", NINE_MS - HOUR_MS, since_ms)


FIRST = SitePresenceUpdate(
    number=7, follows=0, told_ms=NINE_MS, heard=[Heard(EPOCH, 5)], seen=[seen(1), seen(2)]
)
NEXT = SitePresenceUpdate(
    number=8, follows=7, told_ms=NINE_MS, heard=[Heard(EPOCH, 6)], seen=[seen(3)], gone=["1"]
)
AHEAD_MS = NINE_MS - HOUR_MS
INSIDE = Standing("guides-east", NINE_MS - HOUR_MS, NINE_MS - HOUR_MS, BOOT, AHEAD_MS)


@pytest.fixture
def told():
    return SitePresence()


def test_at_first_nobody_is_known_and_nothing_is_current(told):
    assert told.told.standings == {}
    assert not told.is_current(NOW.mono_ms)


def test_it_tells_who_is_where_and_what_the_centre_knew_of_this_terminal(told):
    assert told.learn(FIRST, NOW, BOOT)
    assert told.told.standings == {"1": INSIDE, "2": INSIDE}
    assert told.told.inside == 2
    assert told.told.heard == {EPOCH: 5}


def test_a_step_changes_what_the_step_before_said(told):
    told.learn(FIRST, NOW, BOOT)
    assert told.learn(NEXT, NOW, BOOT)
    assert set(told.told.standings) == {"2", "3"}
    assert told.told.heard == {EPOCH: 6}


def test_beginning_anew_forgets_what_was_said_before(told):
    told.learn(FIRST, NOW, BOOT)
    told.learn(msgspec.structs.replace(FIRST, number=9, seen=[seen(3)]), NOW, BOOT)
    assert set(told.told.standings) == {"3"}


def test_after_a_missed_step_nothing_is_taken_until_it_begins_anew(told):
    told.learn(FIRST, NOW, BOOT)
    late = msgspec.structs.replace(NEXT, number=9, follows=8)
    assert not told.learn(late, Instant(NOW.mono_ms + HOUR_MS, NINE_MS + HOUR_MS), BOOT)
    assert set(told.told.standings) == {"1", "2"}
    assert not told.is_current(NOW.mono_ms + HOUR_MS)
    assert told.learn(msgspec.structs.replace(FIRST, number=10), NOW, BOOT)


def test_a_part_takes_effect_with_the_last_one(told):
    told.learn(FIRST, NOW, BOOT)
    told.learn(msgspec.structs.replace(FIRST, number=8, seen=[seen(4)], more=True), NOW, BOOT)
    assert set(told.told.standings) == {"1", "2"}
    told.learn(msgspec.structs.replace(NEXT, number=9, follows=8), NOW, BOOT)
    assert set(told.told.standings) == {"3", "4"}


def test_it_is_current_for_a_minute(told):
    told.learn(FIRST, NOW, BOOT)
    assert told.is_current(NOW.mono_ms + 60_000)
    assert not told.is_current(NOW.mono_ms + 60_001)


@pytest.mark.parametrize("wrong_ms", [-400 * 24 * HOUR_MS, 5 * HOUR_MS])
def test_under_a_wrong_clock_a_stay_is_as_long_as_it_was(told, wrong_ms):
    told.learn(FIRST, Instant(NOW.mono_ms, NINE_MS + wrong_ms), BOOT)
    came_ms = NINE_MS + wrong_ms - HOUR_MS
    assert told.told.standings["1"] == Standing(
        "guides-east", came_ms, came_ms, BOOT, AHEAD_MS + wrong_ms, provable=False
    )


def test_the_time_that_a_message_took_moves_nobody(told):
    told.learn(FIRST, Instant(NOW.mono_ms + 59_999, NINE_MS + 59_999), BOOT)
    assert told.told.standings["1"] == INSIDE


def test_what_takes_a_minute_is_a_wrong_clock(told):
    told.learn(FIRST, Instant(NOW.mono_ms, NINE_MS + 60_000), BOOT)
    assert told.told.standings["1"].since_ms == INSIDE.since_ms + 60_000


def test_who_left_is_not_counted_as_inside(told):
    told.learn(msgspec.structs.replace(FIRST, seen=[seen(1), seen(2, None)]), NOW, BOOT)
    assert told.told.inside == 1


def test_a_step_without_changes_draws_nothing_anew(told):
    told.learn(FIRST, NOW, BOOT)
    before = told.told.standings
    told.learn(msgspec.structs.replace(NEXT, seen=[], gone=[]), NOW, BOOT)
    assert told.told.standings is before
