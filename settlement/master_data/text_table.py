"""The table that a spreadsheet saved as text: its characters, what stands between its cells, its rows. Pure.

RFC 4180, and what spreadsheets make of it: a mark of the encoding before the text, semicolons or tabs between
the cells, a first line that names the separator (`sep=;`), a title above the names of the columns.
"""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from enum import StrEnum

MOST_BYTES = 64 * 1024 * 1024
_SEPARATORS = ",;\t"
_TITLE_ROWS = 10
"""So many rows may stand above the names of the columns."""
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


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


class NoTableError(Exception):
    """Why a file is no table, to be told with the columns that it should have."""

    def __init__(self, code: ListTrouble, /, **arguments: object) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


def table_of(content: bytes, encoding: Encoding, wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, trimmed, each with its number in a spreadsheet; the first has the names.

    It is the first of the upper rows that has all `wanted` names, else the very first. Raises NoTableError.
    """
    text = _text_of(content, encoding)
    first, _, rest = text.partition("\n")
    said = first.strip().lower()
    if said.startswith("sep=") and len(said) <= len("sep=;"):
        separator, text = said.removeprefix("sep=") or "\t", rest
    else:
        separator = _separator_of(text, wanted)
    rows = _rows(text, separator)
    upper = list(itertools.islice(rows, _TITLE_ROWS))
    names = next((at for at, (_, cells) in enumerate(upper) if _has(cells, wanted)), 0)
    yield from itertools.chain(upper[names:], rows)


def _text_of(content: bytes, encoding: Encoding) -> str:
    if len(content) > MOST_BYTES:
        raise NoTableError(ListTrouble.TOO_LARGE, most=MOST_BYTES // 1024 // 1024)
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None) or _unmarked(content)
    try:
        return content.decode(marked or encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        told = (marked or encoding).upper()
        raise NoTableError(ListTrouble.NOT_ENCODED, encoding=told, byte=error.start + 1) from error


def _unmarked(content: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of the names of the columns is zero."""
    upper = content[:16]
    if len(upper) == 16 and not any(upper[1::2]) and all(upper[::2]):
        return "utf-16-le"
    return "utf-16-be" if len(upper) == 16 and not any(upper[::2]) and all(upper[1::2]) else None


def _separator_of(text: str, wanted: Sequence[str]) -> str:
    """What parts the row that has the names; a comma where none does."""
    upper = "\n".join(text[:100_000].splitlines()[:_TITLE_ROWS])
    for separator in _SEPARATORS:
        try:
            if any(_has(cells, wanted) for _, cells in _rows(upper, separator)):
                return separator
        except NoTableError:
            continue
    return ","


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, 1):
            trimmed = [cell.strip().removeprefix("\ufeff").strip() for cell in cells]
            if any(trimmed):
                yield row, trimmed
    except csv.Error as error:
        raise NoTableError(ListTrouble.NO_CSV, row=row + 1, why=error) from error


def _has(cells: Sequence[str], wanted: Sequence[str]) -> bool:
    return {cell.lower() for cell in cells}.issuperset(wanted)
