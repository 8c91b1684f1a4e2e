"""Lists as offices and spreadsheets make them, through the importer: taken, or refused with what is wanted.

`lists/` holds one file for each situation that people report of such imports; `expected.csv` says what is
right: take, refuse, any (either), found (a terminal finds who presents `presented`), match (refused or
found), and what a refusal must say. More of the same kinds stand below.
"""

import csv
import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest

from foundation.errors import SettingsError
from settlement.accounts.audit import Signed
from settlement.badges.csv_source import read_wanted
from settlement.lists.file import ListFile
from settlement.lists.text_table import Encoding
from settlement.master_data.people_import import import_people
from settlement.models import Credential, Membership, Volunteer
from settlement.organisations.tree import add_organisation
from sync.contract.pseudonym import Subject, keyed_reference
from tests.english import in_english
from tests.settlement.lists.workbooks import workbook

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).parent / "lists"
EXPECTED = list(csv.DictReader((FOLDER / "expected.csv").read_text(encoding="utf-8").splitlines()))
NOW_MS = 1_772_856_000_000
KEY = bytes(range(32))
ID_NUMBER = "11010519491231002X"
HEADER = "number,name\r\n"


@pytest.fixture(autouse=True)
def centre(settings, tmp_path, fair):
    (tmp_path / "pseudonym.key").write_text(KEY.hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    return add_organisation("City")


def said(content, home, **given):
    """What the importer says against a file; "" where it takes it."""
    try:
        done = import_people(ListFile(content, **given), home, Signed(None, NOW_MS))
    except SettingsError as error:
        return str(error)
    assert bool(done.broken) == (done.volunteers == 0)
    return "\n".join(in_english(each) for row in done.broken for each in row.troubles)


def is_found(kind, presented):
    return Credential.objects.filter(ref=keyed_reference(KEY, Subject[kind], presented)).exists()


@pytest.mark.parametrize("row", EXPECTED, ids=[row["file"] for row in EXPECTED])
def test_a_reported_file_is_taken_or_refused_as_is_right(row, centre):
    told = said((FOLDER / row["file"]).read_bytes(), centre)
    found = bool(row["presented"]) and is_found(*row["presented"].split(" ", 1))
    right = {
        "take": not told,
        "refuse": bool(told),
        "any": True,
        "match": bool(told) or found,
        "found": found,
    }
    assert right[row["right"]], told
    if told and row["says"]:
        assert re.search(row["says"], told, re.DOTALL)


def test_badges_are_issued_for_names_of_every_script():
    content = (FOLDER / "badge_names.csv").read_bytes()
    wanted, broken = read_wanted(ListFile(content), dt.date(2026, 3, 7), demo=True)
    assert (len(wanted), broken) == (len(content.decode("utf-8-sig").splitlines()) - 1, [])


@pytest.mark.parametrize(
    "text",
    [
        'sep=;\r\nnumber;name\r\n1001;"Mei; Li"\r\n',
        '"sep=,"\r\nnumber,name\r\n1001,"Mei, Li"\r\n',
        'SEP=\t\r\nnumber\tname\r\n1001\t"Mei\tLi"\r\n'.replace("Mei\tLi", "Mei Li"),
        "Volunteers; all of them\r\n;\r\nnumber;name\r\n1001;Mei\r\n",
        '"Volunteers,\r\nas of March",,\r\n,,\r\nnumber,name,\r\n1001,Mei,\r\n,,\r\n,,\r\n',
        "number,,name,,phone\r\n1001,,Mei,,\r\n,,,,\r\n",
        "ｎｕｍｂｅｒ,Ｎａｍｅ\r\n１００１,Mei\r\n",
        "name;number\r\nMei;1001\r\n\r\n\r\n",
        "number\tname\r1001\tMei\r",
        'number,name\n"1001","Mei ""the elder"" Li"\n',
        "\ufeffnumber,name\n1001,\ufeffMei\ufeff\n",
    ],
)
@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_offices_save_is_read(text, form, centre):
    assert said(text.encode(form), centre) == ""
    assert Volunteer.objects.get().number == 1001


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        (Encoding.GB18030, "王小明"),
        (Encoding.GB18030, "𠮷田"),
        (Encoding.GB18030, "José·㐀"),
        (Encoding.BIG5, "陳碁銹"),
        (Encoding.BIG5, "李㗎"),
        (Encoding.WINDOWS_1252, "José Muñoz"),
        (Encoding.WINDOWS_1256, "محمد"),
        (Encoding.WINDOWS_1256, "پروين"),
    ],
)
def test_an_encoding_is_named_and_never_guessed(encoding, name, centre):
    content = f"{HEADER}1001,{name}\r\n".encode(encoding.codec)
    assert "it is not UTF-8 (byte " in said(content, centre)
    assert encoding.lower() in said(content, centre).lower()
    assert said(content, centre, encoding=encoding) == ""
    assert Volunteer.objects.get().display_name == name


@pytest.mark.parametrize("encoding", [one for one in Encoding if one is not Encoding.UTF_8])
def test_text_in_utf_8_is_not_read_as_something_else(encoding, centre):
    content = f"{HEADER}1001,王小\r\n".encode()
    assert f"it is UTF-8, and not {encoding.upper()}" in said(content, centre, encoding=encoding)
    assert said(b"\xef\xbb\xbf" + content, centre, encoding=encoding) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Volunteers\r\nnumber,names\r\n1001,Mei\r\n", "its row 2, which is to name the columns, lacks name"),
        ("number|name\r\n1001|Mei\r\n", "commas, semicolons or tabs between the cells"),
        ("number,name\r\n1001,Mei,note\r\n", "row 2: it has 3 cells, the first row 2"),
        ("number,,name\r\n1001,x,Mei\r\n", "row 2: it has 3 cells, the first row 3"),
        ("number,name,code\r\n1001,Mei,#N/A\r\n", "row 2: the code is #N/A, a formula without a result"),
        ("number,name,phone\r\n1001,Mei,#REF!\r\n", "row 2: the phone is #REF!, a formula without a result"),
        ("number,name,id_number\r\n1001,Mei,110105194912310000\r\n", "row 2: the id_number ends with 000"),
        ("number,name,phone\r\n1001,Mei,1.38E+10\r\n", "row 2: the spreadsheet has rounded the phone"),
        ("number,name\r\n1О01,Mei\r\n", "of 1 to 12 digits: О (U+041E) at place 2"),
        ("number,name\r\n1\u00a0001,Mei\r\n", "of 1 to 12 digits: U+00A0 at place 2"),
        ("number,name\r\n,Mei\r\n", "'' is no volunteer number of 1 to 12 digits"),
        ("number,name,joined\r\n1001,Mei,0001-01-01\r\n", "row 2: '0001-01-01' is no date"),
        ("number,name,joined\r\n1001,Mei,2026-W10-6\r\n", "row 2: '2026-W10-6' is no date"),
        ("number,name,joined\r\n1001,Mei,20260307\r\n", "row 2: '20260307' is no date"),
        ("number,name,joined\r\n1001,Mei,2026-3-7\r\n", "row 2: '2026-3-7' is no date"),
        ('number,name\r\n1001,"Mei\r\n1002,Wei\r\n', "it is no CSV near row 2"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_wanted(text, told, centre):
    assert told in said(text.encode(), centre)
    assert not Volunteer.objects.exists()


def test_a_number_that_really_ends_with_zeros_is_written_in_groups(centre):
    assert said(b"number,name,id_number\r\n1001,Mei,110105 19491210 9000\r\n", centre) == ""
    assert is_found("ID_NUMBER", "110105194912109000")


def test_a_workbook_is_entered(centre):
    rows = [
        ["Volunteers of the fair"],
        ["number", "name", "joined", "phone", "id_number", "code"],
        [1001, "李梅", dt.date(2026, 3, 1), 13800138000, ID_NUMBER, "LIB-00412"],
        [],
        [1002, "Wei", dt.datetime(2026, 3, 1), "+86 139 0013 9000", None, None],
    ]
    assert said(workbook(rows), centre) == ""
    assert set(Membership.objects.values_list("volunteer__number", "joined_ms")) == {
        (1001, 1_772_294_400_000),
        (1002, 1_772_294_400_000),
    }
    assert is_found("PHONE", "+8613800138000")
    assert is_found("ID_NUMBER", ID_NUMBER)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (
            "id_number",
            110105194912310021,
            "row 2: the spreadsheet has rounded the id_number; format that column",
        ),
        (
            "code",
            dt.date(2026, 12, 3),
            "row 2: the spreadsheet has made a date of the code; format that column",
        ),
        ("post", dt.date(2026, 12, 3), "row 2: the spreadsheet has made a date of the post"),
        ("card_uid", 12345e67, "row 2: the spreadsheet has rounded the card_uid"),
        ("card_uid", 4112233, "row 2: the card_uid has 7 characters; wanted is 8, 14 or 20 hexadecimal"),
        ("phone", "=A1", "row 2: the phone is a formula that nothing has computed"),
        ("phone", "#REF!", "row 2: the phone is #REF!, a formula without a result"),
        ("joined", dt.datetime(2026, 3, 1, 9, 30), "row 2: '2026-03-01 09:30:00' is no date such as"),
        ("joined", 46088, "row 2: '46088' is no date such as 2026-03-07"),
        ("wage", 5, "its row 1, which is to name the columns, has unknown columns: wage"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_told_with_the_cure(column, value, told, centre):
    assert told in said(workbook([["number", "name", column], [1001, "Mei", value]]), centre)
    assert not Volunteer.objects.exists()


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_taken(centre):
    rows = "".join(f"{number},Mei {number}\n" for number in range(1, 100_001))
    assert said(f"number,name\n{rows}".encode(), None) == ""
    assert Volunteer.objects.count() == 100_000
