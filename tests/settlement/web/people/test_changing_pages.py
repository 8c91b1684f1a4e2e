"""Changing a volunteer's file on pages: shown before it is done, by who may, within reach, and on record."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind, records_of
from settlement.models import (
    AccessChange,
    Account,
    AuditRecord,
    Certificate,
    Membership,
    MergedNumber,
    Volunteer,
)
from settlement.review.decide import approve_clean_lines
from settlement.web.people.deeds import DEEDS
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db

PAGE = "/volunteers/1001/change"
FORMS = {
    "rename": {"name": "Li Mei"},
    "leave": {"organisation": "0001"},
    "suspend": {},
    "resume": {},
    "merge": {"other": "1002"},
    "unmerge": {"gone": "1002"},
    "certify": {"issuer": "0001"},
}


@pytest.fixture
def people(mei, wei, city, choir, no_second_factor, pages_at, evening_ms):
    """Mei and Wei belong to the city; a third belongs to the choir."""
    pages_at(evening_ms)
    stranger = Volunteer.objects.create(number=3003, display_name="Stranger")
    for person, home in ((mei, city), (wei, city), (stranger, choir.organisation)):
        Membership.objects.create(volunteer=person, organisation=home, joined_ms=0)


@pytest.fixture
def staff(people, city):
    return browser_of(actor("Wu", Level.SENIOR, city.path))


def told(response):
    return response.content.decode()


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told(response)))


def preview(browser, deed, reason="as it is", **form):
    return browser.post(f"{PAGE}/{deed}/preview", {**FORMS[deed], "reason": reason, **form}, follow=True)


def do(browser, deed, reason="as it is", **form):
    return browser.post(f"{PAGE}/{deed}", {**FORMS[deed], "reason": reason, **form}, follow=True)


def test_a_name_is_shown_before_and_after_and_only_then_corrected(staff, mei):
    page = text_of(preview(staff, "rename", "was <b>misspelt", language="ar"))
    assert "Name Mei Li Mei" in page
    assert "Language zh-Hans ar" in page
    assert "was &lt;b&gt;misspelt" in told(preview(staff, "rename", "was <b>misspelt"))
    mei.refresh_from_db()
    assert mei.display_name == "Mei"
    assert "Done: Correct the name." in text_of(do(staff, "rename", "was misspelt"))
    mei.refresh_from_db()
    assert (mei.display_name, mei.language) == ("Li Mei", "zh-Hans")
    row = records_of(Kind.VOLUNTEER, 1001).exclude(action="look").first()
    assert (row.name, row.reason, row.values.before["name"]) == ("Wu", "was misspelt", "Mei")
    assert re.search(r"Wu name Mei Li Mei was misspelt", text_of(staff.get(PAGE)))


def test_somebody_leaves_an_organisation(staff, mei, city):
    assert "City of Lanterns belongs belonged" in text_of(preview(staff, "leave"))
    assert Membership.objects.get(volunteer=mei).left_ms is None
    do(staff, "leave", "asked in writing")
    assert Membership.objects.get(volunteer=mei).left_ms is not None
    assert AuditRecord.objects.get(kind="membership").reason == "asked in writing"


def test_somebody_is_suspended_and_let_in_again(staff, mei):
    assert "let in suspended" in text_of(preview(staff, "suspend"))
    assert 'action="/volunteers/1001/change/resume/preview"' not in told(staff.get(PAGE))
    do(staff, "suspend", "under investigation")
    mei.refresh_from_db()
    assert mei.suspended
    page = told(staff.get(PAGE))
    assert "under investigation" in page
    assert 'action="/volunteers/1001/change/resume/preview"' in page
    assert 'action="/volunteers/1001/change/suspend/preview"' not in page
    do(staff, "resume", "cleared")
    mei.refresh_from_db()
    assert not mei.suspended
    assert [row.change for row in AccessChange.objects.order_by("pk")] == ["suspend", "resume"]


def test_two_numbers_become_one_with_hours_before_and_after_and_two_again(
    staff, ended_fair, serve, reviewer, city
):
    serve(number=1002)
    approve_clean_lines(ended_fair, reviewer())
    page = text_of(preview(staff, "merge"))
    assert "1001 · fair · 2026-03-07 0.00 8.00" in page
    assert "1002 · fair · 2026-03-07 8.00 0.00" in page
    assert not MergedNumber.objects.exists()
    do(staff, "merge", "same card")
    assert MergedNumber.objects.get(taken_back=None).reason == "same card"
    assert "1002 · fair · 2026-03-07 0.00 8.00" in text_of(preview(staff, "unmerge"))
    do(staff, "unmerge", "twins")
    assert not MergedNumber.objects.filter(taken_back=None).exists()


def test_a_certificate_is_issued_by_who_recorded_and_may(staff, mei, city, credit):
    assert "/certify/preview" not in told(staff.get(PAGE))
    credit(mei, 5400)
    assert 'action="/volunteers/1001/change/certify/preview"' in told(staff.get(PAGE))
    assert "City of Lanterns – 1.5" in text_of(preview(staff, "certify"))
    assert not Certificate.objects.exists()
    assert "Done: Issue a certificate." in text_of(do(staff, "certify"))
    row = Certificate.objects.get()
    assert (row.volunteer, row.organisation, row.issued_by) == (mei, city, "Wu")
    assert f"/volunteers/certificates/{row.number}.pdf" in told(staff.get("/volunteers/1001"))
    ordinary = browser_of(actor("Qian", Level.ORDINARY, city.path))
    assert 'role="status"' in told(do(ordinary, "certify"))
    assert Certificate.objects.count() == 1
    assert f"City of Lanterns {row.number} · 1.5 1.5" in text_of(preview(staff, "certify"))
    do(staff, "certify")
    assert Certificate.objects.get(supersedes=row).volunteer == mei, "two would be valid at once"


@pytest.mark.parametrize("deed", [code for code in DEEDS if code not in ("resume", "unmerge", "certify")])
def test_without_a_reason_nothing_is_done(deed, staff, mei):
    before = (mei.display_name, mei.suspended)
    assert 'role="status"' in told(do(staff, deed, " "))
    mei.refresh_from_db()
    assert (mei.display_name, mei.suspended) == before
    assert not MergedNumber.objects.exists()
    assert Membership.objects.get(volunteer=mei).left_ms is None


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("rename", {"name": " "}),
        ("rename", {"name": "x" * 200}),
        ("leave", {"organisation": "0002"}),
        ("leave", {"organisation": "\0"}),
        ("merge", {"other": "1001"}),
        ("merge", {"other": "abc"}),
        ("merge", {"other": "9" * 30}),
        ("unmerge", {"gone": "1002"}),
        ("resume", {}),
        ("certify", {}),
        ("certify", {"issuer": "0002"}),
    ],
)
def test_what_can_not_be_is_refused_in_words_and_changes_nothing(deed, form, staff, mei):
    assert 'role="status"' in told(do(staff, deed, **form))
    mei.refresh_from_db()
    assert mei.display_name == "Mei"
    assert not MergedNumber.objects.exists()


def test_a_number_beyond_reach_is_told_as_one_that_is_not_there(staff):
    told_of = [
        told(preview(staff, "merge", other=number)).replace(number, "…") for number in ("3003", "4004")
    ]
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub("", told_of[0]) == token.sub("", told_of[1])
    assert "Stranger" not in told_of[0]


def every_way(browser):
    yield browser.get(PAGE)
    for deed in DEEDS:
        yield browser.post(f"{PAGE}/{deed}/preview", {**FORMS[deed], "reason": "x"})
        yield browser.post(f"{PAGE}/{deed}", {**FORMS[deed], "reason": "x"})


def test_nobody_beyond_reach_below_or_without_an_account_comes_near(people, city, choir, mei):
    ended = browser_of(actor("Sun", Level.SENIOR, city.path))
    Account.objects.filter(real_name="Sun").update(ended_ms=1)
    for browser, status in (
        (Browser(), 302),
        (ended, 302),
        (browser_of(actor("1001", Level.VOLUNTEER, city.path)), 403),
        (browser_of(actor("Chen", Level.SENIOR, choir.organisation.path)), 404),
    ):
        for answer in every_way(browser):
            is_form = answer.request["REQUEST_METHOD"] == "POST"
            assert answer.status_code == (403 if status == 302 and is_form else status)
            assert "Mei" not in re.sub('value="[^"]*"', "", told(answer)), "but in what was sent itself"
    mei.refresh_from_db()
    assert (mei.display_name, mei.suspended) == ("Mei", False)
    assert not MergedNumber.objects.exists()


def test_each_level_is_offered_what_it_may_and_no_more_is_done(people, city, mei):
    ordinary = browser_of(actor("Qian", Level.ORDINARY, city.path))
    page = told(ordinary.get(PAGE))
    assert "/rename/preview" in page
    assert "/merge/preview" not in page
    assert 'role="status"' in told(do(ordinary, "merge"))
    assert not MergedNumber.objects.exists()
    assert "Done" in told(do(ordinary, "rename"))
    # The values of the audit are for those who may read it.
    assert "Li Mei was" not in text_of(ordinary.get(PAGE))


@pytest.mark.parametrize("deed", DEEDS)
def test_a_form_is_never_a_link_and_never_from_elsewhere(deed, staff):
    for address in (f"{PAGE}/{deed}", f"{PAGE}/{deed}/preview"):
        assert staff.get(address).status_code == 405
    staff.handler.enforce_csrf_checks = True
    assert staff.post(f"{PAGE}/{deed}", {**FORMS[deed], "reason": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["/volunteers/1001/change/erase", "/volunteers/999/change/rename"])
def test_what_is_not_there_is_not_found(path, staff):
    assert staff.post(path, {"reason": "x"}).status_code == 404


def test_somebody_who_was_erased_is_changed_no_more(staff, mei):
    mei.erased_ms = 1
    mei.save()
    assert {answer.status_code for answer in every_way(staff)} == {404}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_speaks_each_language(language, staff):
    page = told(staff.get(PAGE, {"language": language}))
    assert Words(language).say("page-file_change") in page
    assert "style=" not in page
    assert Words(language).say("page-file_before") in told(preview(staff, "rename"))


def test_the_forms_cost_the_same_however_much_was_changed(staff, mei):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert staff.get(PAGE).status_code == 200
        return len(seen)

    queries()
    few = queries()
    for number in range(12):
        do(staff, "rename", name=f"Mei {number}")
        do(staff, "suspend" if number % 2 == 0 else "resume")
    staff.get(PAGE)
    assert queries() == few <= 12
