import random
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import RulesError
from settlement.rules.dating import RECEIPT, Anchor, Boot, Dated, Timeline, clock_offset
from settlement.rules.rule_set import RuleSet

NOON = 1_772_856_000_000
HOUR = 3_600_000
timeline_of = partial(Timeline, drift_ppm=RuleSet().clock_drift_ppm)


def anchored(*anchors, last=10 * HOUR):
    """A boot at noon with anchors given as (mono, minutes of error in ms)."""
    return Boot(last, tuple(Anchor(mono, NOON + mono, error) for mono, error in anchors))


def test_it_dates_by_an_anchor_and_the_time_since():
    assert timeline_of([anchored((0, 20))]).date(0, HOUR) == Dated(NOON + HOUR, 20 + 180)


def test_it_dates_backwards_from_an_anchor():
    assert timeline_of([anchored((2 * HOUR, 20))]).date(0, HOUR) == Dated(NOON + HOUR, 20 + 180)


def test_it_takes_the_drift_that_it_is_told():
    assert timeline_of([anchored((0, 0))], drift_ppm=10).date(0, HOUR).error_ms == 36


def test_it_rounds_the_drift_up():
    assert timeline_of([anchored((0, 0))]).date(0, 1).error_ms == 1


def test_it_interpolates_between_anchors():
    fast = Boot(2 * HOUR, (Anchor(0, NOON, 1), Anchor(2 * HOUR, NOON + 2 * HOUR - 100, 1)))
    dated = timeline_of([fast]).date(0, HOUR)
    assert dated.utc_ms == NOON + HOUR - 50


def test_it_interpolates_by_how_near_each_anchor_is():
    fast = Boot(2 * HOUR, (Anchor(0, NOON, 1), Anchor(2 * HOUR, NOON + 2 * HOUR - 100, 1)))
    timeline = timeline_of([fast])
    lost_ms = [NOON + mono - timeline.date(0, mono).utc_ms for mono in range(0, 2 * HOUR + 1, HOUR // 2)]
    assert lost_ms == [0, 25, 50, 75, 100]


def test_it_knows_the_time_best_near_an_anchor():
    timeline = timeline_of([anchored((0, 5), (4 * HOUR, 5))])
    errors = [timeline.date(0, mono).error_ms for mono in (0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR)]
    assert errors == [5, 185, 365, 185, 5]


def test_it_lets_a_close_anchor_correct_a_loose_one():
    assert timeline_of([anchored((0, 5), (HOUR, 9000))]).date(0, HOUR).error_ms == 185


def test_it_believes_neither_of_two_anchors_that_contradict_each_other():
    boot = Boot(HOUR, (Anchor(0, NOON, 5), Anchor(1000, NOON + 1000 + HOUR, 5)))
    timeline = timeline_of([boot])
    for mono in (0, 500, 1000, HOUR):
        dated = timeline.date(0, mono)
        assert dated.utc_ms - dated.error_ms <= NOON + mono
        assert dated.utc_ms + dated.error_ms >= NOON + mono + HOUR


def test_it_bounds_a_boot_without_anchors_by_its_neighbours():
    before = Boot(HOUR, (Anchor(0, NOON, 0),))
    unknown = Boot(HOUR)
    after = Boot(HOUR, (Anchor(0, NOON + 3 * HOUR, 0),))
    dated = timeline_of([before, unknown, after], drift_ppm=0).date(1, 0)
    assert dated == Dated(NOON + HOUR + HOUR // 2, HOUR // 2)


def test_it_names_the_anchors_on_either_side_of_a_moment():
    first, second, third = (Anchor(at, NOON + at, 5, name) for at, name in ((10, "a"), (20, "b"), (30, "c")))
    timeline = timeline_of([Boot(HOUR, (third, first, second))])
    around = {mono: timeline.anchors_around(0, mono) for mono in (9, 10, 19, 20, 29, 30, HOUR)}
    assert around == {
        9: (None, first),
        10: (first, second),
        19: (first, second),
        20: (second, third),
        29: (second, third),
        30: (third, None),
        HOUR: (third, None),
    }


def test_it_names_the_anchors_around_boots_that_have_none():
    first, last = Anchor(0, NOON, 5, "a"), Anchor(HOUR, NOON + HOUR, 5, "b")
    later, latest = Anchor(0, NOON + 5 * HOUR, 5, "c"), Anchor(HOUR, NOON + 6 * HOUR, 5, "d")
    known, after = Boot(HOUR, (last, first)), Boot(HOUR, (latest, later))
    timeline = timeline_of([Boot(0), known, Boot(0), Boot(0), after, Boot(0)], received_ms=NOON + 8 * HOUR)
    receipt = Anchor(0, NOON + 8 * HOUR, 0, RECEIPT)
    found = [timeline.anchors_around(boot, 0) for boot in (0, 2, 3, 5)]
    assert found == [(None, first), (last, later), (last, later), (latest, receipt)]


def test_it_bounds_several_boots_without_anchors_one_after_the_other():
    before = Boot(0, (Anchor(0, NOON, 0),))
    timeline = timeline_of([before, Boot(HOUR), Boot(2 * HOUR)], received_ms=NOON + 4 * HOUR, drift_ppm=0)
    assert timeline.date(1, HOUR) == Dated(NOON + HOUR + HOUR // 2, HOUR // 2)
    assert timeline.date(2, 2 * HOUR) == Dated(NOON + 3 * HOUR + HOUR // 2, HOUR // 2)


def test_a_boot_may_have_lasted_until_the_next_one_can_have_begun_at_the_latest():
    before = Boot(0, (Anchor(0, NOON, 0),))
    after = Boot(0, (Anchor(0, NOON + 3 * HOUR, 60_000),))
    dated = timeline_of([before, Boot(HOUR), after], drift_ppm=0).date(1, HOUR)
    assert dated.utc_ms + dated.error_ms == NOON + 3 * HOUR + 60_000
    assert dated.utc_ms - dated.error_ms == NOON + HOUR


def test_it_bounds_the_last_boot_by_the_receipt():
    before = Boot(0, (Anchor(0, NOON, 0),))
    dated = timeline_of([before, Boot(HOUR)], received_ms=NOON + HOUR, drift_ppm=0).date(1, HOUR)
    assert dated == Dated(NOON + HOUR, 0)


def test_it_dates_nothing_that_has_no_bound_on_one_side():
    after = Boot(HOUR, (Anchor(0, NOON, 0),))
    assert timeline_of([Boot(HOUR), after]).date(0, 0) is None
    assert timeline_of([after, Boot(HOUR)]).date(1, 0) is None
    assert timeline_of([Boot(HOUR)], received_ms=NOON).date(0, 0) is None


@pytest.mark.parametrize(
    "boots",
    [[Boot(-1)], [Boot(1, (Anchor(0, NOON, -1),))]],
    ids=["ran for less than nothing", "negative error"],
)
def test_it_refuses_an_impossible_clock(boots):
    with pytest.raises(RulesError, match="negative"):
        timeline_of(boots)


def test_it_refuses_a_negative_drift():
    with pytest.raises(RulesError, match="negative"):
        timeline_of([], drift_ppm=-1)


@pytest.mark.parametrize(
    ("wall_ms", "offset"),
    [
        (NOON, (0, 50)),
        (NOON + 50, (0, 100)),
        (NOON - 50, (0, 100)),
        (NOON + 51, (-51, 50)),
        (NOON - 9000, (9000, 50)),
    ],
)
def test_it_corrects_only_what_the_evidence_contradicts(wall_ms, offset):
    assert clock_offset(wall_ms, Dated(NOON, 50)) == offset


class TrueTerminal:
    """A terminal as it really was: boots at true times, each with a quartz that is off by a constant rate."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.now = NOON
        self.boots, self.moments = [], []
        for number in range(self.chance.randint(1, 5)):
            self.live(number)
        self.received_ms = self.now + self.chance.choice([0, self.chance.randrange(HOUR)])

    def live(self, number):
        # Often at once, and often as wrong as it may be: the bounds must hold to their last millisecond.
        self.now += self.chance.choice([0, 0, self.chance.randrange(2 * HOUR)])
        booted, rate_ppm = self.now, self.chance.choice([-50, 50, self.chance.randint(-50, 50)])
        last_mono = self.chance.randrange(5 * HOUR)

        def true_utc(mono):
            return booted + mono + mono * rate_ppm // 1_000_000

        anchors = []
        for _ in range(self.chance.choice([0, 0, 1, 2, 5])):
            mono, error = self.chance.randint(0, last_mono), self.chance.randrange(2, 3000)
            wrong = self.chance.choice([1 - error, error - 1, self.chance.randint(1 - error, error - 1)])
            anchors.append(Anchor(mono, true_utc(mono) + wrong, error))
        self.boots.append(Boot(last_mono, tuple(anchors)))
        self.moments += [
            (number, mono, true_utc(mono))
            for mono in (0, last_mono, *self.chance.choices(range(last_mono + 1), k=3))
        ]
        self.now = true_utc(last_mono) + 1


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_it_never_excludes_the_truth(seed):
    terminal = TrueTerminal(seed)
    timeline = timeline_of(terminal.boots, received_ms=terminal.received_ms)
    for boot, mono, truth in terminal.moments:
        dated = timeline.date(boot, mono)
        if dated is not None:
            assert abs(dated.utc_ms - truth) <= dated.error_ms + 1  # the truth itself was rounded
            offset, error = clock_offset(truth + 77, dated)
            assert abs(truth + 77 + offset - truth) <= error + 1
        elif boot > 0 and terminal.boots[0].anchors:
            pytest.fail("there was evidence on both sides")
