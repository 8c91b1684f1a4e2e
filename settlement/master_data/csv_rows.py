"""CSV files that people keep in spreadsheets: each row is either right or says what is wrong with it. Pure.

RFC 4180, with a first row that names the columns.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from msgspec import Struct

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from settlement.troubles import CentreTrouble
from sync.contract.volunteer_number import MAX_VOLUNTEER

MOST_BYTES = 64 * 1024 * 1024
LONGEST_NAME = 80

Item = TypeVar("Item")


class Encoding(StrEnum):
    """How the file's characters are written; never guessed, for a wrong guess makes wrong names."""

    UTF_8 = "utf-8"
    """With or without a byte order mark."""
    GB18030 = "gb18030"
    """The national standard; holds GBK and GB2312, in which Chinese spreadsheets save CSV."""


class ListTrouble(StrEnum):
    """Why a file is no list at all; the codes of `csv-…` in the catalogs."""

    COLUMNS_MISSING = "columns_missing"
    COLUMNS_MISSING_AND_UNKNOWN = "columns_missing_and_unknown"
    COLUMNS_UNKNOWN = "columns_unknown"
    COLUMN_TWICE = "column_twice"
    NOT_ENCODED = "not_encoded"
    NO_CSV = "no_csv"
    TOO_LARGE = "too_large"


class RowTrouble(StrEnum):
    """What can be wrong with a row; the codes of `row-…` in the catalogs."""

    ANOTHER_NAME = "another_name"
    CARD_LENGTH = "card_length"
    CARD_TAKEN = "card_taken"
    CELLS_MISCOUNTED = "cells_miscounted"
    LAST_DAY_OVER = "last_day_over"
    NAME_LENGTH = "name_length"
    NOT_JOINED_YET = "not_joined_yet"
    NO_ACTIVITY = "no_activity"
    NO_BADGE = "no_badge"
    NO_DATE = "no_date"
    NO_FONT = "no_font"
    NO_LANGUAGE = "no_language"
    NO_NUMBER = "no_number"
    NO_ORGANISATION = "no_organisation"
    NO_POST = "no_post"
    NO_SERIAL = "no_serial"
    NO_SINGLE_FONT = "no_single_font"
    ORGANISATION_MISSING = "organisation_missing"
    POST_WITHOUT_ACTIVITY = "post_without_activity"
    ROUNDED = "rounded"
    SAME_ASSIGNMENT = "same_assignment"
    SAME_BADGE = "same_badge"
    SOMEBODY_ELSE = "somebody_else"
    SOMETHING_LONG = "something_long"
    WAS_ERASED = "was_erased"


class BrokenRow(Struct, frozen=True):
    """A row that can't be taken, and why."""

    row: int
    """As a spreadsheet numbers it: the names of the columns are row 1."""
    why: Trouble

    @property
    def trouble(self) -> Trouble:
        """The row and what is wrong with it, as a line of a report."""
        return Trouble.term("place", "fault", place=Trouble.term("place", "row", row=self.row), why=self.why)


class RowFault(Exception):  # noqa: N818 - it ends the reading of one row, not of the file
    """Why the row that is being read can't be taken."""

    def __init__(self, code: RowTrouble, /, **arguments: object) -> None:
        super().__init__(code)
        self.why = Trouble.term("row", code, **arguments)


def read_rows(
    content: bytes,
    encoding: Encoding,
    required: Sequence[str],
    optional: Sequence[str],
    read_row: Callable[[int, Mapping[str, str]], Item],
) -> tuple[list[Item], list[BrokenRow]]:
    """What `read_row` makes of each row that is not empty, and the rows for which it raises RowFault.

    It gets the row's number and every column's trimmed text, empty for an optional one that the file lacks.
    Raises SettingsError for a file that is no such list at all.
    """
    columns_taken = _Columns(required, optional)
    reader = csv.reader(io.StringIO(_decoded(content, encoding, columns_taken), newline=""), strict=True)
    whole: list[Item] = []
    broken: list[BrokenRow] = []
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(columns, columns_taken)
        for row, cells in _filled(reader):
            try:
                whole.append(read_row(row, dict.fromkeys(optional, "") | _named(columns, cells)))
            except RowFault as fault:
                broken.append(BrokenRow(row, fault.why))
    except csv.Error as error:
        near = len(whole) + len(broken) + 2
        raise columns_taken.unreadable(ListTrouble.NO_CSV, row=near, why=error) from error
    return whole, broken


def volunteer_number(text: str) -> int:
    """The volunteer number in a cell; raises RowFault."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:13]) <= MAX_VOLUNTEER):
        if len(text) > 12:
            # An identity number in the wrong column must not be repeated where others read it.
            raise RowFault(RowTrouble.SOMETHING_LONG, length=len(text))
        raise RowFault(RowTrouble.NO_NUMBER, text=text)
    return int(text)


def display_name(text: str) -> str:
    """The name in a cell; raises RowFault."""
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise RowFault(RowTrouble.NAME_LENGTH, most=LONGEST_NAME)
    return text


def calendar_date(text: str) -> dt.date | None:
    """The date in a cell such as 2026-03-07, None for an empty one; raises RowFault."""
    if not text:
        return None
    try:
        if len(text) == len("2026-03-07"):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise RowFault(RowTrouble.NO_DATE, text=text[:20])


class _Columns(NamedTuple):
    """Which columns a list must and may have: told with whatever makes a file no such list."""

    required: Sequence[str]
    optional: Sequence[str]

    def unreadable(self, code: ListTrouble, /, **arguments: object) -> SettingsError:
        return SettingsError(
            CentreTrouble.LIST_NOT_READ,
            why=Trouble.term("csv", code, **arguments),
            required=self.required,
            optional=self.optional,
        )


def _decoded(content: bytes, encoding: Encoding, columns: _Columns) -> str:
    if len(content) > MOST_BYTES:
        raise columns.unreadable(ListTrouble.TOO_LARGE, most=MOST_BYTES // 1024 // 1024)
    marked = content.startswith(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8-sig" if marked else encoding)
    except UnicodeDecodeError as error:
        raise columns.unreadable(
            ListTrouble.NOT_ENCODED, encoding=encoding.upper(), byte=error.start + 1
        ) from error


def _filled(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for row, cells in enumerate(rows, 2):
        trimmed = [cell.strip() for cell in cells]
        if any(trimmed):
            yield row, trimmed


def _named(columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        raise RowFault(RowTrouble.CELLS_MISCOUNTED, cells=len(cells), columns=len(columns))
    return dict(zip(columns, cells, strict=True))


def _check_columns(names: list[str], columns: _Columns) -> None:
    missing = [name for name in columns.required if name not in names]
    unknown = [name for name in names if name not in {*columns.required, *columns.optional}]
    if missing and unknown:
        raise columns.unreadable(ListTrouble.COLUMNS_MISSING_AND_UNKNOWN, missing=missing, unknown=unknown)
    if missing:
        raise columns.unreadable(ListTrouble.COLUMNS_MISSING, missing=missing)
    if unknown:
        raise columns.unreadable(ListTrouble.COLUMNS_UNKNOWN, unknown=unknown)
    if len(set(names)) < len(names):
        raise columns.unreadable(ListTrouble.COLUMN_TWICE)
