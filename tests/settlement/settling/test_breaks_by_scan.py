"""A break that was scanned, or written down, lies between two stays and counts for neither."""

import pytest

from settlement.models import LedgerEntry
from sync.contract.events import CheckOut
from tests.settlement.paper_terminal import presented

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


def test_a_break_is_no_service_and_the_stays_around_it_are(
    ended_fair, mei, rules, terminal, deliver, settle, noon_ms
):
    terminal.check_in(wall_ms=noon_ms - 3 * HOUR)
    out = {"credential": presented("badge:1001.1"), "activity": "fair", "on_break": True}
    terminal.log(CheckOut, wall_ms=noon_ms, **out)
    terminal.check_in(wall_ms=noon_ms + HOUR)
    terminal.check_out(wall_ms=noon_ms + 3 * HOUR)
    deliver()
    settle()
    assert [row.delta_s for row in LedgerEntry.objects.all()] == [5 * 3600]
