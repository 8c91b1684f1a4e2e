import pytest

from foundation.errors import RulesError
from settlement.rules.flags import Flag
from settlement.rules.rule_set import NATIONAL_STAR_THRESHOLDS_H, BreakMode, RuleSet, load_rule_set


def test_it_fills_in_what_is_not_said():
    assert load_rule_set({}) == RuleSet()


def test_it_reads_every_type_of_field():
    rules = load_rule_set(
        {
            "version": 4,
            "break_mode": "auto",
            "daily_cap_s": None,
            "blocking_flags": ["MANUAL"],
            "exchange_tiers": {"mug": 5},
            "star_thresholds_h": list(NATIONAL_STAR_THRESHOLDS_H),
        }
    )
    assert (rules.version, rules.break_mode, rules.daily_cap_s) == (4, BreakMode.AUTO, None)
    assert (rules.blocking_flags, rules.exchange_tiers) == ((Flag.MANUAL,), {"mug": 5})
    assert rules.star_thresholds_h == (100, 300, 600, 1000, 1500)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("settlement_tz", "Asia/Shangri-La", "UNKNOWN_ZONE"),
        ("settlement_tz", "../../etc/passwd", "UNKNOWN_ZONE"),
        ("settlement_tz", "", "UNKNOWN_ZONE"),
        ("debounce_s", -1, "INVALID_RULE_SET"),
        ("debounce_s", 1.5, "INVALID_RULE_SET"),
        ("daily_cap_s", "8 h", "INVALID_RULE_SET"),
        ("break_mode", "siesta", "INVALID_RULE_SET"),
        ("version", 0, "INVALID_RULE_SET"),
        ("default_duty_pm", -1000, "INVALID_RULE_SET"),
        ("default_duty_pm", 999, "WEIGHT_OUT_OF_RANGE"),
        ("default_effect_pm", 1501, "WEIGHT_OUT_OF_RANGE"),
        ("star_thresholds_h", [30, 30], "STARS_NOT_RISING"),
        ("star_thresholds_h", [0], "INVALID_RULE_SET"),
        ("exchange_tiers", {"towel": 0}, "INVALID_RULE_SET"),
        ("weekend", [8], "INVALID_RULE_SET"),
        ("blocking_flags", ["UGLY"], "INVALID_RULE_SET"),
        ("debounce", 60, "INVALID_RULE_SET"),
    ],
)
def test_it_refuses_a_rule_that_makes_no_sense(field, value, code):
    with pytest.raises(RulesError) as refused:
        load_rule_set({field: value})
    assert refused.value.code == code
    assert refused.value.remedy
