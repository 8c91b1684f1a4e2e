"""The rules against a second, slow implementation, on generated days in five zones."""

import pytest
from hypothesis import given, settings

from settlement.rules.settle import settle_volunteers
from tests.settlement.rules.oracle import by_date, local_date, settle_slowly, zone_of
from tests.settlement.rules.scenarios import SLOW_IS_FINE, on_days, scenarios


def as_seen(outcomes, sessions):
    """A settlement in words that both sides can be put into."""
    return [str(outcome) for outcome in outcomes], [
        (s.volunteer, s.activity, s.in_s, s.out_s, s.t_s, set(s.flags), dict(s.by_date), s.line_date, s.rules)
        for s in sessions
    ]


def as_the_oracle_sees(outcomes, stays):
    return outcomes, [
        (
            stay.volunteer,
            stay.activity.id,
            stay.in_s,
            stay.out_s,
            len(stay.seconds),
            stay.flags,
            by_date(stay),
            local_date(zone_of(stay.rules, stay.activity), stay.start_s),
            stay.rules.version,
        )
        for stay in stays
    ]


def compare(scenario):
    settlement = settle_volunteers(*scenario.arguments())
    expected = as_the_oracle_sees(*settle_slowly(*scenario.arguments()))
    assert as_seen(settlement.outcomes, settlement.sessions) == expected


@on_days(450)
@given(scenarios())
def test_it_agrees_with_the_oracle_on_hundreds_of_days(scenario):
    compare(scenario)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=10_000, deadline=None, suppress_health_check=SLOW_IS_FINE)
@given(scenarios())
def test_it_agrees_with_the_oracle_on_thousands_of_days(scenario):
    compare(scenario)
