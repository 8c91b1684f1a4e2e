"""S18: points for gifts. Points and hours are two things; neither is ever turned into the other."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from settlement.rules.by_date import RulesByDate, by_date
from settlement.rules.rule_set import RuleSet


class ApprovedTime(msgspec.Struct, frozen=True):
    """Approved seconds of a volunteer in an activity on a local date; negative ones are adjustments."""

    activity: str
    local_date: date
    t_s: int


class ExchangeState(StrEnum):
    """Where an application for a gift is."""

    APPLIED = "applied"
    APPROVED = "approved"
    REJECTED = "rejected"
    FULFILLED = "fulfilled"


class Exchange(msgspec.Struct, frozen=True):
    """One application of a volunteer to exchange points for a gift."""

    id: str
    tier: str
    local_date: date
    state: ExchangeState


class ExchangeResult(StrEnum):
    """What the rules say to an application."""

    OK = "ok"
    NOT_REVIEWED = "NOT_REVIEWED"
    """Nobody decided yet: nothing is deducted."""
    REJECTED = "REJECTED"
    """The reviewer declined: nothing is deducted, and it does not count towards the limit."""
    UNKNOWN_TIER = "UNKNOWN_TIER"
    """No such gift."""
    EXCHANGE_LIMIT = "EXCHANGE_LIMIT"
    """The year's number of exchanges is used up."""
    INSUFFICIENT_POINTS = "INSUFFICIENT_POINTS"


class PointsAccount(msgspec.Struct, frozen=True):
    """A volunteer's points by calendar year; no year carries over to the next."""

    earned: dict[int, int]
    balance: dict[int, int]
    results: dict[str, ExchangeResult]
    """By the exchange's id."""


def keep_points(
    approved: Iterable[ApprovedTime], exchanges: Sequence[Exchange], rules: RuleSet | RulesByDate
) -> PointsAccount:
    """The points of one volunteer. Exchanges are served by date, those of one day in the order given.

    A line earns by the rules of its date, and an application is judged by those of its own.
    """
    versions = by_date(rules)
    earned = points_earned(approved, rules)
    balance = dict(earned)
    served: dict[int, int] = {}
    results: dict[str, ExchangeResult] = {}
    for exchange in sorted(exchanges, key=lambda exchange: exchange.local_date):
        year = exchange.local_date.year
        balance.setdefault(year, 0)
        result = _judge(exchange, balance[year], served.get(year, 0), versions.on(exchange.local_date))
        results[exchange.id] = result
        if result is ExchangeResult.OK:
            balance[year] -= versions.on(exchange.local_date).exchange_tiers[exchange.tier]
            served[year] = served.get(year, 0) + 1
    return PointsAccount(earned, balance, results)


def points_earned(approved: Iterable[ApprovedTime], rules: RuleSet | RulesByDate) -> dict[int, int]:
    """Points by calendar year: once for each activity and local date with more than 0 approved seconds."""
    seconds: dict[tuple[str, date], int] = {}
    for time in approved:
        key = (time.activity, time.local_date)
        seconds[key] = seconds.get(key, 0) + time.t_s
    versions = by_date(rules)
    earned: dict[int, int] = {}
    for (_, day), t_s in seconds.items():
        points = versions.on(day).points_per_activity_day if t_s > 0 else 0
        earned[day.year] = earned.get(day.year, 0) + points
    return earned


def _judge(exchange: Exchange, balance: int, served: int, rules: RuleSet) -> ExchangeResult:
    """The checks in the order of S18: review, limit, balance."""
    if exchange.state is ExchangeState.APPLIED:
        return ExchangeResult.NOT_REVIEWED
    if exchange.state is ExchangeState.REJECTED:
        return ExchangeResult.REJECTED
    cost = rules.exchange_tiers.get(exchange.tier)
    if cost is None:
        return ExchangeResult.UNKNOWN_TIER
    if served >= rules.exchange_limit_per_year:
        return ExchangeResult.EXCHANGE_LIMIT
    return ExchangeResult.OK if balance >= cost else ExchangeResult.INSUFFICIENT_POINTS
