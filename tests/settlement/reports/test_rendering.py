"""Reports as text, CSV, JSON and a page."""

import csv
import io

import msgspec
import pytest

from foundation.words import LANGUAGES, Words
from settlement.reports.rendering import as_csv, as_html, as_json, as_text
from settlement.reports.table import Column, Table

TABLE = Table(
    "Title",
    (Column("name", "姓名"), Column("hours", "Hours", is_number=True)),
    (("王小明", "12.50"), ('=HYPERLINK("x")', "-1.25"), ("a,b <b>", 3)),
    ("A note",),
)


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
