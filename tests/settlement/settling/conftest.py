"""Somebody who was registered twice, and what is done about it."""

import pytest

from settlement.models import (
    LedgerEntry,
    Volunteer,
)
from settlement.review.decide import Reviewer, approve
from settlement.settling.merging import merge_numbers, take_merge_back
from tests.settlement.actors import actor
from tests.settlement.settling.merged import GONE, HOUR_S, KEPT, WHY


@pytest.fixture
def twice(mei):
    """Mei, who was registered a second time."""
    return Volunteer.objects.create(number=GONE, display_name="Mei Li")


@pytest.fixture
def merge(twice, evening_ms):
    return lambda kept=KEPT, gone=GONE, by="Zhao", at_ms=evening_ms: merge_numbers(
        kept, gone, actor(by), WHY, at_ms
    )


@pytest.fixture
def separate(twice, evening_ms):
    return lambda gone=GONE, by="Qian", at_ms=evening_ms + 1: take_merge_back(
        gone, actor(by), "two people", at_ms
    )


@pytest.fixture
def approve_all(ended_fair):
    def _approve_all(name="staff1"):
        waiting = LedgerEntry.objects.filter(review=None).values_list("pk", flat=True)
        # The market goes on: who decides before its evidence is whole says why.
        done = approve(list(waiting), Reviewer(actor(name), 10**13, note="seen", override="due"))
        assert not done.refused
        return done.decided

    return _approve_all


@pytest.fixture
def at_market(market, terminal, deliver, hear, settle, noon_ms):
    """Lets the gone number serve at the market meanwhile, from one hour to another."""

    def _at_market(came, left, number=GONE):
        first = len(terminal.events) + 1
        for record, hour in ((terminal.check_in, came), (terminal.check_out, left)):
            record(f"badge:{number}.1", activity="market", wall_ms=noon_ms + hour * HOUR_S * 1000)
        deliver(1 if first == 2 else first)
        hear()
        settle()

    return _at_market
