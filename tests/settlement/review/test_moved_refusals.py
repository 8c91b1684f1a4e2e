"""Hours that were rejected in one line do not come back clean in another one, whatever stands for them."""

import pytest

from settlement.models import LedgerEntry, PhaseChange
from settlement.reach import WHOLE
from settlement.records.manual_records import ManualTime, confirm_manual_record, enter_manual_record
from settlement.review.decide import approve, approve_clean_lines, reject
from settlement.review.queue import waiting_entries
from settlement.review.reopen import reopen
from settlement.rules.evidence import Direction
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def ended_market(market, noon_ms):
    PhaseChange.objects.create(activity=market, phase="ended", from_ms=noon_ms + 6 * HOUR)
    return market


@pytest.fixture
def moved(mei, ended_fair, ended_market, serve, settle, reviewer, noon_ms, evening_ms):
    """Three hours at the fair, rejected by Sun, and the same time written down for the market."""
    serve(-3, 0)
    (row,) = LedgerEntry.objects.all()
    reject([row.pk], reviewer("Sun", note="was not there"))
    events = row.sessions[0]["in_event"], row.sessions[0]["out_event"]
    for name, direction, hour in zip(events, (Direction.IN, Direction.OUT), (-3, 0), strict=True):
        time = ManualTime(1001, "market", direction, noon_ms + hour * HOUR, "at the other gate", (name,))
        record = enter_manual_record(time, actor("Zhao"), evening_ms)
        confirm_manual_record(record.pk, actor("Qian"), evening_ms)
    settle()
    return LedgerEntry.objects.get(activity="market")


def codes(done):
    return [str(code) for _, code in done.refused]


def test_who_rejected_them_does_not_approve_them_elsewhere(moved, reviewer):
    assert moved.delta_s == 3 * 3600
    assert codes(approve([moved.pk], reviewer("Sun", note="after all"))) == ["OWN_REJECTION"]


def test_another_person_says_why(moved, reviewer):
    assert codes(approve([moved.pk], reviewer("Wu"))) == ["REJECTED_BEFORE"]
    assert approve([moved.pk], reviewer("Wu", note="seen at the market")).decided


def test_they_are_not_approved_in_bulk(moved, market, reviewer):
    assert not approve_clean_lines(market, reviewer("Wu")).decided


def test_the_queue_names_the_rejection(moved):
    (line,) = [one for one in waiting_entries(WHOLE) if one.stored.entry.key.activity == "market"]
    found = line.rejected
    assert (found.by, found.note, found.again_s, found.new_s) == ("Sun", "was not there", 3 * 3600, 0)


def test_once_the_rejection_is_taken_back_they_are_as_others(moved, reviewer, evening_ms):
    rejected = LedgerEntry.objects.get(activity="fair")
    reopen(rejected.pk, by=actor("Li"), reason="a mistake", now_ms=evening_ms)
    assert approve([moved.pk], reviewer("Wu")).decided


def test_other_times_by_hand_are_not_concerned(
    mei, ended_fair, ended_market, serve, settle, reviewer, noon_ms, evening_ms
):
    serve(-3, 0)
    (row,) = LedgerEntry.objects.all()
    reject([row.pk], reviewer("Sun", note="was not there"))
    for direction, hour in ((Direction.IN, 1), (Direction.OUT, 3)):
        time = ManualTime(1001, "market", direction, noon_ms + hour * HOUR, "no terminal there")
        record = enter_manual_record(time, actor("Zhao"), evening_ms)
        confirm_manual_record(record.pk, actor("Qian"), evening_ms)
    settle()
    other = LedgerEntry.objects.get(activity="market")
    assert approve([other.pk], reviewer("Sun")).decided
