"""`muster report`: the same report as a table, CSV, JSON and a page."""

import csv
import io

import msgspec
import pytest

from settlement.models import Account, AuditRecord, PublicNotice
from settlement.rules.hours import HourlyRate

REPORTS = ("ranking", "indicators", "notice", "aggregate")


@pytest.fixture
def served(mei, credit, city):
    credit(mei, 5400)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("language", ["en", "zh-Hans", "ar"])
def test_every_report_comes_in_every_form(served, muster, tmp_path, name, language):
    asked = ("report", name, "--year", 2026, "--language", language)
    rows = msgspec.json.decode(muster(*asked, "--json"))["rows"]
    table = list(csv.reader(io.StringIO(muster(*asked, "--csv").removeprefix("\ufeff"))))
    assert table.index([]) == len(rows) + 1
    assert "2026" in muster(*asked)
    page = tmp_path / "page.html"
    assert "page.html" in muster(*asked, "--html", page)
    assert f'lang="{language}"' in page.read_text(encoding="utf-8")


def test_the_value_is_refused_until_the_settings_name_a_source(served, muster, settings):
    assert "The hourly rate lacks" in muster("report", "value", "--year", 2026, status=1)
    rate = HourlyRate(3847, "CNY", "Bureau of Statistics", 2025)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, economic_value=rate)
    assert "57.71" in muster("report", "value", "--year", 2026)


def test_the_lapsed_are_counted_from_the_centres_day(served, muster):
    assert "1001" not in muster("report", "lapsed", "--months", 1)


def test_a_branch_that_is_none_is_told(served, muster):
    assert "no organisation '0009'" in muster(
        "report", "ranking", "--year", 2026, "--organisation", "0009", status=1
    )


def test_a_notice_is_kept_when_somebody_publishes_it(served, muster):
    muster("report", "notice", "--year", 2026)
    assert not PublicNotice.objects.exists()
    muster("report", "notice", "--year", 2026, "--publish")
    assert PublicNotice.objects.get().published_by == "Zhao"


def test_a_page_that_cannot_be_written_is_told(served, muster, tmp_path):
    asked = ("report", "notice", "--year", 2026, "--html", tmp_path / "none" / "page.html")
    assert "can't be written" in muster(*asked, status=1)


@pytest.mark.parametrize("name", [["ranking", "--year", 2026], ["lapsed"]])
def test_that_names_were_read_is_on_record(served, muster, name):
    muster("report", *name)
    row = AuditRecord.objects.get(kind="volunteer", action="export")
    assert (row.name, row.subject) == (Account.objects.get(login="zhao").real_name, f"report {name[0]}")
