from datetime import date, timedelta

import pytest

from settlement.rules.by_date import RulesByDate
from settlement.rules.points import ApprovedTime, Exchange, ExchangeState, keep_points
from settlement.rules.rule_set import RuleSet

NEW_YEAR = date(2026, 1, 1)


def served(days, *, year=2026):
    return [ApprovedTime("A1", date(year, 1, 1) + timedelta(days=n), 3600) for n in range(days)]


def exchange(name, tier="towel", on=date(2026, 12, 1), state=ExchangeState.APPROVED):
    return Exchange(name, tier, on, state)


def results(times, exchanges, rules=None):
    account = keep_points(times, exchanges, rules or RuleSet())
    return {name: str(result) for name, result in account.results.items()}


def test_it_gives_points_once_for_an_activity_and_date():
    times = [
        ApprovedTime("A1", NEW_YEAR, 600),
        ApprovedTime("A1", NEW_YEAR, 600),
        ApprovedTime("A2", NEW_YEAR, 600),
    ]
    assert keep_points(times, [], RuleSet()).earned == {2026: 4}


def test_it_gives_no_points_for_time_that_was_taken_back():
    times = [ApprovedTime("A1", NEW_YEAR, 600), ApprovedTime("A1", NEW_YEAR, -600)]
    assert keep_points(times, [], RuleSet()).earned == {2026: 0}


@pytest.mark.parametrize(("tier", "cost"), [("towel", 10), ("cinema_ticket", 20), ("book_card", 30)])
def test_it_deducts_what_the_gift_costs(tier, cost):
    assert keep_points(served(20), [exchange("x1", tier)], RuleSet()).balance == {2026: 40 - cost}


@pytest.mark.parametrize(("days", "result"), [(5, "ok"), (4, "INSUFFICIENT_POINTS")])
def test_it_needs_the_whole_cost(days, result):
    assert results(served(days), [exchange("x1")]) == {"x1": result}


def test_it_allows_five_exchanges_a_year():
    answers = results(served(60), [exchange(f"x{n}") for n in range(1, 7)])
    assert list(answers.values()) == ["ok"] * 5 + ["EXCHANGE_LIMIT"]


def test_it_names_the_limit_before_the_balance():
    answers = results(served(25), [exchange(f"x{n}") for n in range(1, 7)])
    assert answers["x6"] == "EXCHANGE_LIMIT"


def test_it_does_not_count_rejected_applications_towards_the_limit():
    rejected = [exchange(f"r{n}", state=ExchangeState.REJECTED) for n in range(9)]
    answers = results(served(60), [*rejected, *(exchange(f"x{n}") for n in range(5))])
    assert answers["x4"] == "ok"


def test_it_names_the_review_before_the_limit():
    answers = results(
        [], [exchange("x1", state=ExchangeState.REJECTED), exchange("x2", state=ExchangeState.APPLIED)]
    )
    assert answers == {"x1": "REJECTED", "x2": "NOT_REVIEWED"}


def test_it_deducts_nothing_for_what_was_not_approved():
    states = [ExchangeState.REJECTED, ExchangeState.APPLIED]
    exchanges = [exchange(state.value, state=state) for state in states]
    assert keep_points(served(5), exchanges, RuleSet()).balance == {2026: 10}


def test_it_carries_nothing_over_to_the_next_year():
    account = keep_points(served(10), [exchange("x1", on=date(2027, 1, 1))], RuleSet())
    assert account.results == {"x1": "INSUFFICIENT_POINTS"}
    assert account.balance == {2026: 20, 2027: 0}


def test_it_serves_exchanges_by_their_date():
    later, earlier = exchange("x1", on=date(2026, 6, 2)), exchange("x2", on=date(2026, 6, 1))
    assert results(served(5), [later, earlier]) == {"x2": "ok", "x1": "INSUFFICIENT_POINTS"}


def test_it_knows_only_the_gifts_of_the_rule_set():
    assert results(served(60), [exchange("x1", "car")]) == {"x1": "UNKNOWN_TIER"}


def test_it_takes_points_limit_and_gifts_from_the_rule_set():
    rules = RuleSet(points_per_activity_day=1, exchange_limit_per_year=1, exchange_tiers={"mug": 3})
    account = keep_points(served(6), [exchange("x1", "mug"), exchange("x2", "mug")], rules)
    assert account.results == {"x1": "ok", "x2": "EXCHANGE_LIMIT"}
    assert account.balance == {2026: 3}


def test_it_counts_a_fulfilled_exchange_as_the_approved_one_it_was():
    assert results(served(5), [exchange("x1", state=ExchangeState.FULFILLED)]) == {"x1": "ok"}


def test_a_line_earns_by_the_rules_of_its_date_and_an_application_is_judged_by_its_own():
    changed = RuleSet(version=2, points_per_activity_day=5, exchange_tiers={"towel": 40})
    rules = RulesByDate(RuleSet(), [(date(2026, 1, 3), changed)])
    times = served(4)
    assert keep_points(times, [], rules).earned == {2026: 2 + 2 + 5 + 5}
    early, late = exchange("early", on=date(2026, 1, 2)), exchange("late", on=date(2026, 1, 4))
    assert results(times, [early, late], rules) == {"early": "ok", "late": "INSUFFICIENT_POINTS"}
