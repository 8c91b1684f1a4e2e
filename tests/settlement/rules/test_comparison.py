"""Which lines another rule set would change, and which rule is named for it."""

import pytest

from settlement.rules.comparison import Computed, changed_rules, compare_lines
from settlement.rules.flags import RULE_OF_FLAG, Flag
from settlement.rules.rule_set import RULES_OF_SETTING, BreakMode, RuleSet, changed_settings
from tests.settlement.rules.cast import activity, between, scan, settle


def compare(events, *activities, before=None, **after):
    old, new = before or RuleSet(), RuleSet(**after)
    one, other = settle(events, *activities, rules=old), settle(events, *activities, rules=new)
    return list(
        compare_lines(
            Computed(one.lines, one.sessions),
            Computed(other.lines, other.sessions),
            changed_rules(old, new),
        )
    )


def day(came="09:00", left="12:00"):
    return [scan("e1", "in", came), scan("e2", "out", left)]


TOGGLES = [scan("e1", "toggle", "09:00"), scan("e2", "toggle", "09:02"), scan("e3", "toggle", "12:00")]


def test_equal_rules_change_nothing():
    assert compare(day(), version=2) == []


def test_every_setting_and_every_flag_has_its_rule():
    assert set(RULES_OF_SETTING) == set(RuleSet.__struct_fields__) - {"version"}
    assert set(RULE_OF_FLAG) == set(Flag)
    assert changed_settings(RuleSet(), RuleSet(debounce_s=5, version=3)) == ["debounce_s"]


@pytest.mark.parametrize(
    ("events", "changes", "seconds", "rules"),
    [
        (day("07:00", "17:00"), {"daily_cap_s": 3600}, (28800, 3600), ("S11",)),
        (day(), {"min_session_s": 20_000}, (10800, 0), ("S10",)),
        (day(), {"break_mode": BreakMode.AUTO, "auto_break_after_s": 3600}, (10800, 9000), ("S8",)),
        (day(), {"settlement_tz": "America/New_York"}, (10800, None), ("S12",)),
        (TOGGLES, {"debounce_s": 180}, (0, 10800), ("S4",)),
        (day("06:00", "17:00"), {"max_session_s": 3600}, (28800, 0), ("S5", "S6")),
    ],
)
def test_it_names_the_rule_whose_setting_differs(events, changes, seconds, rules):
    change = next(one for one in compare(events, **changes) if one.before_s is not None)
    assert (change.before_s, change.after_s) == seconds
    assert change.rules == rules


def test_what_only_follows_is_not_called_responsible():
    fair = activity(shifts=(between("09:00", "17:00"),))
    (change,) = compare(
        day("06:00", "17:00"),
        fair,
        before=RuleSet(daily_cap_s=30_000),
        daily_cap_s=30_000,
        early_credit_s=7200,
    )
    assert change.flags_after == (Flag.DAILY_CAP, Flag.EARLY_ARRIVAL)
    assert (change.change_s, change.rules) == (1200, ("S7",))


def test_a_remark_alone_is_a_change():
    fair = activity(shifts=(between("09:00", "12:00"),))
    (change,) = compare(day("09:10", "12:00"), fair, late_grace_s=900)
    assert (change.change_s, change.rules) == (0, ("S7",))
    assert (change.flags_before, change.flags_after) == ((Flag.LATE_ARRIVAL,), ())
