"""CSV files that people keep in spreadsheets: each row is either right or says what is wrong with it. Pure.

What the table is in the file says `settlement.master_data.text_table`.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from msgspec import Struct

from foundation.errors import SettingsError
from foundation.person_name import stranger_in, tidied
from foundation.trouble import Trouble
from settlement.master_data.text_table import Encoding, ListTrouble, NoTableError, table_of
from settlement.troubles import CentreTrouble
from sync.contract.volunteer_number import MAX_VOLUNTEER

LONGEST_NAME = 80
EARLIEST_YEAR = 1900
"""Nobody who serves joined before; a spreadsheet's 0001-01-01 is no date."""
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

Item = TypeVar("Item")


class RowTrouble(StrEnum):
    """What can be wrong with a row; the codes of `row-…` in the catalogs."""

    ANOTHER_NAME = "another_name"
    CARD_CHARACTER = "card_character"
    CARD_LENGTH = "card_length"
    CARD_SHAPE = "card_shape"
    CARD_TAKEN = "card_taken"
    CHECK_DIGIT = "check_digit"
    CELLS_MISCOUNTED = "cells_miscounted"
    LAST_DAY_OVER = "last_day_over"
    NAME_LENGTH = "name_length"
    NAME_STRANGER = "name_stranger"
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
    NO_TELEPHONE = "no_telephone"
    NUMBER_MERGED = "number_merged"
    ORGANISATION_MISSING = "organisation_missing"
    POST_WITHOUT_ACTIVITY = "post_without_activity"
    PRINTED_NUMBER = "printed_number"
    OTHER_PAIR = "other_pair"
    RANDOM_UID = "random_uid"
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
    whole: list[Item] = []
    broken: list[BrokenRow] = []
    try:
        rows = table_of(content, encoding, required)
        columns = [name.lower() for name in next(rows, (1, []))[1]]
        _check_columns([name for name in columns if name], columns_taken)
        for row, cells in rows:
            try:
                whole.append(read_row(row, dict.fromkeys(optional, "") | _named(columns, cells)))
            except RowFault as fault:
                broken.append(BrokenRow(row, fault.why))
    except NoTableError as error:
        raise columns_taken.unreadable(error.code, **error.arguments) from error
    return whole, broken


def volunteer_number(text: str) -> int:
    """The volunteer number in a cell; raises RowFault."""
    text = plain(text)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:13]) <= MAX_VOLUNTEER):
        if len(text) > 12:
            # An identity number in the wrong column must not be repeated where others read it.
            raise RowFault(RowTrouble.SOMETHING_LONG, length=len(text))
        raise RowFault(RowTrouble.NO_NUMBER, text=text)
    return int(text)


def plain(text: str) -> str:
    """Digits of every script as ASCII, compatibility forms as what they are, without marks nobody sees."""
    seen = (one for one in text if unicodedata.category(one) != "Cf")
    digits = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen)
    return unicodedata.normalize("NFKC", digits)


def display_name(text: str) -> str:
    """The name in a cell, tidied; raises RowFault."""
    if stranger := stranger_in(text):
        raise RowFault(RowTrouble.NAME_STRANGER, code=stranger.code, place=stranger.place)
    name = tidied(text)
    if not name or len(name) > LONGEST_NAME:
        raise RowFault(RowTrouble.NAME_LENGTH, most=LONGEST_NAME)
    return name


def calendar_date(text: str) -> dt.date | None:
    """The date in a cell such as 2026-03-07, None for an empty one; raises RowFault."""
    if not text:
        return None
    try:
        if _DATE.fullmatch(text) and (day := dt.date.fromisoformat(text)).year >= EARLIEST_YEAR:
            return day
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


def _named(columns: list[str], cells: list[str]) -> dict[str, str]:
    """A row's cells by the names of their columns; beside the named ones all cells are empty."""
    row = cells[: len(columns)]
    beyond = [cell for name, cell in zip(columns, row, strict=False) if not name] + cells[len(columns) :]
    if len(row) < len(columns) or any(beyond):
        raise RowFault(RowTrouble.CELLS_MISCOUNTED, cells=len(cells), columns=len(columns))
    return {name: cell for name, cell in zip(columns, row, strict=True) if name}


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
