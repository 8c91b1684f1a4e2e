"""A table as people send it, whatever file it came in: numbered rows of text, or why it is none. Pure."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from settlement.lists.written_forms import plain

_TITLE_ROWS = 10
"""So many rows may stand above the names of the columns."""
_FAILED = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#FIELD!"}
)


class Made(StrEnum):
    """What a spreadsheet made of a cell, where the text alone does not tell."""

    DATE = "date"
    """It keeps a day or a time there, however that looks."""
    ROUNDED = "rounded"
    """A number of more digits than it keeps, or one that it shows by powers of ten."""
    FAILED = "failed"
    """A formula without a result, such as #REF!."""
    SHOWN_OTHERWISE = "shown_otherwise"
    """A number that it shows with other signs, such as LIB-00412 for 412."""
    UNCOMPUTED = "uncomputed"
    """A formula that no spreadsheet has computed yet."""


class Row(NamedTuple):
    """A row that is not empty; `made` is what a spreadsheet made of cells, by their place from 0."""

    number: int
    """As a spreadsheet numbers it, from 1."""
    cells: list[str]
    made: Mapping[int, Made] = {}


class ListTrouble(StrEnum):
    """Why a file is no list at all; the codes of `csv-…` in the catalogs."""

    COLUMNS_MISSING = "columns_missing"
    COLUMNS_MISSING_AND_UNKNOWN = "columns_missing_and_unknown"
    COLUMNS_UNKNOWN = "columns_unknown"
    COLUMN_TWICE = "column_twice"
    ENCODED_OTHERWISE = "encoded_otherwise"
    NOT_ENCODED = "not_encoded"
    NO_CSV = "no_csv"
    NO_FILE = "no_file"
    NO_SHEET = "no_sheet"
    NO_WORKBOOK = "no_workbook"
    OTHER_FORMAT = "other_format"
    SEVERAL_SHEETS = "several_sheets"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MUCH_WITHIN = "too_much_within"
    WITH_PASSWORD = "with_password"  # noqa: S105 - a code


class NoTableError(Exception):
    """Why a file is no table, to be told with the columns that it should have."""

    def __init__(self, code: ListTrouble, /, **arguments: object) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


def below_titles(rows: Iterator[Row], wanted: Sequence[str]) -> Iterator[Row]:
    """The rows from that on which names the columns: of the upper ones the first with most `wanted` names."""
    upper = list(itertools.islice(rows, _TITLE_ROWS))
    yield from itertools.chain(upper[names_at(upper, wanted) :], rows)


def names_at(upper: Sequence[Row], wanted: Sequence[str]) -> int:
    """At which of the upper rows the names of the columns stand; at the first where none has any."""
    counts = [named(row, wanted) for row in upper]
    return counts.index(max(counts)) if counts else 0


def named(row: Row, wanted: Sequence[str]) -> int:
    """How many of the wanted columns a row names."""
    return len(set(map(column_name, row.cells)).intersection(wanted))


def trimmed(text: str) -> str:
    """A cell's text without blanks around it, and without a byte order mark that was pasted along."""
    return text.strip().strip("\ufeff").strip()


def column_name(cell: str) -> str:
    """A column's name as it is compared: case and full-width letters say nothing."""
    return plain(cell).strip().lower()


def has_failed(text: str) -> bool:
    """Whether it is what spreadsheets show for a formula without a result."""
    return text in _FAILED
