"""Points, and what they can be exchanged for."""

import pytest

from foundation.errors import RulesError
from settlement.models import Exchange
from settlement.reach import WHOLE
from settlement.recognition.points import (
    apply_for_gift,
    approve_exchange,
    fulfil_exchange,
    points_account,
    reject_exchange,
    waiting_exchanges,
)
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

DAY = 86_400_000


@pytest.fixture
def rich(mei, credit):
    """Mei has served on 15 days of March: 30 points."""
    for day in range(1, 16):
        credit(mei, 3600, f"2026-03-{day:02}")
    return mei


@pytest.fixture
def apply(rich, noon_ms):
    return lambda tier="towel", now_ms=noon_ms: apply_for_gift(rich, tier, actor(), now_ms)


def balance(volunteer, year=2026):
    return points_account(volunteer.number).balance[year]


def code_of(refused):
    return refused.value.code


def test_two_points_for_each_activity_and_day_with_approved_time(mei, credit, fair):
    credit(mei, 3600)
    credit(mei, -3600, kind="adjustment")
    credit(mei, 60, "2026-03-08")
    credit(mei, 60, "2026-03-09", approved=False)
    assert points_account(mei.number).earned == {2026: 2}


def test_points_are_deducted_when_the_application_is_approved(rich, apply, noon_ms):
    exchange = apply("cinema_ticket")
    assert (balance(rich), list(waiting_exchanges(WHOLE))) == (30, [exchange])
    approve_exchange(exchange.pk, actor("staff1"), noon_ms)
    assert balance(rich) == 10
    fulfil_exchange(exchange.pk, actor("staff2"), noon_ms)
    exchange.refresh_from_db()
    assert (exchange.state, exchange.reviewed_by, exchange.fulfilled_by) == ("fulfilled", "staff1", "staff2")
    assert balance(rich) == 10


def test_a_rejected_application_costs_nothing(rich, apply, noon_ms):
    exchange = apply()
    reject_exchange(exchange.pk, actor("staff1"), noon_ms, "out of towels")
    assert balance(rich) == 30
    assert Exchange.objects.get().note == "out of towels"


def test_what_the_points_do_not_suffice_for_is_not_even_taken_down(rich, apply, noon_ms):
    approve_exchange(apply("cinema_ticket").pk, actor("staff1"), noon_ms)
    with pytest.raises(RulesError) as refused:
        apply("cinema_ticket")
    assert code_of(refused) == "INSUFFICIENT_POINTS"
    assert Exchange.objects.count() == 1


def test_two_applications_cannot_spend_the_same_points(rich, apply, noon_ms):
    first, second = apply("book_card"), apply("book_card")
    approve_exchange(first.pk, actor("staff1"), noon_ms)
    with pytest.raises(RulesError) as refused:
        approve_exchange(second.pk, actor("staff1"), noon_ms)
    assert code_of(refused) == "INSUFFICIENT_POINTS"
    second.refresh_from_db()
    assert second.state == "applied"


def test_an_older_application_never_takes_the_points_of_a_granted_one(rich, apply, noon_ms):
    older = apply("cinema_ticket")
    newer = apply("cinema_ticket", noon_ms + DAY)
    approve_exchange(newer.pk, actor("staff1"), noon_ms + DAY)
    with pytest.raises(RulesError) as refused:
        approve_exchange(older.pk, actor("staff1"), noon_ms + DAY)
    assert code_of(refused) == "INSUFFICIENT_POINTS"


def test_five_exchanges_a_year_and_no_more(rich, credit, apply, noon_ms):
    for day in range(16, 32):
        credit(rich, 3600, f"2026-03-{day:02}")
    for _ in range(5):
        approve_exchange(apply().pk, actor("staff1"), noon_ms)
    with pytest.raises(RulesError) as refused:
        apply()
    assert code_of(refused) == "EXCHANGE_LIMIT"


def test_no_points_carry_over_into_the_next_year(apply, noon_ms):
    with pytest.raises(RulesError) as refused:
        apply(now_ms=noon_ms + 366 * DAY)
    assert code_of(refused) == "INSUFFICIENT_POINTS"


def test_a_gift_that_does_not_exist_is_refused(apply):
    with pytest.raises(RulesError) as refused:
        apply("yacht")
    assert code_of(refused) == "UNKNOWN_TIER"
    assert "no gift 'yacht'. Choose one of towel, cinema_ticket, book_card." in str(refused.value)


def test_each_step_is_taken_once_and_in_order(apply, noon_ms):
    exchange = apply()
    with pytest.raises(RulesError) as refused:
        fulfil_exchange(exchange.pk, actor("staff1"), noon_ms)
    assert code_of(refused) == "NOT_APPROVED"
    approve_exchange(exchange.pk, actor("staff1"), noon_ms)
    for again in (
        lambda: approve_exchange(exchange.pk, actor("staff1"), noon_ms),
        lambda: reject_exchange(exchange.pk, actor("staff1"), noon_ms, "no"),
    ):
        with pytest.raises(RulesError) as refused:
            again()
        assert code_of(refused) == "NOT_APPLIED"


def test_nobody_decides_on_the_own_gift_and_somebody_signs(apply, noon_ms):
    exchange = apply()
    with pytest.raises(RulesError) as refused:
        approve_exchange(exchange.pk, actor("1001"), noon_ms)
    assert code_of(refused) == "SELF_REVIEW"
    with pytest.raises(RulesError) as refused:
        reject_exchange(exchange.pk, actor("staff1"), noon_ms, " ")
    assert code_of(refused) == "NO_REASON"
    with pytest.raises(RulesError) as refused:
        approve_exchange(999_999_999, actor("staff1"), noon_ms)
    assert code_of(refused) == "UNKNOWN_EXCHANGE"
