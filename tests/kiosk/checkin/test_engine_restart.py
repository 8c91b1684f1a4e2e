"""What an engine knows again after a restart."""

import msgspec

from drivers.reading import Presented
from kiosk.local_api.messages import Here, Outcome, Typed
from sync.contract.events import Event
from tests.kiosk.samples import (
    HOUR_MS,
    ROSTER,
    HandClock,
    reading,
    token,
)
from tests.sync.samples import BOOT, CLOCK, NINE_MS, TERMINAL


def test_who_was_here_is_here_after_a_restart(start):
    first = start()
    first.present(reading(token(1)))
    first.stop()
    second = start(clock=HandClock(NINE_MS + HOUR_MS))
    assert second.engine.here == (Here("1", "李明", NINE_MS, "guides-east"),)
    out = second.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert (out.outcome, out.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)


def test_who_stays_beyond_the_longest_session_is_no_longer_counted(start):
    engine = start()
    engine.present(reading(token(1)))
    assert engine.has_here(Here("1", "李明", NINE_MS, "guides-east"))
    engine.clock.now_ms += 12 * HOUR_MS + 60_000
    assert engine.has_here()


def test_who_came_with_a_card_is_here_after_a_restart(start):
    first = start()
    first.present(reading("0A00ABCDEF", Presented.TAG))
    first.stop()
    assert [here.volunteer for here in start(clock=HandClock(NINE_MS + HOUR_MS)).engine.here] == ["1"]


def test_a_boot_with_a_wrong_clock_hides_nobody(start):
    first = start()
    first.present(reading(token(1)))
    first.stop()
    start(clock=HandClock(0, "d4" * 16)).stop()
    third = start(clock=HandClock(NINE_MS + HOUR_MS, "e5" * 16))
    assert [here.volunteer for here in third.engine.here] == ["1"]


def test_a_used_code_stays_used_after_a_restart_days_later(start):
    first = start()
    first.engine.typed(Typed("482913"))
    first.next()
    first.stop()
    lasting = [msgspec.structs.replace(one, expires_ms=None) for one in ROSTER.credentials]
    roster = msgspec.structs.replace(ROSTER, credentials=lasting)
    second = start(clock=HandClock(NINE_MS + 40 * HOUR_MS), roster=roster)
    second.engine.typed(Typed("482913"))
    assert second.next().reason == "code_used"


def test_a_used_one_day_card_stays_used_after_a_restart_days_later(start):
    cards = [msgspec.structs.replace(one, one_use=True) for one in ROSTER.credentials]
    roster = msgspec.structs.replace(ROSTER, credentials=cards)
    first = start(roster=roster)
    first.present(reading("0A00ABCDEF", Presented.TAG))
    first.stop()
    later_ms = NINE_MS + 40 * HOUR_MS
    second = start(clock=HandClock(later_ms), roster=roster)
    assert second.present(reading("0A00ABCDEF", Presented.TAG, later_ms)).reason == "code_used"


class Teleported(Event, frozen=True, kw_only=True, tag="teleported"):
    """A kind that a newer Muster may write one day."""


def test_an_event_that_a_newer_version_wrote_is_passed_over(start):
    first = start()
    first.present(reading(token(1)))
    first.log.append(Teleported(terminal=TERMINAL, boot=BOOT, mono_ms=0, wall_ms=NINE_MS, clock=CLOCK))
    first.stop()
    second = start(clock=HandClock(NINE_MS + HOUR_MS))
    assert [here.volunteer for here in second.engine.here] == ["1"]
