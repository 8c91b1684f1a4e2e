import pytest

from foundation.errors import RulesError
from settlement.rules.hours import (
    assess_value,
    certificate_hours,
    display_hours,
    economic_value_cents,
    effect_from_ratings,
)


@pytest.mark.parametrize(
    ("t_s", "shown", "certified"),
    [
        (0, "0.00", "0.0"),
        (35, "0.00", "0.0"),
        (36, "0.01", "0.0"),
        (359, "0.09", "0.0"),
        (360, "0.10", "0.1"),
        (107_999, "29.99", "29.9"),
        (108_000, "30.00", "30.0"),
        (-5400, "-1.50", "-1.5"),
        (-35, "0.00", "0.0"),
        (113_040_000_000, "31400000.00", "31400000.0"),
    ],
)
def test_it_never_overstates_hours(t_s, shown, certified):
    assert (display_hours(t_s), certificate_hours(t_s)) == (shown, certified)


@pytest.mark.parametrize(
    ("t_s", "duty", "effect", "v_s"),
    [
        (10_800, 1500, 1200, 19_440),
        (10_800, 1000, 1000, 10_800),
        (3601, 1250, 900, 4051),
        (7200, 2000, 1500, 21_600),
        (7200, 1000, 0, 0),
        (1, 1000, 999, 0),
    ],
)
def test_it_weighs_time_by_duty_and_effect(t_s, duty, effect, v_s):
    assert assess_value(t_s, duty, effect) == v_s


@pytest.mark.parametrize(("duty", "effect"), [(999, 1000), (2001, 1000), (1000, -1), (1000, 1501)])
def test_it_refuses_weights_out_of_range(duty, effect):
    with pytest.raises(RulesError, match="thousandths") as refused:
        assess_value(7200, duty, effect)
    assert refused.value.code == "WEIGHT_OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("t_s", "rate", "cents"),
    [(3600, 13_800, 13_800), (1259, 13_800, 4826), (1, 1800, 1), (1, 1799, 0), (-1, 1800, -1), (0, 5, 0)],
)
def test_it_rounds_half_a_cent_up(t_s, rate, cents):
    assert economic_value_cents(t_s, rate) == cents


def test_it_refuses_a_negative_rate():
    with pytest.raises(RulesError, match="hourly rate"):
        economic_value_cents(3600, -1)


@pytest.mark.parametrize(
    ("ratings", "effect"), [([1200], 1200), ([1000, 1201], 1100), ([900, 1000, 1500], 1133)]
)
def test_it_takes_the_mean_of_the_ratings(ratings, effect):
    assert effect_from_ratings(ratings) == effect


@pytest.mark.parametrize(
    ("ratings", "code"),
    [([], "NO_RATING"), ([1000] * 4, "TOO_MANY_RATINGS"), ([1000, 1501], "WEIGHT_OUT_OF_RANGE")],
)
def test_it_refuses_ratings_that_can_not_be_averaged(ratings, code):
    with pytest.raises(RulesError) as refused:
        effect_from_ratings(ratings)
    assert refused.value.code == code
