"""The rule set: every number and choice of the settlement rules, as one versioned value."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from foundation.attendance import AttendancePolicy, Seconds
from foundation.errors import RulesError
from settlement.rules.flags import BLOCKING_FLAGS, Flag
from settlement.rules.troubles import RulesTrouble

PerMille = Annotated[int, msgspec.Meta(ge=0)]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]


class BreakMode(StrEnum):
    """How breaks are taken off (S8)."""

    NONE = "none"  # nothing is deducted
    SCHEDULED = "scheduled"  # the activity's break windows
    AUTO = "auto"  # time above `auto_break_after_s`, up to `auto_break_s`


class MissingOutPolicy(StrEnum):
    """What a check-in without a check-out is worth until somebody repairs it (S6)."""

    ZERO = "zero"
    SHIFT_END = "shift_end"  # provisionally to the end of the shift
    CLAIM = "claim"  # nothing, until a person confirms a claim to the end of the shift


class DateZone(StrEnum):
    """Whose midnights separate the local dates of an activity (S11, S12)."""

    CENTRE = "centre"  # one calendar for all: `settlement_tz`
    SITE = "site"  # the zone of the activity's own site


class RuleSet(AttendancePolicy, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One version of the rules; the defaults are those of the shipped case file.

    A settlement names the version it was computed with, so that it can be repeated years later. What
    terminals decide by as well (S1, S4 to S6) stands in `AttendancePolicy`, which their rosters carry.
    """

    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Grows with every change of any other field."""
    settlement_tz: str = "Asia/Shanghai"
    """IANA zone whose midnights split days, and in which the centre's own dates are meant (S11, S12)."""
    date_zone: DateZone = DateZone.CENTRE
    min_session_s: Seconds = 600
    """A shorter session counts nothing (S10)."""
    daily_cap_s: Seconds | None = 28800
    """The most one local date may hold for one volunteer; None for no limit (S11)."""
    early_credit_s: Seconds = 0
    """Time before the shift that is credited (S7)."""
    late_credit_s: Seconds = 0
    """Time after the shift that is credited (S7)."""
    late_grace_s: Seconds = 300
    """Coming later than this is marked; it gives no time (S7)."""
    leave_grace_s: Seconds = 300
    """Leaving earlier than this is marked; it gives no time (S7)."""
    break_mode: BreakMode = BreakMode.NONE
    auto_break_after_s: Seconds = 21600
    """An automatic break is taken from the time above this (S8)."""
    auto_break_s: Seconds = 1800
    """The most that an automatic break takes (S8)."""
    clock_flag_s: Seconds = 300
    """A measured clock error above this is marked CLOCK_LARGE (S1)."""
    clock_bound_s: Seconds = 60
    """A time known less closely than this is CLOCK_UNKNOWN and credited at its provable minimum (S1)."""
    future_tolerance_s: Seconds = 60
    """An event may be dated this long after it was received (S0)."""
    missing_out_policy: MissingOutPolicy = MissingOutPolicy.ZERO
    blocking_flags: tuple[Flag, ...] = BLOCKING_FLAGS
    """Flags that keep a line out of an approval in bulk (S15)."""
    review_due_days: Annotated[int, msgspec.Meta(ge=0)] = 10
    """Working days between an activity's end and the day its review is due (S14)."""
    weekend: tuple[Weekday, ...] = (6, 7)
    """ISO weekdays that are not worked; (5, 6) for Friday and Saturday (S14)."""
    default_duty_pm: PerMille = 1000
    """Weight of an ordinary duty, in thousandths (S13)."""
    default_effect_pm: PerMille = 1000
    """Weight of an ordinary effect, in thousandths (S13)."""
    points_per_activity_day: Annotated[int, msgspec.Meta(ge=0)] = 2
    exchange_limit_per_year: Annotated[int, msgspec.Meta(ge=0)] = 5
    exchange_tiers: dict[str, Annotated[int, msgspec.Meta(ge=1)]] = msgspec.field(
        default_factory=lambda: {"towel": 10, "cinema_ticket": 20, "book_card": 30}
    )
    """What each gift costs, in points (S18)."""
    star_thresholds_h: tuple[Annotated[int, msgspec.Meta(ge=1)], ...] = (30, 60, 100, 200, 300)
    """Hours of the first, second, … star, rising (S19)."""

    def zone_at(self, site_zone: str) -> str:
        """The zone whose midnights split the days of activities at a site of this zone ("": unknown)."""
        return site_zone if site_zone and self.date_zone is DateZone.SITE else self.settlement_tz


RULES_OF_SETTING = {
    "settlement_tz": ("S11", "S12"),
    "date_zone": ("S11", "S12"),
    "debounce_s": ("S4",),
    "max_session_s": ("S5", "S6"),
    "max_shift_s": ("S5", "S6"),
    "min_session_s": ("S10",),
    "daily_cap_s": ("S11",),
    "early_credit_s": ("S7",),
    "late_credit_s": ("S7",),
    "late_grace_s": ("S7",),
    "leave_grace_s": ("S7",),
    "close_after_s": ("S5", "S6"),
    "break_mode": ("S8",),
    "auto_break_after_s": ("S8",),
    "auto_break_s": ("S8",),
    "clock_flag_s": ("S1",),
    "clock_bound_s": ("S1",),
    "clock_drift_ppm": ("S1",),
    "future_tolerance_s": ("S0",),
    "missing_out_policy": ("S6",),
    "blocking_flags": ("S15",),
    "review_due_days": ("S14",),
    "weekend": ("S14",),
    "default_duty_pm": ("S13",),
    "default_effect_pm": ("S13",),
    "points_per_activity_day": ("S18",),
    "exchange_limit_per_year": ("S18",),
    "exchange_tiers": ("S18",),
    "star_thresholds_h": ("S19",),
}
"""The rules that each field but the version belongs to."""

NATIONAL_STAR_THRESHOLDS_H = (100, 300, 600, 1000, 1500)
"""The national scale of stars, the second preset of S19."""


def load_rule_set(settings: Mapping[str, Any]) -> RuleSet:
    """Make a rule set from a parsed TOML table or JSON object; absent fields keep their defaults.

    Raises RulesError: INVALID_RULE_SET for an unknown field or a value out of its range, UNKNOWN_ZONE,
    WEIGHT_OUT_OF_RANGE, STARS_NOT_RISING.
    """
    try:
        rule_set = msgspec.convert(dict(settings), RuleSet)
    except msgspec.ValidationError as error:
        raise RulesError(
            RulesTrouble.INVALID_RULE_SET, why=str(error).replace(" - at `$.", " in `")
        ) from error
    check_rule_set(rule_set)
    return rule_set


def policy_of(rule_set: RuleSet) -> AttendancePolicy:
    """The part of a rule set that terminals decide by."""
    return msgspec.convert(rule_set, AttendancePolicy, from_attributes=True)


def check_rule_set(rule_set: RuleSet) -> None:
    """Raise RulesError for what the types of the fields can't say; see `load_rule_set`."""
    try:
        ZoneInfo(rule_set.settlement_tz)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RulesError(RulesTrouble.UNKNOWN_ZONE, zone=rule_set.settlement_tz) from error
    check_weights(rule_set.default_duty_pm, rule_set.default_effect_pm)
    thresholds = rule_set.star_thresholds_h
    if any(lower >= higher for lower, higher in pairwise(thresholds)):
        raise RulesError(RulesTrouble.STARS_NOT_RISING, hours=thresholds)


def changed_settings(before: RuleSet, after: RuleSet) -> list[str]:
    """The fields but the version in which two rule sets differ, in their order."""
    return [name for name in RULES_OF_SETTING if getattr(before, name) != getattr(after, name)]


def check_weights(duty_pm: int, effect_pm: int) -> None:
    """Raise RulesError WEIGHT_OUT_OF_RANGE unless duty is 1000..2000 and effect 0..1500 thousandths (S13)."""
    if not (1000 <= duty_pm <= 2000 and 0 <= effect_pm <= 1500):
        raise RulesError(RulesTrouble.WEIGHT_OUT_OF_RANGE, duty=duty_pm, effect=effect_pm)
