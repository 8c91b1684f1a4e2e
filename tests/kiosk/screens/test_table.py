from rich.cells import cell_len

from foundation.words import Direction
from kiosk.screens.display import display
from kiosk.screens.table import Cell, Column, flow, paragraph, table

COLUMNS = [Column("Name", share=1), Column("Since")]
ROWS = [[Cell("Li Ming"), Cell("09:05")], [Cell("王芳"), Cell("10:15")]]


def test_columns_stand_under_each_other_whatever_the_script():
    lines = [line.plain for line in table(COLUMNS, ROWS, 18, Direction.LTR)]
    assert lines == ["Name         Since", "Li Ming      09:05", "王芳         10:15"]


def test_the_first_column_is_at_the_right_for_arabic():
    lines = [line.plain for line in table(COLUMNS, ROWS, 18, Direction.RTL)]
    assert lines[1] == "09:05      Li Ming"


def test_every_line_has_the_whole_width():
    for width in range(24, 60):
        for direction in Direction:
            lines = table(
                [*COLUMNS, Column("Why", share=2)], [[*row, Cell("x")] for row in ROWS], width, direction
            )
            assert {line.cell_length for line in lines} == {width}


def test_a_long_text_is_cut_and_says_so():
    rows = [[Cell("Anna Schmidt-Rottluff"), Cell("09:05")]]
    assert table(COLUMNS, rows, 16, Direction.LTR)[1].plain == "Anna Sch…  09:05"


def test_a_column_without_a_share_is_bounded():
    columns = [Column("Name", share=1), Column("State", most=6)]
    rows = [[Cell("a"), Cell("endlessly opening")]]
    assert table(columns, rows, 14, Direction.LTR)[1].plain == "a       endle…"


def test_a_cell_keeps_its_style():
    line = table(COLUMNS, [[Cell("Li", "bold"), Cell("09:05")]], 12, Direction.LTR)[1]
    assert [(span.start, span.end, span.style) for span in line.spans] == [(0, 5, "bold")]


ITEMS = [(Cell("Link"), Cell("up")), (Cell("Unsent"), Cell("34")), (Cell("Disk"), Cell("9 GB"))]


def test_items_flow_into_as_few_lines_as_hold_them():
    assert [line.plain for line in flow(ITEMS, 20, Direction.LTR)] == ["Link up   Unsent 34", "Disk 9 GB"]


def test_items_flow_from_the_right_for_arabic():
    first = flow([(Cell("وصل"), Cell("34")), (Cell("قرص"), Cell("9"))], 20, Direction.RTL)[0].plain
    assert first.endswith(f"34 {display('وصل')}")
    assert cell_len(first) == 20


def test_a_paragraph_stands_where_reading_starts():
    assert [line.plain for line in paragraph("one two", 4, Direction.LTR)] == ["one", "two"]
    assert [line.plain for line in paragraph("one two", 4, Direction.RTL)] == [" one", " two"]
