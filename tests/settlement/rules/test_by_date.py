"""Which version of the rules judges what, at the edge of every date."""

from datetime import date

import pytest

from settlement.rules.by_date import RulesByDate, RulesChange, unfold
from settlement.rules.local_dates import local_dates
from settlement.rules.policy import CENTRES, ActivityPolicy
from settlement.rules.rule_set import BreakMode, DateZone, MissingOutPolicy, RuleSet
from tests.settlement.rules.cast import activity, at, scan, settle

FIRST, SECOND, THIRD = (RuleSet(version=number) for number in (1, 2, 3))
SUNDAY, MONDAY = date(2026, 3, 8), date(2026, 3, 9)
BOTH = RulesByDate(FIRST, [(SUNDAY, SECOND)])


def versions(rules):
    return [(since, one.version) for since, one in rules.versions]


def test_a_version_holds_from_the_first_second_of_its_local_date():
    assert [BOTH.at(at("00:00", days=1) + second).version for second in (-1, 0, 1)] == [1, 2, 2]
    assert [BOTH.on(day).version for day in (date(2026, 3, 7), SUNDAY, MONDAY)] == [1, 2, 2]
    assert BOTH.newest.version == 2


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Riyadh"])
def test_it_agrees_with_the_date_of_a_line_in_every_zone(zone):
    """In São Paulo midnight itself did not exist on that day of 2018; Apia lost one in 2011."""
    for since in (date(2018, 11, 4), date(2011, 12, 30), date(2011, 12, 31)):
        first, second = (RuleSet(version=number, settlement_tz=zone) for number in (1, 2))
        rules, calendar = RulesByDate(first, [(since, second)]), local_dates(zone)
        middle_s = int((since - date(1970, 1, 1)).total_seconds())
        for second_s in range(middle_s - 172_800, middle_s + 172_800, 1799):
            assert rules.at(second_s).version == (2 if calendar.date_of(second_s) >= since else 1)


def test_a_version_begins_at_a_sites_own_midnight_where_it_says_so():
    by_site = RulesByDate(FIRST, [(SUNDAY, RuleSet(version=2, date_zone=DateZone.SITE))])
    midnight_s = at("00:00", days=1)
    assert by_site.at(midnight_s).version == 2
    assert [by_site.at(midnight_s + late_s, "Asia/Urumqi").version for late_s in (0, 7199, 7200)] == [1, 1, 2]


def test_an_earlier_date_takes_the_place_of_what_was_to_follow():
    later = BOTH.from_day(MONDAY, THIRD)
    assert versions(later) == [(date.min, 1), (SUNDAY, 2), (MONDAY, 3)]
    assert versions(later.from_day(SUNDAY, FIRST)) == [(date.min, 1), (SUNDAY, 1)]
    assert versions(later.from_day(date.min, THIRD)) == [(date.min, 3)]


def test_a_history_is_unfolded_in_the_order_in_which_it_was_said():
    said = [RulesChange(date.min, 1), RulesChange(MONDAY, 3), RulesChange(SUNDAY, 2)]
    assert versions(unfold(said, {1: FIRST, 2: SECOND, 3: THIRD})) == [(date.min, 1), (SUNDAY, 2)]


def test_it_says_the_same_only_where_every_date_is_judged_alike():
    assert BOTH.says_the_same_as(RulesByDate(FIRST, [(SUNDAY, SECOND)]))
    assert BOTH.says_the_same_as(RulesByDate(FIRST, [(SUNDAY, SECOND), (MONDAY, SECOND)]))
    assert not BOTH.says_the_same_as(RulesByDate(FIRST, [(MONDAY, SECOND)]))


def test_an_activitys_policy_goes_over_the_version_of_the_date():
    own = ActivityPolicy(daily_cap_s=3600, break_mode=BreakMode.AUTO)
    found = BOTH.of_stay(at("12:00", days=1), own)
    assert (found.version, found.daily_cap_s, found.break_mode) == (2, 3600, BreakMode.AUTO)
    assert found.min_session_s == SECOND.min_session_s
    assert BOTH.of_stay(at("12:00"), CENTRES) == FIRST


@pytest.mark.parametrize("name", ActivityPolicy.__struct_fields__)
def test_every_field_of_a_policy_is_one_of_the_rules(name):
    values = {"break_mode": BreakMode.AUTO, "missing_out_policy": MissingOutPolicy.CLAIM}
    own = ActivityPolicy(**{name: values.get(name, 7)})
    assert own.says_something
    assert getattr(own.over(FIRST), name) == values.get(name, 7)


def test_a_stay_is_judged_as_a_whole_by_the_version_of_its_check_in():
    rules = RulesByDate(FIRST, [(SUNDAY, RuleSet(version=2, min_session_s=7200))])
    night = [scan("e1", "in", "23:30"), scan("e2", "out", at("00:30", days=1))]
    morning = [scan("e3", "in", at("01:00", days=1)), scan("e4", "out", at("02:30", days=1))]
    settlement = settle([*night, *morning], activity(), rules=rules)
    assert [(session.t_s, session.rules) for session in settlement.sessions] == [(3600, 1), (0, 2)]


def test_a_repeated_scan_is_judged_with_the_stay_that_kept_the_first():
    rules = RulesByDate(FIRST, [(SUNDAY, RuleSet(version=2, debounce_s=0))])
    events = [scan("e1", "in", at("00:00", days=1) - 10), scan("e2", "in", at("00:00", days=1) + 10)]
    assert settle(events, activity(), rules=rules).outcomes == ("used", "duplicate_scan")
