"""What a camera sees and what the log holds of it: hours of pictures by a clock that is stepped."""

import random

import pytest

from drivers.camera.showings import Showings, Sighting
from drivers.reading import Instant, Presented, Reading, Secret
from kiosk.local_api.messages import Outcome
from sync.contract.events import CheckIn, CheckOut, Refused
from tests.kiosk.samples import HOUR_MS, token
from tests.sync.samples import NINE_MS

WORN, HELD = 117, 240
PICTURE_MS = 125


class BeforeTheCamera:
    """A toggle terminal with one camera, whose pictures are told by what is seen in them."""

    def __init__(self, engine):
        self.engine = engine
        self.showings = Showings(12_000)
        self.now_ms = 0
        self.decided = []

    def sees(self, volunteer=None, side=HELD, seconds=1.0, x=640.0, y=360.0):
        until_ms = self.now_ms + int(seconds * 1000)
        key = ("text", Secret(token(volunteer, serial=2))) if volunteer else None
        while self.now_ms < until_ms:
            self._picture(key, side, x, y)
            self.now_ms += PICTURE_MS

    def _picture(self, key, side, x, y):
        near, far, above, below = x - side / 2, x + side / 2, y - side / 2, y + side / 2
        corners = ((near, above), (far, above), (far, below), (near, below))
        seen = [Sighting(key, corners, (1280, 720), self.now_ms)] if key else []
        for shown in self.showings.see(seen):
            at = Instant(HOUR_MS + self.now_ms, NINE_MS + self.now_ms)
            reading = Reading(
                "camera", Presented.CODE, shown.key[1], at, by_sight=True, away_ms=shown.away_ms
            )
            self.decided.append(self.engine.present(reading).outcome)


@pytest.fixture
def before(start):
    return BeforeTheCamera(start())


@pytest.mark.parametrize("side", [80, WORN, 135, 170])
@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_stands_there_for_three_hours_with_a_worn_badge_is_checked_in_once(before, side, seed):
    """They turn to and fro, lean forward and back, and now and then somebody walks past."""
    chance = random.Random(seed)
    while before.now_ms < 3 * HOUR_MS:
        x, y = 640 + chance.uniform(-200, 200), 400 + chance.uniform(-40, 40)
        before.sees(1, side * chance.uniform(0.9, 1.1), chance.uniform(1, 20), x, y)
        before.sees(seconds=chance.choice([0.5, 2, 3, 7, 11]))
    assert before.decided == [Outcome.ACCEPTED_IN]
    assert not any(isinstance(event, Refused | CheckOut) for event in before.engine.logged())


def test_the_findings_person_who_turns_for_195_seconds_is_checked_in_once(before):
    while before.now_ms < 195_000:
        before.sees(1, WORN, 4)
        before.sees(seconds=3)
    assert before.decided == [Outcome.ACCEPTED_IN]


def test_two_minutes_later_the_badge_checks_out_at_once(before):
    before.sees(1, seconds=3)
    before.sees(seconds=120)
    before.sees(1, seconds=0.125)
    assert before.decided == [Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT]


def test_who_takes_the_badge_down_and_holds_it_up_after_the_debounce_is_served(before):
    before.sees(1, seconds=3)
    before.sees(1, WORN, seconds=60, y=560)
    before.sees(1, seconds=2)
    before.sees(seconds=65)
    before.sees(1, seconds=2, x=600)
    assert before.decided == [Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT, Outcome.ACCEPTED_IN]


def test_the_debounce_slides_while_somebody_stays(before):
    """A minute was over since the check-in, and not since they were last seen."""
    before.sees(1, seconds=40)
    before.sees(seconds=59)
    before.sees(1, seconds=2, x=600)
    assert before.decided == [Outcome.ACCEPTED_IN]


def test_people_in_turn_are_each_let_in(before):
    before.sees(1, seconds=2)
    before.sees(2, seconds=2)
    assert before.decided == [Outcome.ACCEPTED_IN] * 2
    assert sum(isinstance(event, CheckIn) for event in before.engine.logged()) == 2
