"""Lists that people keep in spreadsheets: each row is either right or says what is wrong with it. Pure.

What the table is in the file say `settlement.lists.text_table` and `settlement.lists.workbook`.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from foundation.errors import SettingsError
from foundation.person_name import stranger_in, tidied
from foundation.trouble import Trouble
from settlement.lists.cells import Cells
from settlement.lists.file import ListFile, rows_of
from settlement.lists.row_troubles import BrokenRow, RowFault, RowTrouble
from settlement.lists.table import ListTrouble, Made, NoTableError, Row, column_name, has_failed
from settlement.lists.written_forms import plain, seen, told
from settlement.troubles import CentreTrouble
from sync.contract.volunteer_number import MAX_VOLUNTEER

LONGEST_NAME = 80
EARLIEST_YEAR = 1900
"""Nobody who serves joined before; a spreadsheet's 0001-01-01 is no date."""
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

Item = TypeVar("Item")

_TROUBLE_OF = {
    Made.DATE: RowTrouble.MADE_A_DATE,
    Made.FAILED: RowTrouble.FORMULA_FAILED,
    Made.ROUNDED: RowTrouble.ROUNDED,
    Made.SHOWN_OTHERWISE: RowTrouble.SHOWN_OTHERWISE,
    Made.UNCOMPUTED: RowTrouble.FORMULA_UNCOMPUTED,
}


class Columns(NamedTuple):
    """Which columns a list must and may have, which of them hold days, and which are passed over."""

    required: Sequence[str]
    optional: Sequence[str]
    days: Sequence[str]
    passed_over: Sequence[str] = ()

    def unreadable(self, code: ListTrouble, /, **arguments: object) -> SettingsError:
        """That a file is no such list, told with the columns of one."""
        return SettingsError(
            CentreTrouble.LIST_NOT_READ,
            why=Trouble.term("csv", code, **arguments),
            required=self.required,
            optional=self.optional,
        )


def read_rows(
    file: ListFile, columns: Columns, read_row: Callable[[Cells], Item | None]
) -> tuple[list[Item], list[BrokenRow]]:
    """What `read_row` makes of each row that is not empty, and the rows in whose cells it finds faults.

    Raises SettingsError for a file that is no such list at all.
    """
    whole: list[Item] = []
    broken: list[BrokenRow] = []
    try:
        rows = rows_of(file, columns.required)
        upper = next(rows, Row(1, []))
        names = _names(upper)
        _check_columns(upper.number, [name for name in names if name], columns)
        for row in rows:
            if miscounted := _miscounted(names, row):
                broken.append(BrokenRow(row.number, (miscounted,)))
                continue
            cells = _cells(names, row, columns)
            item = read_row(cells)
            if cells.faults:
                broken.append(BrokenRow(row.number, cells.faults))
            elif item is not None:
                whole.append(item)
    except NoTableError as error:
        raise columns.unreadable(error.code, **error.arguments) from error
    return whole, broken


def volunteer_number(text: str) -> int:
    """The volunteer number in a cell; raises RowFault."""
    read = plain(text)
    if read.isascii() and read.isdigit() and 1 <= int(read[:13]) <= MAX_VOLUNTEER:
        return int(read)
    if len(read) > 12:
        # An identity number in the wrong column must not be repeated where others read it.
        raise RowFault(RowTrouble.SOMETHING_LONG, length=len(read))
    for place, one in enumerate(text, 1):
        if not (plain(one).isdigit() or plain(one) == ""):
            raise RowFault(RowTrouble.NUMBER_CHARACTER, text=told(text), character=seen(one), place=place)
    raise RowFault(RowTrouble.NO_NUMBER, text=told(text))


def display_name(text: str) -> str:
    """The name in a cell, tidied; raises RowFault."""
    if stranger := stranger_in(text):
        raise RowFault(RowTrouble.NAME_STRANGER, code=stranger.code, place=stranger.place)
    name = tidied(text)
    if not name or len(name) > LONGEST_NAME:
        raise RowFault(RowTrouble.NAME_LENGTH, most=LONGEST_NAME)
    return name


def calendar_date(text: str, column: str) -> dt.date | None:
    """The date in a cell such as 2026-03-07, None for an empty one; raises RowFault."""
    if not text:
        return None
    try:
        if _DATE.fullmatch(text) and (day := dt.date.fromisoformat(text)).year >= EARLIEST_YEAR:
            return day
    except ValueError:
        pass
    raise RowFault(RowTrouble.NO_DATE, text=told(text), column=column)


def _names(upper: Row) -> list[str]:
    names = [column_name(cell) for cell in upper.cells]
    while names and not names[-1]:
        names.pop()
    return names


def _miscounted(names: list[str], row: Row) -> Trouble | None:
    """That a row has other cells than columns are named; beside the named ones all are to be empty."""
    cells = row.cells[: len(names)]
    beyond = [cell for name, cell in zip(names, cells, strict=False) if not name] + row.cells[len(names) :]
    if len(cells) == len(names) and not any(beyond):
        return None
    filled = max((at for at, cell in enumerate(row.cells, 1) if cell), default=0)
    counted = len(cells) if len(cells) < len(names) else filled
    return Trouble.term("row", RowTrouble.CELLS_MISCOUNTED, cells=counted, columns=len(names))


def _cells(names: list[str], row: Row, columns: Columns) -> Cells:
    """A row's cells by the names of their columns, and those that a spreadsheet made something else of."""
    given, faults = dict.fromkeys(columns.optional, ""), []
    for at, (name, cell) in enumerate(zip(names, row.cells, strict=False)):
        made = row.made.get(at) or (Made.FAILED if has_failed(cell) else None)
        if name and made and not (made is Made.DATE and name in columns.days):
            faults.append(Trouble.term("row", _TROUBLE_OF[made], column=name, text=told(cell)))
        if name:
            given[name] = cell
    order = [name for name in names if name] + [name for name in columns.optional if name not in names]
    return Cells(row.number, {name: given[name] for name in order}, faults)


def _check_columns(row: int, names: list[str], columns: Columns) -> None:
    missing = [name for name in columns.required if name not in names]
    # Where no row names the columns, they are the first person.
    known = {*columns.required, *columns.optional, *columns.passed_over}
    unknown = [told(name) for name in names if name not in known]
    if missing and unknown:
        raise columns.unreadable(
            ListTrouble.COLUMNS_MISSING_AND_UNKNOWN, row=row, missing=missing, unknown=unknown
        )
    if missing:
        raise columns.unreadable(ListTrouble.COLUMNS_MISSING, row=row, missing=missing)
    if unknown:
        raise columns.unreadable(ListTrouble.COLUMNS_UNKNOWN, row=row, unknown=unknown)
    if len(set(names)) < len(names):
        raise columns.unreadable(ListTrouble.COLUMN_TWICE, row=row)
