"""What a volunteer answers to "When did you leave?" waits for somebody who can say that it is true."""

import pytest

from foundation.errors import RulesError
from settlement.ingest.ingest import ingest
from settlement.models import Event, LedgerEntry, ManualRecord, StaffMember, Volunteer
from settlement.reach import WHOLE
from settlement.records.manual_records import confirm_manual_record, waiting_records
from settlement.review.decide import approve
from settlement.settling.settler import settle_everything
from sync.contract.events import Claim
from tests.settlement.actors import actor
from tests.settlement.paper_terminal import presented

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def claim(terminal, deliver, noon_ms, settle, hear):
    """Mei, who came at nine and never checked out, says in the evening that she left at five."""

    def _claim(
        at_ms=noon_ms + 5 * HOUR, earliest_ms=noon_ms - 3 * HOUR, ref="badge:1001.1", activity="fair", **more
    ):
        terminal.check_in(wall_ms=noon_ms - 3 * HOUR)
        terminal.log(
            Claim,
            noon_ms + 9 * HOUR,
            credential=presented(ref),
            activity=activity,
            direction="out",
            at_ms=at_ms,
            earliest_ms=earliest_ms,
            latest_ms=noon_ms + 9 * HOUR,
            **more,
        )
        deliver()
        hear()
        settle()

    return _claim


def test_a_claim_becomes_a_record_that_a_second_person_has_to_confirm(
    mei, ended_fair, claim, settle, entries, evening_ms, noon_ms, terminal
):
    claim()
    record = waiting_records(WHOLE).get()
    assert (record.volunteer, record.activity, record.direction) == (mei, ended_fair, "out")
    assert (record.at_ms, record.entered_by) == (noon_ms + 5 * HOUR, "terminal:north-gate")
    assert record.claim_seq == 3
    assert entries()[-1][3] == 0
    with pytest.raises(RulesError):
        confirm_manual_record(record.pk, actor("1001"), evening_ms)
    confirm_manual_record(record.pk, actor("staff1"), evening_ms)
    settle()
    assert entries()[-1] == (1001, "original", 2, 8 * 3600, "pending", None)


def test_who_took_a_claim_down_does_not_confirm_it(mei, ended_fair, claim, evening_ms):
    claim(taken_by="staff1")
    record = waiting_records(WHOLE).get()
    assert record.entered_by == "staff1"
    with pytest.raises(RulesError):
        confirm_manual_record(record.pk, actor("staff1"), evening_ms)
    confirm_manual_record(record.pk, actor("staff2"), evening_ms)


@pytest.fixture
def staff_member():
    """Enters somebody who may act at terminals, and is at the centre whoever has that account."""

    def _staff_member(reference, account):
        StaffMember.objects.create(
            reference=reference,
            display_name="Zhao",
            role="staff",
            verifier="",
            account_id=account,
            entered_ms=0,
        )

    return _staff_member


def test_who_took_a_claim_down_does_not_confirm_it_by_the_account_either(
    mei, ended_fair, claim, settle, staff_member, entries, reviewer, evening_ms
):
    """At the terminal a person is called liaison-7, at the centre by a login: four eyes are two persons."""
    zhao = actor("Zhao Min")
    staff_member("liaison-7", zhao.account)
    claim(taken_by="liaison-7")
    record = waiting_records(WHOLE).get()
    assert (record.entered_by, record.entered_account_id) == ("liaison-7", zhao.account)
    with pytest.raises(RulesError) as refused:
        confirm_manual_record(record.pk, zhao, evening_ms)
    assert refused.value.code == "MANUAL_UNCONFIRMED"
    confirm_manual_record(record.pk, actor("staff2"), evening_ms)
    settle()
    entry = LedgerEntry.objects.get(review=None)
    assert entry.delta_s == 8 * 3600
    assert [why for _, why in approve([entry.pk], reviewer("Zhao Min")).refused] == ["FOUR_EYES"]


def test_an_account_that_came_after_the_claim_is_the_same_person(
    mei, ended_fair, claim, settle, staff_member, reviewer, evening_ms
):
    claim(taken_by="liaison-7")
    record = waiting_records(WHOLE).get()
    assert record.entered_account is None
    zhao = actor("Zhao Min")
    staff_member("liaison-7", zhao.account)
    with pytest.raises(RulesError):
        confirm_manual_record(record.pk, zhao, evening_ms)
    confirm_manual_record(record.pk, actor("staff2"), evening_ms)
    settle()
    entry = LedgerEntry.objects.get(review=None)
    assert entry.delta_s == 8 * 3600
    assert [why for _, why in approve([entry.pk], reviewer("Zhao Min")).refused] == ["FOUR_EYES"]


def test_a_claim_that_names_no_activity_is_for_the_one_under_way_at_the_claimed_time(
    mei, ended_fair, claim, noon_ms
):
    """At nine in the evening, when it was taken down, nothing was."""
    claim(activity="?")
    assert waiting_records(WHOLE).get().activity == ended_fair
    assert Event.objects.get(kind="claim").review_reason == ""


def test_a_claim_is_entered_once_however_often_it_is_settled(mei, ended_fair, claim, evening_ms):
    claim()
    settle_everything(evening_ms)
    settle_everything(evening_ms)
    assert ManualRecord.objects.count() == 1


@pytest.mark.parametrize("hours", [-4, 10])
def test_a_claim_outside_its_own_bounds_is_looked_at_by_a_person(hours, mei, ended_fair, claim, noon_ms):
    claim(at_ms=noon_ms + hours * HOUR)
    assert not ManualRecord.objects.exists()
    assert Event.objects.get(kind="claim").review_reason == "impossible_claim"


def test_a_claim_of_somebody_unknown_waits_for_the_name(db, ended_fair, claim, settle, evening_ms):
    claim()
    assert not ManualRecord.objects.exists()
    Volunteer.objects.create(number=1001, display_name="Mei")
    from settlement.evidence.attribution import attribute_again

    assert attribute_again(evening_ms) == 2
    settle()
    assert ManualRecord.objects.get().volunteer_id == 1001


def test_a_claim_in_an_unknown_activity_waits_for_it(mei, ended_fair, claim):
    claim(activity="moon")
    assert not ManualRecord.objects.exists()
    assert Event.objects.get(kind="claim").review_reason == "unknown_activity"


def test_a_claim_that_comes_twice_is_one(mei, ended_fair, claim, terminal, centre, settle, evening_ms):
    claim()
    ingest(terminal.batch_topic, terminal.batch(), evening_ms, centre=centre)
    settle()
    assert ManualRecord.objects.count() == 1
