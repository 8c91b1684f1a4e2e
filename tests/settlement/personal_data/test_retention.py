"""What is kept of people ends when its time is over, kind by kind, and that it ended is on record."""

import pytest
from msgspec import ValidationError, convert
from msgspec.structs import replace

from settlement.accounts.audit import Action, Kind, Signed
from settlement.accounts.invitations import invite_login
from settlement.master_data.access import SignedBy, suspend
from settlement.master_data.people import enter_volunteer
from settlement.models import (
    AuditRecord,
    AuditValues,
    Exchange,
    Invitation,
    IssuedCode,
    Membership,
    Quarantine,
    RefusedEnrolment,
    Volunteer,
)
from settlement.organisations.members import leave
from settlement.people_settings import RetentionSettings
from settlement.personal_data.retention import Ended, end_what_is_over, over
from settlement.recognition.certificates import issue_certificate
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000
KEPT = RetentionSettings()
NOTHING = RetentionSettings(
    quarantine_days=0, refused_enrolments_days=0, codes_days=0, invitations_days=0, earlier_values_days=0
)


@pytest.fixture
def kept(mei, site, noon_ms):
    """One row of each kind, of noon."""
    Quarantine.objects.create(
        topic="up", reason="junk", detail="d", digest="1", raw=b"x", size=1, first_ms=noon_ms, last_ms=noon_ms
    )
    RefusedEnrolment.objects.create(at_ms=noon_ms, refusal="unknown", address="192.0.2.1")
    IssuedCode.objects.create(
        ref="code:1001.0123456789abcdef", lookup="l", volunteer=mei, site=site, telephone="phone:hash",
        issued_ms=noon_ms, expires_ms=noon_ms,
    )  # fmt: skip
    zhao = actor("Zhao")
    enter_volunteer(1001, "Li Mei", Signed(zhao, noon_ms, "misspelt"))
    return zhao


def counts():
    rows = (Quarantine, RefusedEnrolment, IssuedCode, AuditValues)
    return tuple(
        model.objects.filter(**({"volunteer__isnull": False} if model is AuditValues else {})).count()
        for model in rows
    )


def test_a_day_before_its_time_everything_is_there_and_a_day_later_it_is_gone(kept, noon_ms):
    for kind, column in (
        ("quarantine_days", 0),
        ("refused_enrolments_days", 1),
        ("codes_days", 2),
        ("earlier_values_days", 3),
    ):
        days = getattr(KEPT, kind)
        alone = replace(NOTHING, **{kind: days})
        list(end_what_is_over(alone, noon_ms + days * DAY_MS))
        assert counts()[column] == 1, kind
        assert list(end_what_is_over(alone, noon_ms + days * DAY_MS + 1)) == [Ended(kind, 1, days)]
        assert counts()[column] == 0, kind
    assert AuditRecord.objects.filter(kind=Kind.VOLUNTEER, subject="1001").count() == 1  # that it was renamed


def test_an_invitation_goes_after_it_has_ended(kept, noon_ms):
    from settlement.accounts.accounts import NewAccount, add_account
    from settlement.accounts.actor import Level

    add_account(NewAccount(login="sun", name="Sun Li", level=Level.SUPER), Signed(kept, noon_ms))
    invite_login("sun", 7, Signed(kept, noon_ms))
    ends_ms = noon_ms + 7 * DAY_MS
    list(end_what_is_over(KEPT, ends_ms + 30 * DAY_MS))
    assert Invitation.objects.count() == 1
    list(end_what_is_over(KEPT, ends_ms + 30 * DAY_MS + 1))
    assert not Invitation.objects.exists()


def test_a_preview_ends_nothing(kept, noon_ms):
    late = noon_ms + 4000 * DAY_MS
    told = {one.kind: one.count for one in over(KEPT, late)}
    assert told == {
        "quarantine_days": 1, "refused_enrolments_days": 1, "codes_days": 1, "invitations_days": 0,
        "earlier_values_days": 1,
    }  # fmt: skip
    assert counts() == (1, 1, 1, 1)


def test_nothing_ends_where_the_settings_say_for_ever(kept, noon_ms):
    assert list(end_what_is_over(NOTHING, noon_ms + 40_000 * DAY_MS)) == []
    assert counts() == (1, 1, 1, 1)


def test_what_ended_is_on_record(kept, noon_ms):
    list(end_what_is_over(KEPT, noon_ms + 200 * DAY_MS))
    rows = AuditRecord.objects.filter(kind=Kind.RETENTION).order_by("pk")
    assert [(row.action, row.subject, row.values.after["count"]) for row in rows] == [
        (Action.REMOVE, "quarantine_days", 1),
        (Action.REMOVE, "refused_enrolments_days", 1),
        (Action.REMOVE, "codes_days", 1),
    ]


def test_somebody_who_came_no_more_is_erased_and_nobody_else(zinnia, wei, noon_ms):
    inactive = replace(NOTHING, inactive_days=400)
    assert list(end_what_is_over(inactive, noon_ms + 300 * DAY_MS)) == [Ended("inactive_days", 0, 400)]
    late = noon_ms + 500 * DAY_MS
    assert list(over(inactive, late)) == [Ended("inactive_days", 1, 400)]
    assert list(end_what_is_over(inactive, late)) == [Ended("inactive_days", 1, 400)]
    assert dict(Volunteer.objects.values_list("number", "display_name")) == {1001: "1001", 1002: "Wei"}


def test_nobody_is_erased_while_hours_wait_or_service_is_planned(zinnia, credit, ended_fair, noon_ms):
    from settlement.models import Assignment, Shift

    inactive, late = replace(NOTHING, inactive_days=400), noon_ms + 500 * DAY_MS
    planned = Shift.objects.create(activity=ended_fair, start_ms=late, end_ms=late + 1)
    assert Assignment.objects.filter(volunteer=1001, activity=ended_fair).exists()
    assert list(over(inactive, late)) == [Ended("inactive_days", 0, 400)]
    planned.delete()
    credit(zinnia, 60, "2026-03-08", approved=False)
    assert list(over(inactive, late)) == [Ended("inactive_days", 0, 400)]


def test_a_year_is_no_inactivity():
    with pytest.raises(ValidationError, match="at least 400"):
        convert({"inactive_days": 365}, RetentionSettings)


@pytest.mark.parametrize(
    "asked",
    [
        lambda mei, city, zhao, at_ms: issue_certificate(city, mei, by=zhao, now_ms=at_ms),
        lambda mei, city, zhao, at_ms: suspend(1001, SignedBy(zhao, "ill", at_ms)),
        lambda mei, city, zhao, at_ms: Exchange.objects.create(
            volunteer=mei, tier="towel", local_date="2027-03-07", state="rejected",
            applied_ms=at_ms, reviewed_by="Zhao", reviewed_ms=at_ms, note="none left",
        ),
        lambda mei, city, zhao, at_ms: leave(mei, Membership.objects.get(left_ms=None).organisation, at_ms),
    ],
)  # fmt: skip
def test_who_asked_for_something_lately_is_not_inactive(asked, zinnia, city, noon_ms):
    """A certificate that was issued yesterday must not lose its name tonight."""
    inactive, late = replace(NOTHING, inactive_days=400), noon_ms + 500 * DAY_MS
    assert [one.count for one in over(inactive, late)] == [1]
    asked(zinnia, city, actor("Zhao"), late - DAY_MS)
    assert [one.count for one in over(inactive, late)] == [0]
