"""Tables in workbooks: what people see in a cell is read, and what is no workbook of people is told."""

import datetime as dt
import io
import random
import re
import tracemalloc
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from settlement.lists.file import Limits, ListFile, rows_of
from settlement.lists.table import ListTrouble, Made, NoTableError
from tests.settlement.lists.workbooks import SHEET, repacked, workbook

WANTED = ("number", "name")
NAMES = ["number", "name", "phone", "joined"]


def read(content, sheet=""):
    return list(rows_of(ListFile(content, sheet=sheet), WANTED))


def refused(content, sheet=""):
    with pytest.raises(NoTableError) as told:
        read(content, sheet)
    return told.value.code


def cell(value, number_format=None):
    """How a cell is read: its text, and what was made of it."""

    def change(_, sheet):
        sheet["A2"].value = value
        if number_format:
            sheet["A2"].number_format = number_format

    (row,) = read(workbook([NAMES, ["x"]], change))[1:] or [None]
    return row.cells[0], row.made.get(0)


def test_rows_are_numbered_as_the_spreadsheet_does():
    rows = read(workbook([["Volunteers of 2026"], [], NAMES, [1001, "李梅", None, None], [], [1002, "Wei"]]))
    assert [(row.number, row.cells[:2]) for row in rows] == [
        (3, ["number", "name"]),
        (4, ["1001", "李梅"]),
        (6, ["1002", "Wei"]),
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "text", "made"),
    [
        (1001, None, "1001", None),
        (1001.0, "0.00", "1001", None),
        (13800138000, "0_ ", "13800138000", None),
        (13800138000, "#,##0", "13800138000", None),
        (-5, "0_);[Red]\\(0\\)", "-5", None),
        (12.5, None, "12.5", None),
        (412, "00000", "00412", None),
        (412, '"LIB-"00000', "412", Made.SHOWN_OTHERWISE),
        (8613800138000, "000-0000-0000", "8613800138000", Made.SHOWN_OTHERWISE),
        (0.41, "0%", "0.41", Made.SHOWN_OTHERWISE),
        (999999999999999, None, "999999999999999", None),
        (110105194912310021, None, "1.10105E+17", Made.ROUNDED),
        (1.1010519491231e17, "0", "1.10105E+17", Made.ROUNDED),
        (120000, "0.00E+00", "1.20000E+05", Made.ROUNDED),
        ("110105194912310021", "@", "110105194912310021", None),
        ("  LIB_x000D_\ufeff", None, "LIB", None),
        (True, None, "TRUE", None),
        (dt.date(2026, 3, 7), None, "2026-03-07", Made.DATE),
        (dt.datetime(2026, 3, 7), None, "2026-03-07", Made.DATE),
        (dt.datetime(2026, 3, 7, 9, 30), None, "2026-03-07 09:30:00", Made.DATE),
        (dt.time(9, 30), None, "09:30:00", Made.DATE),
        (46088, "yyyy/m/d", "2026-03-07", Made.DATE),
        ("#REF!", None, "#REF!", Made.FAILED),
    ],
)
def test_a_cell_is_read_as_people_see_it(value, number_format, text, made):
    assert cell(value, number_format) == (text, made)


def test_a_day_that_no_calendar_has_is_a_formula_that_failed():
    assert cell(99999999999, "yyyy-mm-dd")[1] is Made.FAILED


def test_a_formula_counts_by_what_it_was_computed_to():
    content = workbook([NAMES, [1001, "=A1&B1"], [1002, "Wei"]])
    (row,) = [row for row in read(content) if row.number == 2]
    assert row.made == {1: Made.UNCOMPUTED}
    computed = repacked(content, {SHEET: with_result})
    (row,) = [row for row in read(computed) if row.number == 2]
    assert (row.cells[1], row.made) == ("Mei", {})


def with_result(part):
    return re.sub(
        rb'<c r="B2"([^>]*)><f>(.*?)</f><v ?/?>(</v>)?', rb'<c r="B2" t="str"><f>\2</f><v>Mei</v>', part
    )


def test_merged_titles_and_columns_without_a_name_do_no_harm():
    rows = [
        ["Volunteers", None, None, None],
        ["number", None, "name", None],
        [1001, None, "Mei", None],
        [None] * 4,
    ]
    found = read(workbook(rows, lambda _, sheet: sheet.merge_cells("A1:D1")))
    assert [(row.number, row.cells[:4]) for row in found] == [
        (2, ["number", "", "name", ""]),
        (3, ["1001", "", "Mei", ""]),
    ]


def test_what_a_sheet_says_of_its_extent_may_be_wrong():
    content = workbook([NAMES, [1001, "Mei"]])
    wrong = repacked(content, {SHEET: lambda part: part.replace(b'ref="A1:D2"', b'ref="A1"')})
    assert read(wrong)[1].cells[:2] == ["1001", "Mei"]


def two_sheets(state="visible", names=NAMES):
    def change(book, _):
        other = book.create_sheet("Choir")
        other.append(names)
        other.append([2002, "Wei"])
        other.sheet_state = state

    return workbook(
        [["Notes"]] if state == "alone" else [NAMES, [1001, "Mei"]], change if state != "alone" else None
    )


def test_the_sheet_that_people_see_and_that_has_the_columns_is_read():
    assert read(two_sheets("hidden"))[1].cells[0] == "1001"
    assert read(two_sheets("veryHidden"))[1].cells[0] == "1001"
    assert read(two_sheets(names=["wage"]))[1].cells[0] == "1001"

    def notes_first(book, sheet):
        sheet.append(["Notes"])
        other = book.create_sheet("People")
        other.append(NAMES)
        other.append([2002, "Wei"])

    assert read(workbook([["number of hours"]], notes_first))[1].cells[0] == "2002"


def test_of_several_such_sheets_one_is_named():
    assert refused(two_sheets()) is ListTrouble.SEVERAL_SHEETS
    assert read(two_sheets(), "Choir")[1].cells[0] == "2002"
    assert read(two_sheets("hidden"), "Choir")[1].cells[0] == "2002"
    assert refused(two_sheets(), "Moon") is ListTrouble.NO_SHEET
    assert refused(b"number,name\n", "Choir") is ListTrouble.NO_SHEET


def packed(**parts):
    saved = io.BytesIO()
    with ZipFile(saved, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return saved.getvalue()


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (COMPOUND + bytes(600), ListTrouble.OTHER_FORMAT),
        (COMPOUND + bytes(600) + "EncryptedPackage".encode("utf-16-le"), ListTrouble.WITH_PASSWORD),
        (packed(mimetype="application/vnd.oasis.opendocument.spreadsheet"), ListTrouble.NO_WORKBOOK),
        (packed(**{"Index__Document.iwa": "x"}), ListTrouble.OTHER_FORMAT),
        (packed(**{"xl__workbook.bin": "x"}), ListTrouble.OTHER_FORMAT),
        (packed(**{"word__document.xml": "<a/>"}), ListTrouble.OTHER_FORMAT),
        (packed(**{"notes.txt": "number,name"}), ListTrouble.NO_WORKBOOK),
        (b"PK\x03\x04 and no more", ListTrouble.NO_WORKBOOK),
        (workbook([NAMES, [1, "Mei"]])[:3000], ListTrouble.NO_WORKBOOK),
        (repacked(workbook([NAMES]), {SHEET: lambda part: part[:-20]}), ListTrouble.NO_WORKBOOK),
        (
            repacked(workbook([NAMES]), {"xl/workbook.xml": lambda part: b"<workbook/>"}),
            ListTrouble.NO_WORKBOOK,
        ),
        (b"<html><table><tr><td>number</td></tr></table>", ListTrouble.OTHER_FORMAT),
        ("\ufeff \n<?xml version='1.0'?><Workbook/>".encode(), ListTrouble.OTHER_FORMAT),
        (b"%PDF-1.7\n", ListTrouble.OTHER_FORMAT),
        (b"{\\rtf1", ListTrouble.OTHER_FORMAT),
        (b"\x1f\x8b\x08", ListTrouble.OTHER_FORMAT),
        (b"number,name\n" + bytes(64 * 1024 * 1024), ListTrouble.TOO_LARGE),
    ],
)
def test_what_is_no_such_workbook_is_told_for_what_it_is(content, code):
    assert refused(content) is code


def test_an_opendocument_is_known_by_how_it_begins():
    saved = io.BytesIO()
    with ZipFile(saved, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refused(saved.getvalue()) is ListTrouble.OTHER_FORMAT


def sheet_of(body):
    return repacked(
        workbook([NAMES]), {SHEET: lambda part: part.replace(b"</sheetData>", body + b"</sheetData>")}
    )


@pytest.mark.parametrize(
    "content",
    [
        sheet_of(b"<a/>" * 300_000),
        sheet_of(b"<row>" + b"<c/>" * 200_000 + b"</row>"),
        sheet_of(b"<row/>" * 1_100_000),
        repacked(
            workbook([NAMES]),
            {SHEET: lambda part: b'<!DOCTYPE a [<!ENTITY b "' + b"b" * 1000 + b'">]>' + part},
        ),
        repacked(workbook([NAMES]), {}, {"xl/zeros.bin": bytes(Limits().unfolded_bytes)}),
        repacked(workbook([NAMES]), {}, {f"xl/{number}.xml": b"<a/>" for number in range(2_001)}),
    ],
    ids=["elements", "a row", "rows", "entities", "bytes", "parts"],
)
def test_a_file_that_unfolds_to_more_than_a_sheet_is_refused_unread(content):
    assert len(content) < 2_000_000
    assert refused(content) is ListTrouble.TOO_MUCH_WITHIN


def test_a_cell_at_the_far_end_costs_nothing():
    def far(_, sheet):
        sheet["XFD50000"] = "x"

    content = workbook([NAMES, [1001, "Mei"]], far)
    tracemalloc.start()
    try:
        assert [row.number for row in read(content)] == [1, 2]
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_read_one_by_one():
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    sheet.append(NAMES)
    for number in range(1, 100_001):
        sheet.append([number, f"李梅{number}", f"138{number:08d}", dt.date(2026, 3, 7)])
    saved = io.BytesIO()
    book.save(saved)
    tracemalloc.start()
    try:
        assert sum(1 for _ in rows_of(ListFile(saved.getvalue()), WANTED)) == 100_001
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_a_damaged_workbook_is_read_or_refused_and_nothing_else():
    whole = workbook([NAMES, [1001, "Mei", None, dt.date(2026, 3, 7)], [1002, "=A2"]])
    with ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "theme" not in name}
    draw = random.Random(1)
    outcomes = set()
    for _ in range(200):
        name = draw.choice(sorted(parts))
        part = bytearray(parts[name])
        for _ in range(draw.randint(1, 6)):
            at = draw.randrange(len(part))
            part[at : at + draw.randint(0, 30)] = draw.choice([b"", b"<", b'"', b"9", b"&", b"\xff"])
        try:
            read(repacked(whole, {name: lambda _, changed=bytes(part): changed}))
            outcomes.add("read")
        except NoTableError as error:
            outcomes.add(error.code)
    assert outcomes >= {"read", ListTrouble.NO_WORKBOOK}
