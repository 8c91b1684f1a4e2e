"""Certificates: what they state, who may issue them, and what anybody may learn about one."""

import datetime as dt

import msgspec
import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement.models import Certificate, CertificateCounter, StaleCertificate
from settlement.organisations.tree import add_organisation
from settlement.recognition.certificate_check import (
    CertificateCheck,
    CertificateState,
    check_certificate,
    token_of,
)
from settlement.recognition.certificates import Wish, content_of, issue_certificate, reissue_certificate
from settlement.recognition.masking import masked_name
from settlement.review.decide import approve
from settlement.rules.certificate import certificate_number, is_valid_number
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 7)


@pytest.fixture
def issue(mei, city, noon_ms):
    def _issue(organisation=city, now_ms=noon_ms, **more):
        return issue_certificate(organisation, mei, by=actor("staff1"), now_ms=now_ms, **more)

    return _issue


@pytest.fixture
def adjust(mei, credit, ended_fair, hear, terminal, deliver, reviewer):
    """Lets a reviewer approve an adjustment of Mei's hours at the fair."""

    def _adjust(seconds):
        entry = credit(mei, seconds, kind="adjustment", approved=False)
        deliver(1, 1)
        hear()
        assert approve([entry.pk], reviewer()).decided

    return _adjust


def check(issued):
    return check_certificate(issued.number, token_of(issued))


def code_of(refused):
    return refused.value.code


def test_it_states_time_content_and_recording_unit_and_masks_the_identity(mei, credit, issue):
    credit(mei, 10_799)
    credit(mei, 7201, "2026-03-08")
    credit(mei, 99_999, "2026-03-09", approved=False)
    certificate = issue(identity_number="11010519491231002X")
    content = content_of(certificate)
    assert (certificate.t_s, content.service_time) == (18_000, "5.0")
    assert (content.name, content.identity_number) == ("Mei", "1****************X")
    assert content.recording_unit == "City of Lanterns"
    assert [(line.title, line.content, line.t_s) for line in content.service_content] == [
        ("Lantern fair", "guiding visitors", 10_799),
        ("Lantern fair", "guiding visitors", 7201),
    ]
    assert content.issued_on == dt.date(2026, 3, 7)


def test_numbers_follow_each_other_by_issuer_and_year(mei, credit, issue, city, choir, noon_ms):
    credit(mei, 3600)
    credit(mei, 3600, activity=choir)
    numbers = [issue().number, issue().number, issue(choir.organisation).number]
    assert [number[:-3] for number in numbers] == [
        "VSC-310115-2026-000001",
        "VSC-310115-2026-000002",
        "VSC-310116-2026-000001",
    ]
    assert all(is_valid_number(number) for number in numbers)
    assert issue(now_ms=noon_ms + 365 * 86_400_000).number.startswith("VSC-310115-2027-000001")


def test_a_failed_issue_takes_no_number(mei, credit, issue, city):
    with pytest.raises(RulesError) as refused:
        issue()
    assert code_of(refused) == "NOTHING_TO_CERTIFY"
    assert not CertificateCounter.objects.exists()
    credit(mei, 3600)
    assert issue().number.startswith("VSC-310115-2026-000001")


def test_only_the_recorder_certifies_a_line(mei, credit, issue, city, choir):
    credit(mei, 3600)
    credit(mei, 7200, activity=choir)
    assert issue().t_s == 3600
    with pytest.raises(RulesError, match="Ask Choir association") as refused:
        issue(wish=Wish(activities=("fair", "choir")))
    assert code_of(refused) == "NOT_RECORDER"
    assert Certificate.objects.count() == 1


def test_an_organisation_above_the_recorder_does_not_certify_for_it(mei, credit, issue, city, fair):
    credit(mei, 3600)
    fair.organisation = add_organisation("Team", parent=city)
    fair.save()
    with pytest.raises(RulesError) as refused:
        issue()
    assert code_of(refused) == "NOTHING_TO_CERTIFY"


def test_an_activity_that_nobody_recorded_or_that_does_not_exist_is_refused(mei, credit, issue, fair, city):
    credit(mei, 3600)
    fair.organisation = None
    fair.save()
    for name in ("fair", "moon"):
        with pytest.raises(RulesError) as refused:
            issue(wish=Wish(activities=(name,)))
        assert code_of(refused) == "NOBODY_RECORDED"


def test_an_organisation_without_a_number_issues_nothing(mei, credit, issue):
    credit(mei, 3600)
    with pytest.raises(RulesError) as refused:
        issue(add_organisation("Team"))
    assert code_of(refused) == "NO_ISSUER"


def test_a_period_can_be_certified(mei, credit, issue):
    for day in range(1, 6):
        credit(mei, 3600, f"2026-03-{day:02}")
    wish = Wish(first_day=dt.date(2026, 3, 2), last_day=dt.date(2026, 3, 4))
    assert issue(wish=wish).t_s == 3 * 3600


def test_an_adjustment_of_a_certified_line_makes_it_stale_and_a_new_line_does_not(
    mei, credit, issue, adjust, evening_ms
):
    credit(mei, 3600)
    issued = issue()
    credit(mei, 3600, "2026-03-08")
    assert check(issued).standing is CertificateState.VALID
    adjust(-60)
    assert check(issued).standing is CertificateState.STALE
    adjust(60)
    assert StaleCertificate.objects.count() == 1
    assert Certificate.objects.get().t_s == 3600, "the snapshot stays as it was issued"


def test_an_adjustment_of_another_line_leaves_it_valid(mei, credit, issue, adjust):
    credit(mei, 3600)
    credit(mei, 3600, "2026-03-08")
    other = issue(wish=Wish(first_day=dt.date(2026, 3, 8)))
    adjust(-60)
    assert check(other).standing is CertificateState.VALID


def test_a_reissue_has_a_new_number_and_supersedes_the_old_one(mei, credit, issue, adjust, noon_ms):
    credit(mei, 3600)
    old = issue(identity_number="11010519491231002X")
    adjust(-600)
    new = reissue_certificate(old.number, by=actor("staff2"), now_ms=noon_ms)
    assert (new.supersedes, new.t_s) == (old, 3000)
    assert content_of(new).identity_number == "1****************X"
    told = check(old)
    assert (told.standing, told.superseded_by) == (CertificateState.SUPERSEDED, new.number)
    assert check(new).standing is CertificateState.VALID
    with pytest.raises(RulesError) as refused:
        reissue_certificate(old.number, by=actor("staff2"), now_ms=noon_ms)
    assert code_of(refused) == "ALREADY_SUPERSEDED"


def test_only_what_was_issued_is_reissued(db):
    with pytest.raises(RulesError) as refused:
        reissue_certificate("VSC-310115-2026-000001-12", by=actor("staff1"), now_ms=0)
    assert code_of(refused) == "UNKNOWN_CERTIFICATE"


def test_whoever_holds_it_checks_it_and_sees_a_masked_name(mei, credit, issue):
    credit(mei, 3600)
    issued = issue()
    spaced = " ".join(issued.token.upper())
    told = check_certificate(f" {issued.number.lower()} ", f" {spaced} ")
    assert (told.standing, told.name, told.content.service_time) == (CertificateState.VALID, "M**", "1.0")
    (line,) = told.content.service_content
    assert (line.activity, line.local_date, line.recipients) == ("fair", DAY, "guests of the fair")
    assert (told.content.first_day, told.content.last_day) == (DAY, DAY)
    assert told.content.person_in_charge == "Chen Yu"
    assert b"Mei" not in msgspec.json.encode(told)


def test_a_number_without_its_token_tells_nothing(mei, credit, issue):
    credit(mei, 3600)
    issued, other = issue(), issue()
    assert check_certificate(issued.number, "") == CertificateCheck(
        issued.number, CertificateState.NUMBER_ALONE
    )
    for token in ("0" * 16, other.token, issued.token[:-1]):
        told = check_certificate(issued.number, token)
        assert told == CertificateCheck(issued.number, CertificateState.NEVER_ISSUED)
    unissued = certificate_number("310115", 2026, 3)
    assert check_certificate(unissued, issued.token).standing is CertificateState.NEVER_ISSUED
    mistyped = issued.number[:-1] + str((int(issued.number[-1]) + 1) % 10)
    assert check_certificate(mistyped, issued.token).standing is CertificateState.NOT_A_NUMBER
    assert check_certificate("", "").standing is CertificateState.NOT_A_NUMBER


def test_one_from_before_there_were_tokens_has_one_that_only_the_centre_knows(mei, credit, issue):
    credit(mei, 3600)
    issued = issue()
    issued.token = ""
    derived = token_of(issued)
    assert len(derived) == 16
    assert derived == token_of(issued) != token_of(Certificate(content=issued.content, issued_ms=1))


@pytest.mark.parametrize(
    ("lacks", "missing"),
    [
        ({"content": ""}, "service content"),
        ({"recipients": ""}, "recipients of the service"),
        ({"in_charge": ""}, "the person in charge"),
    ],
)
def test_without_what_the_law_asks_for_nothing_is_issued(lacks, missing, mei, credit, issue, fair, city):
    credit(mei, 3600)
    for name, value in lacks.items():
        of = city if name == "in_charge" else fair
        setattr(of, name, value)
        of.save()
    with pytest.raises(RulesError, match=missing) as refused:
        issue()
    assert code_of(refused) == "CERTIFICATE_INCOMPLETE"
    assert not CertificateCounter.objects.exists()


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王小明", "王**"), ("Li Mei", "L* M**"), ("محمد", "م***"), ("X", "X"), ("", "")],
)
def test_a_name_is_masked_but_for_its_first_characters(name, masked):
    assert masked_name(name) == masked


def test_a_certificate_is_never_changed_or_deleted(mei, credit, issue):
    credit(mei, 3600)
    issue()
    for change in (lambda: Certificate.objects.update(t_s=1), lambda: Certificate.objects.all().delete()):
        with pytest.raises(DatabaseError, match="a certificate is never changed"), transaction.atomic():
            change()
