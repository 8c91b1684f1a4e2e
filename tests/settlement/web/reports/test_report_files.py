"""Files of reports that are made in the background: for who asked, as long as that person may."""

import csv
import threading

import pytest
from msgspec.structs import replace

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import Account, AuditRecord, ReportFile, Volunteer
from settlement.organisations.tree import add_organisation
from settlement.reports import making
from settlement.reports.files import (
    FOLDER,
    FileState,
    cancel_file,
    end_files_that_name,
    end_old_files,
    real_ms,
)
from settlement.reports.making import make_next
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db

PEOPLE = 250
RUN = threading.Event()


@pytest.fixture
def folder(settings, tmp_path):
    reports = replace(settings.CENTRE.reports, at_once_rows=200)
    settings.CENTRE = replace(settings.CENTRE, directory=str(tmp_path), reports=reports)
    return tmp_path / FOLDER


@pytest.fixture
def zhao(folder, no_second_factor):
    Volunteer.objects.bulk_create(
        Volunteer(number=n, display_name=f"V{n}") for n in range(3001, 3001 + PEOPLE)
    )
    return browser_of(actor("Zhao"))


def told(response):
    return response.content.decode()


def ask(browser, form="csv", **more):
    return browser.post("/reports/lapsed/make", {"months": "12", "form": form, **more}, follow=True)


def files_in(folder):
    return list(folder.iterdir()) if folder.is_dir() else []


def test_a_long_report_is_made_in_the_background_and_taken_by_who_asked_alone(zhao, folder):
    page = told(zhao.get("/reports/lapsed.csv?months=12", follow=True))
    assert Words("en").say("reports-in_background") in page
    assert 'action="/reports/lapsed/make"' in page
    page = told(ask(zhao))
    assert "waits" in page
    assert "hx-get" in page
    assert make_next(RUN)
    row = ReportFile.objects.get()
    assert (row.state, row.rows, row.tries) == (FileState.DONE, PEOPLE, 1)
    page = told(zhao.get("/reports/files/"))
    assert "ready" in page
    assert "250 rows" in page
    assert "hx-get" not in page
    taken = zhao.get(f"/reports/files/{row.pk}")
    assert 'filename="lapsed-' in taken.headers["Content-Disposition"]
    rows = list(csv.reader(b"".join(taken.streaming_content).decode("utf-8-sig").splitlines()))
    assert len([line for line in rows if line and line[0].isdigit()]) == PEOPLE
    assert AuditRecord.objects.filter(action="export", subject="report lapsed").count() == 1
    assert not make_next(RUN)
    for browser, status in (
        (browser_of(actor("Qian")), 404),
        (browser_of(actor("3001", Level.VOLUNTEER, add_organisation("City").path)), 403),
        (Browser(), 302),
    ):
        assert browser.get(f"/reports/files/{row.pk}").status_code == status
        assert browser.post(f"/reports/files/{row.pk}/cancel").status_code == max(status, 403)
        assert browser.post("/reports/lapsed/make").status_code in {max(status, 403), 302}
        assert "lapsed" not in told(browser.get("/reports/files/"))
    zhao.post(f"/reports/files/{row.pk}/cancel")
    assert zhao.get(f"/reports/files/{row.pk}").status_code == 404
    assert files_in(folder) == []


def test_a_workbook_holds_the_same_and_too_many_at_a_time_are_refused(zhao, folder):
    for _ in range(5):
        ask(zhao, "xlsx")
    assert "still being made" in told(ask(zhao))
    assert ReportFile.objects.count() == 5
    assert make_next(RUN)
    assert files_in(folder)[0].read_bytes().startswith(b"PK")


def test_what_was_being_made_when_the_process_was_killed_is_made_again(zhao):
    ask(zhao)
    row = ReportFile.objects.get()
    claim = {"state": FileState.RUNNING, "tries": 1, "until_ms": real_ms() + 60_000}
    ReportFile.objects.update(maker="elsewhere", **claim)
    assert not make_next(RUN)
    ReportFile.objects.update(until_ms=real_ms() - 1)
    assert making._claimed().pk == row.pk
    # The process died here; its successor on the same machine does not wait for the claim's end.
    assert make_next(RUN)
    row.refresh_from_db()
    assert (row.state, row.tries) == (FileState.DONE, 3)


def test_what_kills_the_process_every_time_is_told_as_broken(zhao):
    ask(zhao)
    ReportFile.objects.update(state=FileState.RUNNING, tries=3)
    assert make_next(RUN)
    assert ReportFile.objects.get().state == FileState.BROKEN
    assert "It was interrupted every time" in told(zhao.get("/reports/files/"))


def test_one_that_is_cancelled_while_it_is_made_leaves_nothing(zhao, folder, monkeypatch):
    ask(zhao)
    number = ReportFile.objects.get().pk
    monkeypatch.setattr(making, "_TELL_EVERY_S", -1.0)
    monkeypatch.setattr(
        making, "replacing", _then(making.replacing, lambda: cancel_file(number, actor("Zhao")))
    )
    assert make_next(RUN)
    assert ReportFile.objects.get().state == FileState.CANCELLED
    assert files_in(folder) == []
    assert "cancelled" in told(zhao.get("/reports/files/"))


def _then(opened, deed):
    """Does the deed once the file is open."""

    def _opened(*args):
        deed()
        return opened(*args)

    return _opened


def test_a_process_that_ends_leaves_it_to_the_next_one(zhao, folder):
    ask(zhao)
    ending = threading.Event()
    ending.set()
    make_next(ending)
    row = ReportFile.objects.get()
    assert (row.state, row.tries, files_in(folder)) == (FileState.WAITING, 0, [])


def test_a_fault_of_the_report_is_told_and_the_next_one_is_made(zhao, monkeypatch):
    ask(zhao)
    ask(zhao)
    with monkeypatch.context() as broken:
        broken.setattr(making, "csv_parts", lambda table: 1 / 0)
        assert make_next(RUN)
    assert make_next(RUN)
    assert [row.state for row in ReportFile.objects.order_by("pk")] == [FileState.BROKEN, FileState.DONE]


def test_whoever_reaches_something_else_now_gets_nothing(zhao):
    ask(zhao)
    ask(zhao)
    assert make_next(RUN)
    other = add_organisation("Other city")
    Account.objects.filter(real_name="Zhao").update(organisation=other)
    assert make_next(RUN)
    first, second = ReportFile.objects.order_by("pk")
    assert second.state == FileState.BROKEN
    assert zhao.get(f"/reports/files/{first.pk}").status_code == 404


def test_a_file_ends_after_its_time_and_with_an_erasure(zhao, folder):
    ask(zhao)
    make_next(RUN)
    end_old_files()
    assert len(files_in(folder)) == 1
    (folder / "9-left-behind.csv").touch()
    ReportFile.objects.update(ends_ms=real_ms() - 1)
    end_old_files()
    assert (files_in(folder), ReportFile.objects.count()) == ([], 0)
    ask(zhao)
    make_next(RUN)
    end_files_that_name()
    assert (files_in(folder), ReportFile.objects.count()) == ([], 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_each_language(language, zhao):
    ask(zhao)
    page = told(zhao.get("/reports/files/", {"language": language}))
    assert Words(language).say("page-reports_cancel") in page
    assert "style=" not in page


@pytest.mark.parametrize("path", ["/reports/nothing/make", "/reports/files/99/cancel"])
def test_what_is_not_there_is_not_found_and_a_form_is_never_a_link(path, zhao):
    assert zhao.post(path).status_code == 404
    assert zhao.get(path).status_code == 405
