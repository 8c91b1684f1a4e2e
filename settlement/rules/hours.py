"""S12 and S13: T for people to read, and V, which weighs T and is never printed as service time."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from foundation.errors import RulesError
from settlement.rules.rule_set import check_weights
from settlement.rules.troubles import RulesTrouble


def display_hours(t_s: int) -> str:
    """T in hours with two decimals, never overstated: "30.00" appears exactly when 30 hours are reached.

    Always from the seconds of the total, never a sum of displayed values.
    """
    return _decimal(t_s, 36, 2)


def certificate_hours(t_s: int) -> str:
    """T in hours with one decimal, as certificates state it; never overstated."""
    return _decimal(t_s, 360, 1)


def _decimal(t_s: int, seconds_per_unit: int, places: int) -> str:
    units = abs(t_s) // seconds_per_unit
    whole, fraction = divmod(units, 10**places)
    sign = "-" if t_s < 0 and units else ""
    return f"{sign}{whole}.{fraction:0{places}d}"


def assess_value(t_s: int, duty_pm: int = 1000, effect_pm: int = 1000) -> int:
    """V in seconds: T weighed by the duty borne and the effect reached, both in thousandths (S13).

    Raises RulesError WEIGHT_OUT_OF_RANGE.
    """
    check_weights(duty_pm, effect_pm)
    return t_s * duty_pm * effect_pm // 1_000_000


def effect_from_ratings(ratings_pm: Iterable[int]) -> int:
    """The effect weight from up to three ratings (self, peer, leader): their mean, rounded down.

    Raises RulesError: NO_RATING, TOO_MANY_RATINGS, WEIGHT_OUT_OF_RANGE.
    """
    ratings = list(ratings_pm)
    if not ratings:
        raise RulesError(RulesTrouble.NO_RATING)
    if len(ratings) > 3:
        raise RulesError(RulesTrouble.TOO_MANY_RATINGS, number=len(ratings))
    for rating in ratings:
        check_weights(1000, rating)
    return sum(ratings) // len(ratings)


class HourlyRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an hour of service would have cost; meaningless without its source and year.

    `currency` is an ISO 4217 code, `cents` are hundredths of it. Empty where nobody has entered a rate.
    """

    cents: Annotated[int, msgspec.Meta(ge=0)] = 0
    currency: Annotated[str, msgspec.Meta(pattern="^([A-Z]{3})?$")] = ""
    source: str = ""
    year: Annotated[int, msgspec.Meta(ge=0, le=2200)] = 0


def check_rate(rate: HourlyRate) -> None:
    """Raise RulesError RATE_WITHOUT_SOURCE unless a rate says its amount, currency, source and year."""
    missing = [name for name in rate.__struct_fields__ if not str(getattr(rate, name) or "").strip()]
    if missing:
        raise RulesError(RulesTrouble.RATE_WITHOUT_SOURCE, missing=missing)


def economic_value_cents(t_s: int, cents_per_hour: int) -> int:
    """What T would have cost, in cents, half a cent rounded up (away from zero below it).

    Raises RulesError NEGATIVE_RATE.
    """
    if cents_per_hour < 0:
        raise RulesError(RulesTrouble.NEGATIVE_RATE, cents=cents_per_hour)
    cents = (2 * abs(t_s) * cents_per_hour + 3600) // 7200
    return cents if t_s >= 0 else -cents
