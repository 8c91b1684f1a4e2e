"""Reports as text, CSV, JSON and a page."""

import csv
import io
import unicodedata

import msgspec
import pytest

from foundation.words import LANGUAGES, Words
from settlement.reports.rendering import aligned, as_csv, as_html, as_json, as_text, csv_parts
from settlement.reports.table import Column, LongTable, Table

TABLE = Table(
    "Title",
    (Column("name", "姓名"), Column("hours", "Hours", is_number=True)),
    (("王小明", "12.50"), ('=HYPERLINK("x")', "-1.25"), ("a,b <b>", 3)),
    ("A note",),
)


@pytest.mark.parametrize(
    "name",
    ["\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f", "u\u0308ber", "ไม้", "हिन्दी", "نیم\u200cفاصله"],
)
def test_marks_and_joiners_take_no_place(name):
    letters = sum(unicodedata.category(one) not in {"Mn", "Me", "Cf"} for one in name)
    line, _ = aligned([(name, "1"), ("", "2")])
    assert line == f"{name}  1"
    line, other = aligned([(name, "1"), ("x" * (letters + 3), "2")])
    assert line == f"{name}{' ' * 3}  1"
    assert other == f"{'x' * (letters + 3)}  2"


def test_text_is_aligned_although_some_characters_are_wide():
    assert as_text(TABLE).splitlines() == [
        "Title",
        "",
        "姓名             Hours",
        "王小明           12.50",
        '=HYPERLINK("x")  -1.25',
        "a,b <b>              3",
        "",
        "A note",
    ]


def test_csv_opens_in_a_spreadsheet_and_runs_nothing_there():
    content = as_csv(TABLE)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["姓名", "Hours"],
        ["王小明", "12.50"],
        ['\'=HYPERLINK("x")', "-1.25"],
        ["a,b <b>", "3"],
        [],
        ["Title"],
        ["A note"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1+1",
        "\u3000=1+1",
        "\xa0@A1",
        "\u200b=1+1",
        "\ufeff=1+1",
        "\u202e=1+1",
        "\x00=1+1",
        "＝1+1",
        "﹦1+1",
        "＋1+1",
        "﹢1+1",
        "－1+1",
        "﹣1+1",
        "＠A1",
        "﹫A1",
        " ＝1+1",
        "\t",
        "\n",
    ],
)
def test_no_spelling_of_a_formula_reaches_a_spreadsheet(text):
    (row,) = csv_rows(text)
    assert row == [f"'{text}"]


@pytest.mark.parametrize(
    "text", ["-1.25", "+8613800138000", "12.50", "a=b", "", " ", "Anne-Marie", "王小明", "５"]
)
def test_what_is_no_formula_stays(text):
    (row,) = csv_rows(text)
    assert row == [text]


def csv_rows(cell):
    """The rows of a report with one cell, as a spreadsheet reads them."""
    content = as_csv(Table("Title", (Column("name", "Name"),), ((cell,),), ()))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return rows[1 : rows.index(["Title"]) - 1]


def test_json_names_each_cell():
    told = msgspec.json.decode(as_json(TABLE))
    assert told["rows"][0] == {"name": "王小明", "hours": "12.50"}
    assert (told["title"], told["notes"]) == ("Title", ["A note"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language_and_escapes_what_people_wrote(language):
    page = as_html(TABLE, Words(language), "City & Co").decode()
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
    assert "a,b &lt;b&gt;" in page
    assert "City &amp; Co" in page
    assert "A note" in page
    assert "@media print" in page
    assert "http" not in page


def test_a_report_without_rows_still_says_what_it_is():
    empty = Table("Title", TABLE.columns, (), ("A note",))
    assert "Title" in as_text(empty)
    assert as_csv(empty).decode("utf-8-sig").splitlines()[0] == "姓名,Hours"


def long_table(ended):
    def rows():
        try:
            yield from ((number,) for number in range(5000))
        finally:
            ended.append(True)

    return LongTable("Title", (Column("number", "Number", is_number=True),), rows(), ("a note",))


def test_of_a_long_report_what_is_read_no_further_is_let_go():
    ended = []
    assert long_table(ended).beginning(2).rows == ((0,), (1,))
    assert ended == [True]


def test_a_long_report_is_written_part_by_part_and_let_go_where_the_reader_leaves():
    ended = []
    parts = csv_parts(long_table(ended))
    next(parts)
    assert b"\r\n499\r\n" in next(parts)
    parts.close()
    assert ended == [True]
    assert b"".join(csv_parts(long_table([]))) == as_csv(long_table([]).whole())
