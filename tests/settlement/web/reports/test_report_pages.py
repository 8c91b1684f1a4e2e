"""Reports on pages and in files: within reach, whole, and without a formula in them."""

import csv
import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace
from openpyxl import load_workbook

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import Account, AuditRecord, Membership, NoticeWithdrawal, PublicNotice, Volunteer
from settlement.reports import workbook
from settlement.reports.kinds import KINDS
from settlement.rules.hours import HourlyRate
from settlement.web.reports import views
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db

CODES = [kind.code for kind in KINDS]


@pytest.fixture(autouse=True)
def _rate(settings):
    settings.CENTRE = replace(
        settings.CENTRE, economic_value=HourlyRate(3847, "CNY", "Bureau of Statistics", 2025)
    )


@pytest.fixture
def served(mei, wei, credit, city, choir, noon_ms, no_second_factor, pages_at):
    """Mei has two hours of the city, Wei one of the choir; each belongs there. It is noon."""
    pages_at(noon_ms)
    credit(mei, 7200)
    credit(wei, 3600, activity=choir)
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    Membership.objects.create(volunteer=wei, organisation=choir.organisation, joined_ms=0)


@pytest.fixture
def top(served):
    return browser_of(actor("Zhao"))


def told(response):
    return response.content.decode()


def whole(response):
    return b"".join(response.streaming_content)


def rows_of(response):
    return list(csv.reader(io.StringIO(whole(response).decode("utf-8-sig"))))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_is_a_page_in_every_language_without_script_or_style(code, language, top):
    answer = top.get(f"/reports/{code}", {"language": language})
    assert answer.status_code == 200
    assert Words(language).say(f"reports-{code}") in told(top.get("/reports/"))
    assert "style=" not in told(answer)
    assert "<script" not in told(answer)


def test_a_page_tells_rows_with_bars_and_leads_to_the_files(top):
    page = told(top.get("/reports/indicators?year=2026"))
    assert "<bdi>City of Lanterns</bdi>" in page
    assert page.count('class="bar"') == 3
    assert 'href="/reports/indicators.csv?year=2026"' in page
    assert "No hours" not in page
    assert 'class="bar"' not in told(top.get("/reports/indicators?year=2024"))


def test_a_years_value_waits_for_its_rate(top, settings):
    settings.CENTRE = replace(settings.CENTRE, economic_value=HourlyRate())
    assert "lacks" in told(top.get("/reports/value"))
    assert top.get("/reports/value.csv").status_code == 404


@pytest.mark.parametrize("code", [code for code in CODES if code != "lapsed"])
def test_files_hold_what_the_page_tells(code, top, monkeypatch):
    # Nothing is withheld where a group may be one person.
    from settlement.web.frame import centre_settings

    monkeypatch.setattr("settlement.reports.aggregate.display_hours", lambda t_s: str(t_s // 3600))
    # In Chinese each column has one heading.
    asked = f"?year=2026{'&language=zh-Hans' if code in ('lines', 'records') else ''}"
    rows = rows_of(top.get(f"/reports/{code}.csv{asked}"))
    page = told(top.get(f"/reports/{code}{asked}"))
    for cell in [cell for row in rows[1 : rows.index([])] for cell in row if cell]:
        assert f"<bdi>{cell}</bdi>" in page
    book = load_workbook(io.BytesIO(whole(top.get(f"/reports/{code}.xlsx{asked}"))))
    (sheet,) = book.worksheets
    in_book = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [str(cell) for cell in in_book[0]] == rows[0]
    assert len([row for row in in_book if any(cell is not None for cell in row)]) == len(rows) - 1
    assert centre_settings().reports.smallest_group > 1


def test_hours_are_numbers_in_a_workbook_and_names_never_formulas(top, mei):
    mei.display_name = '=HYPERLINK("http://evil","x")'
    mei.save()
    (sheet,) = load_workbook(io.BytesIO(whole(top.get("/reports/ranking.xlsx?year=2026")))).worksheets
    place, number, name, hours = next(sheet.iter_rows(min_row=2))[:4]
    assert (place.value, number.value, hours.value) == (1, 1001, 2)
    assert (name.value, name.data_type) == (mei.display_name, "s")
    assert rows_of(top.get("/reports/ranking.csv?year=2026"))[1][2] == f"'{mei.display_name}"


def test_an_arabic_workbook_begins_at_the_right_and_too_long_a_one_says_so(top, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)
    content = whole(top.get("/reports/ranking.xlsx?year=2026&language=ar"))
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets
    assert sheet.sheet_view.rightToLeft
    assert Words("ar").say("reports-too_long") in [row[0].value for row in sheet.iter_rows()]


def test_a_long_report_shows_its_first_rows_and_streams_all(top, monkeypatch):
    monkeypatch.setattr(views, "ROWS_SHOWN", 3)
    Volunteer.objects.bulk_create(Volunteer(number=n, display_name=f"V{n}") for n in range(3001, 5001))
    page = told(top.get("/reports/lapsed"))
    assert "<bdi>V3003</bdi>" in page
    assert "<bdi>V3004</bdi>" not in page
    assert Words("en").say("page-reports_more") in page
    rows = rows_of(top.get("/reports/lapsed.csv"))
    assert [row[1] for row in rows[1:2001]] == [f"V{n}" for n in range(3001, 5001)]


def test_only_the_own_branch_is_told_and_no_other_can_be_asked_for(served, city, choir):
    inside = browser_of(actor("Sun", Level.ORDINARY, city.path))
    other = choir.organisation.path
    for code in CODES:
        for address in (f"/reports/{code}", f"/reports/{code}.csv"):
            answer = inside.get(address, {"year": 2026})
            text = whole(answer).decode() if answer.streaming else told(answer)
            assert "Wei" not in text
            assert "Choir" not in text
            if "organisation" in next(kind for kind in KINDS if kind.code == code).fields:
                for asked in (other, "0009", "\0", ""):
                    status = inside.get(address, {"organisation": asked}).status_code
                    assert status == (200 if asked == "" else 404)
    assert "Mei" in told(inside.get("/reports/ranking?year=2026"))


def test_volunteers_strangers_and_those_whose_right_ended_get_none(served, city):
    ended = browser_of(actor("Sun", Level.ORDINARY, city.path))
    Account.objects.filter(real_name="Sun").update(ended_ms=1)
    volunteer = browser_of(actor("1001", Level.VOLUNTEER, city.path))
    for path in ("/reports/", *(f"/reports/{code}{end}" for code in CODES for end in ("", ".csv", ".xlsx"))):
        assert Browser().get(path).status_code == 302
        assert ended.get(path).status_code == 302
        assert volunteer.get(path).status_code == 403
    for browser in (Browser(), ended, volunteer):
        assert browser.post("/reports/notice/publish", {"year": 2026}).status_code == 403
    assert not PublicNotice.objects.exists()


@pytest.mark.parametrize("path", ["/reports/nonsense", "/reports/ranking.pdf", "/reports/nonsense.csv"])
def test_what_is_no_report_is_not_found(path, top):
    assert top.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["year=x", "year=99999", "year=-1", "places=0", "months=٣", "places=9999999"]
)
def test_what_can_not_be_meant_is_as_if_it_were_not_said(query, top):
    for code in CODES:
        assert top.get(f"/reports/{code}?{query}").status_code == 200


def test_a_notice_is_published_by_who_may_within_reach(served, city, choir):
    senior = browser_of(actor("Wu", Level.SENIOR, city.path))
    page = told(senior.get("/reports/notice?year=2026"))
    assert 'action="/reports/notice/publish"' in page
    asked = told(senior.post("/reports/notice/publish", {"year": "2026"}))
    assert "anybody can read it without logging in. It names" in asked
    assert not PublicNotice.objects.exists()
    sure = {"year": "2026", "sure": "1"}
    assert senior.post("/reports/notice/publish", sure).headers["Location"].startswith("/notice/")
    row = PublicNotice.objects.get()
    assert (row.organisation, row.published_by) == (city, "Wu")
    assert "W**" not in str(row.content)
    asked = {"year": "2026", "organisation": choir.organisation.path}
    assert senior.post("/reports/notice/publish", asked).status_code == 404
    ordinary = browser_of(actor("Sun", Level.ORDINARY, city.path))
    assert 'action="/reports/notice/publish"' not in told(ordinary.get("/reports/notice?year=2026"))
    assert 'role="status"' in told(ordinary.post("/reports/notice/publish", {"year": "2026"}, follow=True))
    assert PublicNotice.objects.count() == 1
    assert senior.get("/reports/notice/publish").status_code in (404, 405)


def test_a_notice_is_withdrawn_with_a_reason_and_its_page_says_only_that(served, city, choir):
    senior = browser_of(actor("Wu", Level.SENIOR, city.path))
    senior.post("/reports/notice/publish", {"year": "2026", "sure": "1"})
    row = PublicNotice.objects.get()
    page = f"/notice/{row.pk}"
    (name, *_), *_ = row.content["rows"]
    assert f"<bdi>{name}</bdi>" in told(Browser().get(page))
    withdraw = f"/reports/notice/{row.pk}/withdraw"
    beyond = browser_of(actor("Sun", Level.SENIOR, choir.organisation.path))
    ordinary = browser_of(actor("Li", Level.ORDINARY, city.path))
    assert beyond.post(withdraw, {"reason": "x"}).status_code == 404
    assert 'role="status"' in told(ordinary.post(withdraw, {"reason": "x"}, follow=True))
    assert "No reason is given" in told(senior.post(withdraw, {"reason": " "}, follow=True))
    assert f'action="{withdraw}"' in told(senior.get("/reports/notice?year=2026"))
    assert not NoticeWithdrawal.objects.exists()
    done = told(senior.post(withdraw, {"reason": "wrong year"}, follow=True))
    assert f"Notice {row.pk} is withdrawn" in done
    assert f'action="{withdraw}"' not in done
    shown = told(Browser().get(page))
    assert "Withdrawn" in shown
    assert "wrong year" in shown
    assert "<bdi>" + name not in shown
    assert "Withdrawn" in told(Browser().get("/notice/"))
    assert "decided already" in told(senior.post(withdraw, {"reason": "again"}, follow=True))
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        NoticeWithdrawal.objects.update(reason="other")


def test_who_reads_names_or_takes_them_along_is_on_record(top):
    top.get("/reports/ranking")
    top.get("/reports/ranking.csv")
    top.get("/reports/value.csv")
    kept = AuditRecord.objects.filter(subject="report ranking").order_by("pk")
    assert [row.action for row in kept] == ["look", "export"]
    assert not AuditRecord.objects.filter(subject="report value").exists()


def test_a_page_costs_the_same_however_much_is_recorded(top, credit, fair, city):
    def queries(code):
        top.get(f"/reports/{code}?year=2026")
        with CaptureQueriesContext(connection) as seen:
            assert top.get(f"/reports/{code}?year=2026").status_code == 200
        return len(seen)

    few = {code: queries(code) for code in CODES}
    for number in range(2001, 2031):
        credit(Volunteer.objects.create(number=number, display_name="V"), 3600 + number)
    assert {code: queries(code) for code in CODES} == few
    assert max(few.values()) <= 12, few
