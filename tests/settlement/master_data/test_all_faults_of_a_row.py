"""A row of a list tells all that is wrong with it at once, whatever the file is, and in every face."""

import datetime as dt
import io

import msgspec
import pytest
from openpyxl import Workbook

from foundation.words import LANGUAGES, Words
from settlement.accounts.audit import Signed
from settlement.badges.csv_source import read_wanted
from settlement.lists.file import ListFile
from settlement.lists.row_troubles import column_of
from settlement.master_data.people_import import import_people
from settlement.master_data.refused_rows import refused_rows
from settlement.models import Volunteer
from tests.settlement.master_data.test_people_import import KEY, NOW_MS

pytestmark = pytest.mark.django_db

HEADINGS = "number,name,language,organisation,joined,activity,post,phone,id_number"
ROWS = ("10o2,,xx,00019999,7.3.2026,moon,guide,12345,1.1E+17", "1001,Somebody,,,,fair,cook,12345,")
FOUND = [
    ("number", "number_character"),
    ("name", "name_length"),
    ("language", "no_language"),
    ("joined", "no_date"),
    ("phone", "no_telephone"),
    ("id_number", "rounded"),
    ("organisation", "no_organisation"),
    ("activity", "no_activity"),
]


def as_csv():
    return "\n".join([HEADINGS, *ROWS]).encode()


def as_workbook():
    book, written = Workbook(), io.BytesIO()
    for row in (HEADINGS, *ROWS):
        book.active.append(row.split(","))
    book.save(written)
    return written.getvalue()


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path, fair):
    (tmp_path / "pseudonym.key").write_text(KEY.hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    Volunteer.objects.create(number=1001, display_name="Mei")


def broken(content):
    return import_people(ListFile(content), None, Signed(None, NOW_MS)).broken


@pytest.mark.parametrize("content", [as_csv, as_workbook])
def test_each_thing_that_is_wrong_with_a_row_is_told_with_its_column(content):
    first, second = broken(content())
    assert [(column_of(each), each.code) for each in first.faults] == FOUND
    assert [(column_of(each), each.code) for each in second.faults] == [
        ("phone", "no_telephone"),
        ("name", "another_name"),
        ("post", "no_post"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_download_names_each_column_with_its_reason_and_what_helps(language):
    file = ListFile(as_csv())
    _, first, _ = refused_rows(file, broken(as_csv()), Words(language))
    for column, _ in FOUND:
        assert column in first[-1]
    assert Words(language).code("row_fix", "digits_alone") in first[-1]
    assert Words(language).code("row_fix", "type_name") in first[-1]


def test_so_does_a_list_of_badges():
    content = b"number,name,serial,last_day\nx,,one,2020-01-01\n"
    _, (row,) = read_wanted(ListFile(content), dt.date(2026, 3, 7), demo=False)
    assert [column_of(each) for each in row.faults] == ["number", "name", "serial", "last_day"]
