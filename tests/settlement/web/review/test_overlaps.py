"""Time that is claimed twice: pages name the other stay and lead to its line, beyond reach neither."""

import pytest

from foundation.words import Words
from settlement.accounts.actor import Level
from settlement.models import LedgerEntry, ManualRecord, Sheet
from settlement.organisations.tree import add_organisation
from settlement.records.manual_records import ManualTime, confirm_manual_record, enter_manual_records
from settlement.rules.evidence import Direction
from settlement.settling.preview import preview
from settlement.settling.preview_text import tell_preview
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of, text_of

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture(autouse=True)
def now(pages_at, no_second_factor, evening_ms):
    pages_at(evening_ms)


@pytest.fixture
def both(mei, ended_fair, market, serve, settle, noon_ms, evening_ms):
    """Mei was at the fair from 09:00 to 17:00, and by hand at the market from 13:00 to 15:00."""
    serve()
    times = [at_market(direction, noon_ms + hour * HOUR) for direction, hour in (("in", 1), ("out", 3))]
    for record in enter_manual_records(times, actor("Sun"), evening_ms):
        confirm_manual_record(record.pk, actor("Li"), evening_ms)
    settle()
    return {row.activity_id: row for row in LedgerEntry.objects.all()}


def at_market(direction, at_ms):
    return ManualTime(1001, "market", Direction(direction), at_ms, "no power")


@pytest.fixture
def of_market(market):
    """Reaches the market and not the fair."""
    market.organisation = add_organisation("Market hall")
    market.save()
    return browser_of(actor("Wu", Level.SENIOR, market.organisation.path))


def test_a_line_names_the_other_one_and_leads_to_it(both):
    top = browser_of(actor("Zhao"))
    page = text_of(top.get(f"/review/line/{both['market'].pk}"))
    assert "At the same time: Lantern fair, North gate, 2026-03-07 09:00 – 17:00." in page
    assert f'<a href="/review/line/{both["fair"].pk}">At the same time' in page
    page = text_of(top.get(f"/review/line/{both['fair'].pk}"))
    assert "At the same time: Market, North gate, 2026-03-07 13:00 – 15:00." in page


def test_beyond_reach_it_tells_only_that_there_is_one(both, of_market):
    page = text_of(of_market.get(f"/review/line/{both['market'].pk}"))
    assert "a stay in an activity beyond your reach" in page
    assert "Lantern fair" not in page.partition('id="overlaps"')[2].partition("</section>")[0]
    assert f"/review/line/{both['fair'].pk}" not in page


def test_a_time_by_hand_and_a_sheet_name_it_before_anybody_confirms_them(mei, ended_fair, market, serve):
    serve()
    top = browser_of(actor("Zhao"))
    cells = {"number-1": "1001", "came-1": "13:00", "left-1": "15:00"}
    form = {"day": "2026-03-07", "reason": "no power", "form": "f1"}
    top.post("/sheets/of/market/", form | cells)
    fair = LedgerEntry.objects.get()
    for path in (f"/sheets/{Sheet.objects.get().pk}/", f"/evidence/manual/{ManualRecord.objects.first().pk}"):
        page = text_of(top.get(path))
        assert f'<a href="/review/line/{fair.pk}">At the same time: Lantern fair' in page


def test_a_preview_of_hours_names_it(mei, ended_fair, market, serve, rules, noon_ms, evening_ms):
    serve()
    times = [at_market("in", noon_ms + HOUR), at_market("out", noon_ms + 3 * HOUR)]
    told = [*tell_preview(preview(times, actor("Zhao"), evening_ms), Words("en"), "Asia/Shanghai")]
    assert any("At the same time: Lantern fair, " in one for one in told)
    times = [at_market("in", noon_ms + 5 * HOUR), at_market("out", noon_ms + 6 * HOUR)]
    told = [*tell_preview(preview(times, actor("Zhao"), evening_ms), Words("en"), "Asia/Shanghai")]
    assert not any("At the same time" in one for one in told)
