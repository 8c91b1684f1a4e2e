"""Settled lines and records under the field names of Order No. 67: names for who may certify, no formula."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from settlement.accounts.actor import Level, Role
from settlement.models import AuditRecord, Membership, StarReview, Volunteer
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of

pytestmark = pytest.mark.django_db

LINES = "姓名,志愿者编号,活动名称,服务日期,服务地点,服务内容,服务对象,服务时长,记录单位,负责人"
RECORDS = "姓名,志愿者编号,所属组织,服务时长,服务次数,首次服务日期,最近服务日期,星级"


@pytest.fixture
def served(mei, wei, credit, city, choir, fair, noon_ms, no_second_factor, pages_at):
    """Mei has two hours of the city, Wei one of the choir; each belongs there. It is noon."""
    pages_at(noon_ms)
    fair.content, fair.recipients = "=1+1", "visitors"
    fair.save()
    city.in_charge = "Zhang"
    city.save()
    credit(mei, 7200)
    credit(wei, 3600, activity=choir)
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)


@pytest.fixture
def top(served):
    return browser_of(actor("Zhao"))


def whole(response):
    return b"".join(response.streaming_content)


def rows_of(response):
    return list(csv.reader(io.StringIO(whole(response).decode("utf-8-sig"))))


def test_the_lines_of_a_year(top):
    rows = rows_of(top.get("/reports/lines.csv?year=2026"))
    assert rows[0] == LINES.split(",")
    assert rows[1][:4] == ["Name", "Volunteer number", "Activity", "Date of service"]
    wanted = ["Mei", "1001", "Lantern fair", "2026-03-07", "North gate", "'=1+1", "visitors", "2.00"]
    assert [*wanted, "City of Lanterns", "Zhang"] in rows
    assert ["Wei", "1002"] in [row[:2] for row in rows]
    assert rows_of(top.get("/reports/lines.csv?year=2025"))[2] == []
    chinese = rows_of(top.get("/reports/lines.csv?year=2026&language=zh-Hans"))
    assert chinese[0] == rows[0]
    assert chinese[1][1] in ("1001", "1002")


def test_the_same_as_a_workbook_and_as_json(top):
    (sheet,) = load_workbook(io.BytesIO(whole(top.get("/reports/lines.xlsx?year=2026")))).worksheets
    head, also, *rows = sheet.iter_rows()
    assert [cell.value for cell in head] == LINES.split(",")
    assert also[0].value == "Name"
    of_mei = next(row for row in rows if row[0].value == "Mei")
    assert (of_mei[5].value, of_mei[5].data_type, of_mei[7].value) == ("=1+1", "s", 2)
    answer = top.get("/reports/lines.json?year=2026")
    assert answer["Content-Type"] == "application/json"
    told = json.loads(whole(answer))
    assert [row["志愿者编号"] for row in told["rows"]] == [1002, 1001]
    assert list(told["rows"][0]) == LINES.split(",")
    assert json.loads(whole(top.get("/reports/lines.json?year=2025")))["rows"] == []


def test_the_records_of_people(top, mei):
    StarReview.objects.create(volunteer=mei, stars_before=2, stars_after=0, approved_s=0, raised_ms=0)
    rows = rows_of(top.get("/reports/records.csv?language=zh-Hans"))
    assert rows[0] == RECORDS.split(",")
    assert rows[1] == ["Mei", "1001", "City of Lanterns", "2.00", "1", "2026-03-07", "2026-03-07", "2"]
    assert rows[2][:4] == ["Wei", "1002", "", "1.00"]


def test_names_are_masked_for_who_may_not_certify(served, city):
    for name, level, roles, shown in (
        ("Sun", Level.MIDDLE, (), "Mei"),
        ("Qian", Level.ORDINARY, (Role.REVIEWER,), "M**"),
        ("Li", Level.VOLUNTEER, (Role.LIAISON,), "M**"),
    ):
        client = browser_of(actor(name, level, city.path, roles=roles))
        for code in ("lines", "records"):
            assert f"<bdi>{shown}</bdi>" in client.get(f"/reports/{code}?year=2026").content.decode()
            rows = rows_of(client.get(f"/reports/{code}.csv?year=2026"))
            assert [row[0] for row in rows[2:] if row[1:2] == ["1001"]] == [shown]
            assert "1002" not in [row[1] for row in rows if len(row) > 1]


def test_every_export_is_on_record(top):
    for code in ("lines", "records"):
        for form in ("csv", "xlsx", "json"):
            whole(top.get(f"/reports/{code}.{form}"))
        kept = AuditRecord.objects.filter(subject=f"report {code}")
        assert [(row.name, row.action) for row in kept] == [("Zhao", "export")] * 3


def test_more_than_a_portion_stands_under_the_kept_number(top, mei, wei, credit, monkeypatch):
    monkeypatch.setattr("settlement.reports.settled_lines._AT_ONCE", 1)
    monkeypatch.setattr("settlement.reports.service_records._AT_ONCE", 1)
    credit(Volunteer.objects.create(number=1003, display_name="An"), 1800)
    for code, place in (("lines", 1), ("records", 1)):
        rows = rows_of(top.get(f"/reports/{code}.csv?year=2026&language=zh-Hans"))
        assert sorted(row[place] for row in rows[1 : rows.index([])]) == ["1001", "1002", "1003"]
