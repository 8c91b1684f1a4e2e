"""One-time codes and tries at the engine."""

import dataclasses

from drivers.reading import Instant, Presented
from kiosk.local_api.messages import Decided, Outcome, Typed
from tests.kiosk.samples import (
    HOUR_MS,
    HandClock,
    reading,
    token,
)
from tests.sync.samples import NINE_MS


def test_a_one_use_code_opens_once(start):
    engine = start()
    engine.engine.typed(Typed("482 913"))
    first = engine.next()
    assert (first.outcome, first.device, first.method) == (Outcome.ACCEPTED_IN, "screen", "sms_code")
    engine.clock.now_ms += 10 * 60_000
    engine.engine.typed(Typed("482913"))
    assert engine.next().reason == "code_used"


def guess(engine, count, wall_ms=NINE_MS) -> list[Decided]:
    return [engine.present(reading(f"{n:06}", Presented.KEYPAD, wall_ms)) for n in range(count)]


def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_how_long_to_wait(start):
    wrong = guess(start(), 5)
    assert {one.reason for one in wrong} == {"wrong_code"}
    assert [one.tries_left for one in wrong] == [4, 3, 2, 1, 0]
    assert [one.wait_s for one in wrong] == [None, None, None, None, 30]


def test_during_a_pause_not_even_the_right_code_is_looked_at(start):
    engine = start()
    guess(engine, 5)
    refused = engine.present(reading("482913", Presented.KEYPAD, NINE_MS + 29_001))
    assert (refused.reason, refused.wait_s, refused.seq) == ("too_many_tries", 1, 7)
    assert engine.logged()[-1].credential is None
    accepted = engine.present(reading("482913", Presented.KEYPAD, NINE_MS + 30_000))
    assert (accepted.outcome, accepted.tries_left) == (Outcome.ACCEPTED_IN, None)


def test_cards_and_badges_are_read_during_a_pause(start):
    engine = start()
    guess(engine, 5)
    assert engine.present(reading(token(1))).outcome is Outcome.ACCEPTED_IN


def test_a_restart_lifts_no_pause(start):
    first = start()
    guess(first, 5)
    first.stop()
    second = start(clock=HandClock(NINE_MS + 10_000))
    refused = second.present(reading("482913", Presented.KEYPAD, NINE_MS + 10_000))
    assert (refused.reason, refused.wait_s) == ("too_many_tries", 20)


def test_setting_the_wall_clock_lifts_no_pause(start):
    engine = start()
    guess(engine, 5)
    years_later = reading("482913", Presented.KEYPAD, NINE_MS + 10_000 * HOUR_MS)
    years_later = dataclasses.replace(years_later, at=Instant(HOUR_MS + 10_000, years_later.at.wall_ms))
    assert engine.present(years_later).reason == "too_many_tries"


def test_a_machine_that_restarts_years_later_by_its_clock_lifts_no_pause(start):
    first = start()
    guess(first, 5)
    first.stop()
    second = start(clock=HandClock(NINE_MS + 10_000 * HOUR_MS, boot_id="c" * 32))
    just_booted = reading("482913", Presented.KEYPAD)
    just_booted = dataclasses.replace(just_booted, at=Instant(5_000, NINE_MS + 10_000 * HOUR_MS))
    refused = second.present(just_booted)
    assert (refused.reason, refused.wait_s) == ("too_many_tries", 25)


def test_a_telephone_that_sends_wrong_digits_must_wait_and_others_need_not(start):
    engine = start()
    texts = [reading(f"{n:04}", Presented.SMS, sender="+8613800138000") for n in range(6)]
    assert [engine.present(one).reason for one in texts] == ["wrong_code"] * 5 + ["too_many_tries"]
    assert engine.present(reading("482913", Presented.KEYPAD)).outcome is Outcome.ACCEPTED_IN
