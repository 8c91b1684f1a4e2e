"""Tables as spreadsheets of offices save them as text."""

import pytest

from settlement.lists.table import ListTrouble, NoTableError
from settlement.lists.text_table import Encoding, text_rows

WANTED = ("number", "name")
ROWS = [(1, ["number", "name", "phone"]), (2, ["1001", "李梅", "+86 138"]), (3, ["1002", "Wei; Li", ""])]


def read(content, encoding=Encoding.UTF_8):
    return [(row.number, row.cells) for row in text_rows(content, encoding, WANTED)]


def written(separator=",", end="\r\n", before=""):
    def cell(text):
        return f'"{text}"' if set(text) & set(',;\t"') else text

    return before + "".join(separator.join(map(cell, cells)) + end for _, cells in ROWS)


@pytest.mark.parametrize("separator", ["，", "；", "،", "؛"])
def test_what_other_keyboards_have_for_a_comma_parts_cells_too(separator):
    assert read(f"number{separator}name\n1001{separator}Wei, Li\n".encode())[1] == (2, ["1001", "Wei, Li"])


@pytest.mark.parametrize("end", ["\x1a", "\x1a\x1a", "\r\n\x1a\0\0"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_stands_for_the_end_of_a_file_is_no_row(end, encoding):
    assert read((written() + end).encode(encoding)) == ROWS


def test_what_a_power_cut_leaves_of_a_file_is_seen():
    assert read((written() + "\0" * 100).encode())[-1] == (4, ["\0" * 100])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_it_finds_what_stands_between_the_cells(separator, end):
    assert read(written(separator, end).encode()) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_it_reads_every_form_of_unicode(encoding):
    assert read(written().encode(encoding)) == ROWS


def test_other_encodings_are_named_by_whoever_knows_them():
    assert read(written().encode("gb18030"), Encoding.GB18030) == ROWS
    with pytest.raises(NoTableError) as refused:
        read(written().encode("gb18030"))
    assert (refused.value.code, refused.value.arguments["encoding"]) == (ListTrouble.NOT_ENCODED, "UTF-8")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_first_line_may_name_the_separator(separator):
    assert read(written(separator, before=f"sep={separator}\r\n").encode()) == ROWS


def test_titles_and_empty_lines_may_stand_above_the_names():
    above = 'Volunteers of the fair,,\r\n,,\r\n"as of\r\n7 March",,\r\n'
    assert [row for row, _ in read(written(before=above).encode())] == [4, 5, 6]
    assert read(written(before=above).encode())[0][1] == ROWS[0][1]


def test_a_mark_within_a_cell_is_no_part_of_it():
    assert read("number,name\n\ufeff1001,Mei\n".encode())[1] == (2, ["1001", "Mei"])


@pytest.mark.parametrize("cell", ['="00412"', '"=""00412"""', ' ="00412" '])
def test_a_formula_that_is_only_text_is_that_text(cell):
    assert read(f"number,name\n{cell},Mei\n".encode())[1] == (2, ["00412", "Mei"])


def test_empty_rows_count_and_are_left_out():
    assert [row for row, _ in read(b"number,name\n\n,,\n1001,Mei\n")] == [1, 4]


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b'number,name\n1,"Mei', ListTrouble.NO_CSV, {"row": 2}),
        (b'number,name\n1001,Wei\n1,"M"ei\n', ListTrouble.NO_CSV, {"row": 3}),
        (b"\xff\xfe\x00", ListTrouble.NOT_ENCODED, {"encoding": "UTF-16", "byte": 3}),
        (b"\xef\xbb\xbf\xff", ListTrouble.NOT_ENCODED, {"encoding": "UTF-8", "byte": 4}),
    ],
)
def test_what_is_no_table_is_told_with_its_place(content, code, told):
    with pytest.raises(NoTableError) as refused:
        read(content)
    assert refused.value.code is code
    assert {name: refused.value.arguments[name] for name in told} == told
