"""Writing a report as a workbook (.xlsx): row by row into a file, so that its length costs no memory."""

import io
from collections.abc import Iterable
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from foundation.words import Direction, Words
from settlement.reports.table import Cell, LongTable, Table, headings, let_go

MOST_ROWS = 1_048_000
"""A sheet holds little more; what would not fit is left out and said."""
_LONGEST_TITLE = 31
_NOT_IN_TITLES = str.maketrans("\\/*?:[]", "-------")


def write_workbook(table: Table | LongTable, words: Words, file: IO[bytes]) -> None:
    """One sheet: headings, rows, and the notes below. No text is ever a formula: each says it is text."""
    book = Workbook(write_only=True)
    title = ILLEGAL_CHARACTERS_RE.sub("", table.title).translate(_NOT_IN_TITLES)[:_LONGEST_TITLE]
    sheet = book.create_sheet(title)
    sheet.sheet_view.rightToLeft = words.direction is Direction.RTL
    above = headings(table.columns)
    sheet.freeze_panes = f"A{len(above) + 1}"
    for line in above:
        _append(sheet, line)
    numbers = [column.is_number for column in table.columns]
    for place, row in enumerate(table.rows):
        if place == MOST_ROWS:
            _append(sheet, [words.say("reports-too_long")])
            let_go(table)
            break
        cells = (_number(cell) if is_number else cell for cell, is_number in zip(row, numbers, strict=True))
        _append(sheet, cells)
    sheet.append([])
    for note in (table.title, *table.notes):
        _append(sheet, [note])
    book.save(file)


def _append(sheet: Any, cells: Iterable[Cell | float]) -> None:  # noqa: ANN401 - openpyxl ships no types
    sheet.append([_cell(sheet, cell) for cell in cells])


def _cell(sheet: Any, value: Cell | float) -> Any:  # noqa: ANN401 - openpyxl ships no types
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell


def _number(cell: Cell) -> Cell | float:
    """Hours and amounts as numbers, which a spreadsheet adds up; whatever is none stays text."""
    if (
        not isinstance(cell, str)
        or not cell.lstrip("-").replace(".", "", 1).isdecimal()
        or not cell.isascii()
    ):
        return cell
    return float(cell) if "." in cell else int(cell)


def rows_as_workbook(rows: Iterable[Iterable[str]], title: str) -> bytes:
    """Rows as they are, each cell as text."""
    book, written = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet(title.translate(_NOT_IN_TITLES)[:_LONGEST_TITLE])
    for row in rows:
        _append(sheet, row)
    book.save(written)
    return written.getvalue()
