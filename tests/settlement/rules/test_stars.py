import pytest

from settlement.rules.rule_set import NATIONAL_STAR_THRESHOLDS_H, RuleSet
from settlement.rules.stars import needs_star_review, stars

SEED = RuleSet().star_thresholds_h


@pytest.mark.parametrize(
    ("hours", "seed", "national"),
    [(0, 0, 0), (30, 1, 0), (60, 2, 0), (100, 3, 1), (200, 4, 1), (300, 5, 2), (1500, 5, 5)],
)
def test_it_gives_the_highest_star_that_was_reached(hours, seed, national):
    assert stars(hours * 3600, SEED) == seed
    assert stars(hours * 3600, NATIONAL_STAR_THRESHOLDS_H) == national


def test_it_gives_a_star_to_the_second():
    assert (stars(30 * 3600 - 1, SEED), stars(30 * 3600, SEED)) == (0, 1)


def test_it_gives_no_star_for_less_than_nothing():
    assert stars(-3600, SEED) == 0


@pytest.mark.parametrize(
    ("before", "after", "needed"), [(108_000, 107_999, True), (109_000, 108_000, False), (0, 108_000, False)]
)
def test_it_asks_for_a_review_when_a_star_is_lost(before, after, needed):
    assert needs_star_review(before, after, SEED) is needed
