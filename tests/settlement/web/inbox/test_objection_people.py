"""An objection's page says who may do each step, and which person is missing."""

import pytest

from settlement.models import Account, Dispute, LedgerEntry, Review
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(mei, ended_fair, serve, noon_ms, evening_ms, pages_at, no_second_factor):
    """Of Mei's objection to a line that Zhao approved; read by Zhao."""
    serve()
    zhao = actor("Zhao")
    entry = LedgerEntry.objects.get()
    Review.objects.create(entry=entry, state="approved", by="Zhao", account_id=zhao.account, at_ms=evening_ms)
    row = Dispute.objects.create(
        volunteer=mei, activity=ended_fair, local_date="2026-03-07", objection="left at six", raised_by="Mei",
        raised_ms=evening_ms,
    )  # fmt: skip
    pages_at(evening_ms)
    browser = browser_of(zhao)
    return lambda: text_of(browser.get(f"/objection/{row.pk}/"))


def test_with_one_person_a_second_reviewer_is_missing(page):
    told = page()
    assert "Decided on these hours before: Zhao" in told
    assert "somebody who did not decide on these hours before. People who may: 0" in told
    assert "Missing: a second reviewer who did not decide on these hours before" in told


def test_each_further_person_fills_a_step(page, mei):
    actor("Sun")
    assert "Missing: another person" not in page()
    assert "Missing: a third person" in page()
    actor("Wu")
    Account.objects.filter(real_name="Wu").update(ended_ms=1)
    assert "Missing: a third person" in page()
    actor("Mei", volunteer=1001)
    assert "Missing: a third person" in page()
    actor("Li")
    told = page()
    assert "Missing" not in told
    assert "Answer: somebody who did not decide on these hours before. People who may: 2" in told
    assert "Confirm corrected times: somebody else than who answers. People who may: 3" in told
