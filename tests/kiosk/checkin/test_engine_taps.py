"""Cards that sign each tap, at the engine."""

import msgspec

from drivers.simulated.ntag424 import SigningTag
from kiosk.local_api.messages import Outcome
from tests.kiosk.running_engine import later
from tests.kiosk.samples import (
    HOUR_MS,
    ROSTER,
    TAG_KEYS,
    TAG_UID,
    HandClock,
    reading,
    tap_of,
    token,
)
from tests.sync.samples import NINE_MS
from tests.sync.small_disk import fill


def test_a_signed_tap_lets_its_card_in_and_the_log_keeps_its_counter(start):
    engine = start()
    tag = SigningTag(TAG_UID, TAG_KEYS, counter=61)
    came = engine.present(tap_of(tag))
    left = engine.present(tap_of(tag, NINE_MS + HOUR_MS))
    assert (came.outcome, came.name, came.method) == (Outcome.ACCEPTED_IN, "李明", "card")
    assert left.outcome is Outcome.ACCEPTED_OUT
    kept = [event.credential for event in engine.logged()[1:]]
    assert [(one.counter, one.assurance) for one in kept] == [(62, "high"), (63, "high")]


def test_a_tap_that_is_played_again_opens_nothing_and_names_nobody(start):
    engine = start()
    tag = SigningTag(TAG_UID, TAG_KEYS)
    heard = tap_of(tag)
    engine.present(tap_of(tag))
    again = engine.present(later(heard, NINE_MS + HOUR_MS))
    assert (again.outcome, again.reason, again.name) == (Outcome.REFUSED, "replayed_tap", "")
    assert engine.logged()[-1].credential.counter == 1
    assert engine.present(tap_of(tag, NINE_MS + HOUR_MS)).outcome is Outcome.ACCEPTED_OUT


def test_a_tap_whose_counter_cant_be_looked_up_is_not_recorded_and_the_next_person_is(start):
    engine = start()
    engine.log._connection.execute("ALTER TABLE tap RENAME TO torn")
    decided = engine.present(tap_of(SigningTag(TAG_UID, TAG_KEYS)))
    assert (decided.outcome, decided.name, decided.seq) == (Outcome.NOT_RECORDED, "", 0)
    assert engine.logged_when_lit[-1][0] is Outcome.NOT_RECORDED
    assert engine.present(reading(token(1))).outcome is Outcome.ACCEPTED_IN


def test_a_tap_that_was_refused_is_used_up_too(start):
    engine = start(roster=msgspec.structs.replace(ROSTER, activities=[]))
    tap = tap_of(SigningTag(TAG_UID, TAG_KEYS))
    assert engine.present(tap).reason == "activity_not_executing"
    assert engine.present(tap).reason == "replayed_tap"


def test_a_tap_stays_used_after_a_restart(start):
    first = start()
    tap = tap_of(SigningTag(TAG_UID, TAG_KEYS))
    first.present(tap)
    first.stop()
    second = start(clock=HandClock(NINE_MS + 400 * HOUR_MS))
    assert second.present(later(tap, NINE_MS + 400 * HOUR_MS)).reason == "replayed_tap"


def test_a_tap_that_was_not_recorded_may_be_tried_again(start, disk):
    engine = start(folder=disk)
    tag = SigningTag(TAG_UID, TAG_KEYS)
    filler = fill(disk, leave_bytes=0)
    taps = [tap_of(tag) for _ in range(40)]
    outcomes = [engine.present(tap).outcome for tap in taps]
    assert outcomes[-1] is Outcome.NOT_RECORDED
    filler.unlink()
    again = engine.present(later(taps[-1], NINE_MS + HOUR_MS))
    assert again.outcome in {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT}
