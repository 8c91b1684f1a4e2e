"""The table in a workbook (.xlsx, Office Open XML), its cells as the text that people see in them. Pure.

openpyxl reads a sheet row by row; python-calamine is faster, but allots every cell up to the farthest one,
and a file of 5 kB then ends the process. `packed_parts` bounds what openpyxl must hold at once.
"""

import datetime as dt
import io
import itertools
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from settlement.lists.packed_parts import TooMuchWithinError, parts_with_formulas
from settlement.lists.table import (
    ListTrouble,
    Made,
    NoTableError,
    Row,
    below_titles,
    named,
    names_at,
    trimmed,
)

MOST_COLUMNS = 100
"""Whatever stands farther to the right is not looked at."""
_MOST_ROWS = 1_048_576
_LOOKED_AT_ROWS = 10
_AT_ONCE = 200
_MOST_DIGITS = 10**15
"""A spreadsheet keeps fifteen digits of a number."""
_NOT_SHOWN = re.compile(r"\[[^\]]*\]|_.|\*.")
_PLAIN_FORMAT = re.compile(r"(general|@|[#0,]*(\.[0#]+)?)", re.IGNORECASE)
_PADDED_FORMAT = re.compile(r"0{2,}")
_MIDNIGHT = dt.time()


def workbook_rows(
    content: bytes, wanted: Sequence[str], sheet: str = "", most_bytes: int = 256 * 1024 * 1024
) -> Iterator[Row]:
    """The rows of a sheet that are not empty, from that on which names the columns.

    It is the one that people see and that has the `wanted` columns, or the one of that name. Raises
    NoTableError, also where it unfolds to more than `most_bytes`.
    """
    try:
        yield from _rows(content, wanted, sheet, most_bytes)
    except NoTableError:
        raise
    except TooMuchWithinError as error:
        raise NoTableError(ListTrouble.TOO_MUCH_WITHIN, most=most_bytes // 1024 // 1024) from error
    except Exception as error:  # what is broken within a workbook may raise anything
        raise NoTableError(ListTrouble.NO_WORKBOOK) from error


def _rows(content: bytes, wanted: Sequence[str], sheet: str, most_bytes: int) -> Iterator[Row]:
    with ZipFile(io.BytesIO(content)) as archive:
        computed = parts_with_formulas(archive, most_bytes)
    book = _opened(content, data_only=True)
    chosen = _chosen(book, wanted, sheet)
    rows = _cells(chosen)
    if computed:
        formulas = _opened(content, data_only=False)[chosen.title]
        return below_titles(_with_text(rows, _cells(formulas)), wanted)
    return below_titles(_with_text(rows, itertools.repeat(())), wanted)


def _opened(content: bytes, *, data_only: bool) -> Any:  # noqa: ANN401 - openpyxl ships no types
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it leaves out: pictures, filters, macros
        return load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)


def _chosen(book: Any, wanted: Sequence[str], sheet: str) -> Any:  # noqa: ANN401 - openpyxl ships no types
    sheets = book.worksheets
    if sheet:
        found = [each for each in sheets if each.title.strip() == sheet.strip()]
        if not found:
            raise NoTableError(ListTrouble.NO_SHEET, sheet=sheet, sheets=[each.title for each in sheets])
        return found[0]
    if not sheets:
        raise NoTableError(ListTrouble.NO_WORKBOOK)
    seen = [each for each in sheets if each.sheet_state == "visible"] or sheets
    counts = [_most_named(each, wanted) for each in seen]
    whole = [each.title for each, count in zip(seen, counts, strict=True) if count == len(set(wanted))]
    if len(whole) > 1:
        raise NoTableError(ListTrouble.SEVERAL_SHEETS, sheets=whole)
    return seen[counts.index(max(counts))]


def _most_named(sheet: Any, wanted: Sequence[str]) -> int:  # noqa: ANN401
    upper = list(itertools.islice(_with_text(_cells(sheet), itertools.repeat(())), _LOOKED_AT_ROWS))
    return named(upper[names_at(upper, wanted)], wanted) if upper else 0


def _cells(sheet: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401
    # What a sheet says of its own extent may be wrong.
    rows = sheet.iter_rows(max_row=_MOST_ROWS, max_col=MOST_COLUMNS)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a date that is none: its cell says #VALUE!
            some = list(itertools.islice(rows, _AT_ONCE))
        if not some:
            return
        yield from some


def _with_text(rows: Iterator[Sequence[Any]], formulas: Iterator[Sequence[Any]]) -> Iterator[Row]:
    for number, (cells, computed) in enumerate(zip(rows, formulas, strict=False), 1):
        texts = [""] * len(cells)
        made: dict[int, Made] = {}
        for at, cell in enumerate(cells):
            if cell.value is not None:
                texts[at], what = _read(cell)
                if what:
                    made[at] = what
        for at, cell in enumerate(computed):
            if cell.data_type == "f" and not texts[at]:
                texts[at], made[at] = "=", Made.UNCOMPUTED
        if any(texts):
            yield Row(number, texts, made)


def _read(cell: Any) -> tuple[str, Made | None]:  # noqa: ANN401
    """What a person sees in a cell, and what the spreadsheet made of it."""
    value = cell.value
    if isinstance(value, str):
        return trimmed(unescape(value)), Made.FAILED if cell.data_type == "e" else None
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, dt.datetime) and value.time() == _MIDNIGHT:
        value = value.date()
    return str(value), Made.DATE


def _number(value: float, written: str) -> tuple[str, Made | None]:
    """A number as its format shows it, as far as that is digits alone."""
    shown = _NOT_SHOWN.sub("", written.partition(";")[0])
    if abs(value) >= _MOST_DIGITS or "E+" in shown.upper():
        return f"{value:.5E}", Made.ROUNDED
    text = str(int(value)) if value == int(value) else repr(value)
    if _PADDED_FORMAT.fullmatch(shown):
        return text.zfill(len(shown)), None
    return text, None if _PLAIN_FORMAT.fullmatch(shown) else Made.SHOWN_OTHERWISE
