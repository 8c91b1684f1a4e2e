"""What a terminal is told so that it can tell a provisional total and the hours in all."""

import pytest

from settlement.downlink.day_totals import DayTotals, Total
from settlement.downlink.roster_credit import credit_of
from settlement.downlink.rosters import compose_roster
from settlement.models import Volunteer
from settlement.rules.rule_set import DateZone, RuleSet
from sync.contract.roster import RosterCredit, RosterShift

DAY_MS, HOUR_S = 86_400_000, 3600


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("none", {}),
        ("scheduled", {"breaks": [RosterShift(1000, 2000)]}),
        ("auto", {"auto_break_after_s": 7200, "auto_break_s": 1800}),
    ],
)
def test_it_tells_by_which_numbers_time_counts(fair, mode, told):
    fair.breaks.create(start_ms=1000, end_ms=2000)
    fair.policy = {"break_mode": mode, "early_credit_s": 600, "auto_break_after_s": 7200}
    assert credit_of(fair, RuleSet()) == RosterCredit(
        zone="Asia/Shanghai", early_s=600, min_session_s=600, daily_cap_s=28_800, **told
    )


def test_dates_end_where_the_rules_say_and_training_is_told_nothing_of(fair):
    fair.site.zone = "Asia/Urumqi"
    told = credit_of(fair, RuleSet(date_zone=DateZone.SITE))
    assert told is not None
    assert told.zone == "Asia/Urumqi"
    fair.kind = "training"
    assert credit_of(fair, RuleSet()) is None


def test_totals_are_those_of_the_day_before(terminal, fair, mei, credit, settings, noon_ms, rules):
    credit(mei, 30 * HOUR_S)

    def told(now_ms):
        (person,) = compose_roster("north-gate", 1, settings.CENTRE, now_ms).people
        return person.approved_s, person.stars

    assert told(noon_ms) == (None, 0)  # it was approved at noon
    assert told(noon_ms + DAY_MS) == (30 * HOUR_S, 1)


def test_they_are_summed_once_a_day(fair, mei, credit, noon_ms, rules, django_assert_max_num_queries):
    totals = DayTotals()
    credit(mei, HOUR_S)
    credit(Volunteer.objects.create(number=1002, display_name="Mei again"), 29 * HOUR_S)
    totals.renew(noon_ms + DAY_MS)
    with django_assert_max_num_queries(1):  # the rules that hold
        totals.renew(noon_ms + DAY_MS + 1000)
    assert totals.of((1001, 7)) == Total(HOUR_S, 0)
    assert totals.of((1001, 1002)) == Total(30 * HOUR_S, 1)  # two numbers of one person
    assert totals.of((7,)) is None
