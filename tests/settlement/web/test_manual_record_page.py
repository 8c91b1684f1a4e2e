"""The page of a time that was entered by hand."""

import pytest

from settlement.records.manual_records import (
    ManualTime,
    confirm_manual_record,
    decline_manual_record,
    enter_manual_record,
)
from settlement.rules.evidence import Direction
from settlement.web.page import link_to
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def record(mei, fair, noon_ms, evening_ms):
    time = ManualTime(1001, "fair", Direction.OUT, noon_ms + 5 * HOUR, "reader <b>broken")
    return enter_manual_record(time, actor("staff1"), evening_ms)


@pytest.fixture
def page(client):
    return lambda record: client.get(link_to(str(record)), secure=True).content.decode()


def test_it_says_who_entered_what_and_why(record, page):
    told = page(record)
    assert "reader &lt;b&gt;broken" in told
    assert "2026-03-07 17:00:00" in told
    assert "staff1" in told
    assert "waits for a second person" in told


def test_it_says_who_confirmed_or_declined_it(record, page, mei, fair, noon_ms, evening_ms):
    confirm_manual_record(record.pk, actor("staff2"), evening_ms)
    assert "confirmed by" in page(record)
    other = enter_manual_record(
        ManualTime(1001, "fair", Direction.IN, noon_ms, "card forgotten"), actor("staff1"), evening_ms
    )
    decline_manual_record(other.pk, actor("staff3"), evening_ms, "was not here")
    assert "was not here" in page(other)


def test_a_record_that_does_not_exist_is_said_to_be_missing(client, db):
    answer = client.get("/evidence/manual/7", secure=True)
    assert answer.status_code == 404
    assert "no manual record 7" in answer.content.decode()


def test_a_held_record_leads_from_the_board_to_its_page(record, client, noon_ms, rules, evening_ms):
    from settlement.settling.settler import settle_dirty

    late = enter_manual_record(
        ManualTime(1001, "fair", Direction.IN, noon_ms - 13 * HOUR, "x"), actor("staff1"), evening_ms
    )
    confirm_manual_record(late.pk, actor("staff2"), evening_ms)
    settle_dirty(evening_ms)
    board = client.get("/?site=north&date=2026-03-06", secure=True).content.decode()
    assert f"/evidence/manual/{late.pk}" in board
