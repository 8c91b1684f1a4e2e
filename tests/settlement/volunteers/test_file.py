"""Everything about one volunteer: what each service says alone, in a few questions however much it is."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from settlement.accounts.actor import Level
from settlement.master_data.access import SignedBy, suspend
from settlement.models import (
    Assignment,
    Certificate,
    Dispute,
    Exchange,
    Membership,
    MergedNumber,
    MergeTakenBack,
    Post,
    StarReview,
    Volunteer,
)
from settlement.recognition.certificate_check import standing_of_certificate
from settlement.recognition.certificates import issue_certificate, reissue_certificate
from settlement.recognition.ratings import RaterRole, rate
from settlement.records.dispute_standing import standing_of
from settlement.records.disputes import DisputeOutcome, DisputeResolution, answer_dispute, raise_dispute
from settlement.volunteers.file import personal_file
from settlement.volunteers.record import service_record
from settlement.volunteers.transfers import request_transfer
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of, client, no_second_factor  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(mei, wei, city, choir, fair, credit, noon_ms, rules):
    """Mei with hours, and one of everything that a file tells; Wei's number was hers for a while."""
    credit(mei, 31 * 3600)
    credit(mei, -60, kind="adjustment")
    credit(mei, 7200, "2026-03-08", approved=False)
    credit(mei, 1800, "2026-03-09", activity=choir)
    Assignment.objects.create(
        activity=fair, volunteer=mei, post=Post.objects.create(activity=fair, name="gate", duty_pm=1200)
    )
    rate(mei, fair, RaterRole.LEADER, 1500, by=actor("staff1"), now_ms=1)
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    StarReview.objects.create(volunteer=mei, stars_before=2, stars_after=1, approved_s=1, raised_ms=1)
    first = issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms)
    reissue_certificate(first.number, by=actor("Zhao"), now_ms=noon_ms)
    Exchange.objects.create(
        volunteer=mei, tier="small", local_date=dt.date(2026, 3, 9), state="applied", applied_ms=1
    )
    said = {"account_id": actor("Zhao").account, "by": "Zhao", "reason": "same card"}
    ended = MergedNumber.objects.create(kept=mei, gone=wei, at_ms=1, **said)
    MergeTakenBack.objects.create(merge=ended, at_ms=2, **said)
    too = Volunteer.objects.create(number=1003, display_name="Mei too")
    MergedNumber.objects.create(kept=mei, gone=too, at_ms=3, **said)
    request_transfer(mei, city, choir.organisation, by=actor("Zhao"), now_ms=noon_ms)
    suspend(1001, SignedBy(actor("Zhao"), "asked", noon_ms))
    object_to(mei, fair, noon_ms)
    return mei


def object_to(mei, fair, now_ms, day=7):
    raised = raise_dispute(mei, fair, dt.date(2026, 3, day), "x", by=actor("1001"), now_ms=now_ms)
    upheld = DisputeResolution(DisputeOutcome.UPHELD, "so it is", ())
    answer_dispute(raised.pk, upheld, by=actor("staff2"), now_ms=now_ms + 1)


def test_it_tells_what_each_service_tells_alone(full, noon_ms):
    for number in (1001, 1003):
        held = personal_file(number, actor("Zhao"), noon_ms)
        assert held.record == service_record(number)
        own = Certificate.objects.filter(volunteer=number).order_by("issued_ms", "number")
        assert [(one.number, one.standing) for one in held.certificates] == [
            (row.number, standing_of_certificate(row)) for row in own
        ]
        disputes = Dispute.objects.filter(volunteer=number)
        assert list(held.disputes) == [standing_of(row, noon_ms) for row in disputes]
        assert [(one.kept, one.gone) for one in held.merges] == [(1001, 1003)]
    held = personal_file(1001, actor("Zhao"), noon_ms)
    assert (held.record.stars, held.record.value_s > 0) == (2, True)
    assert [one.name for one in held.memberships] == ["City of Lanterns"]
    assert [(one.tier, one.state) for one in held.gifts] == [("small", "applied")]
    assert [one.goes_to for one in held.transfers] == ["Choir association"]
    assert [(one.change, one.reason) for one in held.withdrawals] == [("suspend", "asked")]


def test_its_page_shows_all_of_it_at_the_same_cost(full, fair, city, noon_ms, no_second_factor):  # noqa: F811
    browser = browser_of(actor("Sun", Level.ORDINARY, city.path))

    def queries():
        with CaptureQueriesContext(connection) as seen:
            page = browser.get("/volunteers/1001").content.decode()
        for told in (
            "Gift: small",
            "From City of Lanterns to Choir association",
            "asked",
            "Numbers 1003 and 1001",
        ):
            assert told in page
        return len(seen)

    queries()
    few = queries()
    for day in range(10, 15):
        object_to(full, fair, noon_ms, day)
    assert queries() == few <= 12
