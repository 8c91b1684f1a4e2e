"""What a camera sees and what the log holds of it: hours of pictures by a clock that is stepped."""

import random

import pytest

from drivers.camera.showings import Showings, Sighting
from drivers.reading import Instant, Presented, Reading, Secret
from kiosk.checkin.overrides import StaffOverrides
from kiosk.local_api.messages import Outcome
from sync.contract.badge import Form
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

    def restart(self, engine):
        """Another process, a minute later."""
        self.engine, self.showings = engine, Showings(12_000)
        self.now_ms += 60_000
        self.showings.opened(self.now_ms, 0)

    def sees(self, volunteer=None, side=HELD, seconds=1.0, x=640.0, y=360.0, **more):
        until_ms = self.now_ms + int(seconds * 1000)
        key = ("text", Secret(token(volunteer, **({"serial": 2} | more)))) if volunteer else None
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
                "camera",
                Presented.CODE,
                shown.key[1],
                at,
                by_sight=True,
                away_ms=shown.away_ms,
                after=tuple(text for _, text in shown.after),
                seen_coming=shown.seen_coming,
                again=shown.again,
            )
            self.engine.clock.now_ms = at.wall_ms
            assert self.engine.engine.deliver(reading)
        if self.engine.logged_when_announced[len(self.decided) :]:
            self.decided.append(self.engine.next().outcome)


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


@pytest.mark.parametrize("away_s", [0, 0.5, 5, 11])
def test_a_telephone_whose_code_is_another_every_minute_is_one_showing(before, away_s):
    for minute in range(30):
        until_s = (NINE_MS + 60_000 * (minute + 2)) // 1000
        before.sees(1, seconds=60 - away_s, x=640 + minute % 3 * 90, form=Form.PHONE, until_s=until_s)
        before.sees(seconds=away_s)
    assert before.decided == [Outcome.ACCEPTED_IN]
    assert not any(isinstance(event, Refused | CheckOut) for event in before.engine.logged())


def test_the_next_code_of_a_telephone_whose_code_was_over_lets_its_holder_in(before):
    before.sees(1, seconds=5, form=Form.PHONE, until_s=NINE_MS // 1000 - 60)
    before.sees(1, seconds=5, form=Form.PHONE, until_s=NINE_MS // 1000 + 60)
    assert before.decided == [Outcome.REFUSED, Outcome.ACCEPTED_IN]


def test_the_next_person_at_the_same_place_is_served_and_so_is_who_comes_back(before):
    before.sees(1, seconds=2)
    before.sees(seconds=70)
    before.sees(2, seconds=2)
    before.sees(1, seconds=2)
    assert before.decided == [Outcome.ACCEPTED_IN, Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT]


@pytest.mark.parametrize("side", [WORN, 150, HELD])
def test_nobody_is_checked_out_by_standing_there_as_the_engine_starts_again(before, start, side):
    before.sees(1, seconds=2)
    before.sees(1, side, seconds=30)
    before.engine.stop()
    before.restart(start())
    before.decided = []
    before.sees(1, side, seconds=300)
    assert before.decided == [Outcome.ALREADY_IN]
    before.sees(2, seconds=2)
    before.sees(seconds=70)
    before.sees(1, seconds=2, x=500)
    assert before.decided == [Outcome.ALREADY_IN, Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT]


def test_who_holds_up_a_badge_as_the_camera_is_opened_is_let_in(before):
    before.showings.opened(0, 0)
    before.sees(1, seconds=2)
    assert before.decided == [Outcome.ACCEPTED_IN]


def test_who_sits_near_the_lens_and_turns_to_it_now_and_then_stays_in(before):
    chance = random.Random(4)
    while before.now_ms < 3 * HOUR_MS:
        x, y = 640 + chance.uniform(-150, 150), 400 + chance.uniform(-80, 80)
        before.sees(1, chance.uniform(146, 185), chance.uniform(0.2, 3), x, y)
        before.sees(seconds=chance.choice([3, 8, 14, 30, 50]))
    assert before.decided[0] is Outcome.ACCEPTED_IN
    assert set(before.decided[1:]) <= {Outcome.ALREADY_IN}
    assert len(before.decided) < 15


def test_who_was_refused_is_served_when_that_is_mended_although_they_were_here_a_moment_ago(before):
    before.sees(1, seconds=2)
    before.sees(seconds=HOUR_MS / 1000)
    before.engine.engine.obey(StaffOverrides(out_of_order=True))
    before.sees(1, seconds=2)
    before.engine.engine.obey(StaffOverrides())
    before.sees(seconds=13)
    before.sees(1, seconds=2, x=560)
    assert before.decided == [Outcome.ACCEPTED_IN, Outcome.REFUSED, Outcome.ACCEPTED_OUT]


@pytest.mark.parametrize(("held_s", "away_s"), [(3, 4), (1, 2.5), (25, 5), (2, 11)])
def test_who_was_refused_and_tries_on_is_served_as_soon_as_that_is_mended(before, held_s, away_s):
    before.engine.engine.obey(StaffOverrides(out_of_order=True))
    before.sees(1, seconds=held_s)
    before.engine.engine.obey(StaffOverrides())
    for _ in range(3):
        before.sees(seconds=away_s)
        before.sees(1, seconds=held_s, x=600)
    assert before.decided == [Outcome.REFUSED, Outcome.ACCEPTED_IN]


def test_who_stands_there_with_a_badge_that_is_refused_is_told_more_and_more_rarely(before):
    while before.now_ms < 3 * HOUR_MS:
        before.sees(3, 160, 4)
        before.sees(seconds=3)
    assert set(before.decided) == {Outcome.REFUSED}
    assert len(before.decided) < 30
