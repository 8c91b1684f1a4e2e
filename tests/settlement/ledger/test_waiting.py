"""What waits is kept by the database itself: it is always what has no review."""

import pytest

from settlement.ledger.entries import pending
from settlement.models import LedgerEntry, WaitingEntry
from settlement.reach import WHOLE
from settlement.review.decide import Reviewer, approve, reject
from settlement.settling.settler import settle_everything
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

DAY = 86_400_000


def without_review():
    return set(LedgerEntry.objects.filter(review=None).values_list("pk", flat=True))


def test_it_is_what_has_no_review(fair, mei, wei, serve, noon_ms):
    now_ms = noon_ms + 4 * DAY
    serve()
    serve(number=1002)
    settle_everything(now_ms)
    first, second = sorted(without_review())
    for expected in ({first, second}, {second}, set()):
        assert {row.pk for row in pending()} == {row.pk for row in WHOLE.waiting()} == expected
        assert set(WaitingEntry.objects.values_list("entry", flat=True)) == expected == without_review()
        reviewer = Reviewer(actor("Zhao"), now_ms, "was not there", "the gate is lost")
        if first in expected:
            approve([first], reviewer)
        elif second in expected:
            reject([second], reviewer)
    assert not WaitingEntry.objects.exists()


def test_it_tells_of_what(fair, mei, serve, noon_ms):
    serve()
    settle_everything(noon_ms + DAY)
    (waiting,) = WaitingEntry.objects.select_related("entry")
    assert (waiting.activity_id, waiting.local_date) == (fair.pk, waiting.entry.local_date)
