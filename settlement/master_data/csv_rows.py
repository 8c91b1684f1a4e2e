"""CSV files that people keep in spreadsheets: each row is either right or says what is wrong with it. Pure.

RFC 4180, with a first row that names the columns.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from foundation.errors import SettingsError
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


class BrokenRow(Struct, frozen=True):
    """A row that can't be taken, and why."""

    row: int
    """As a spreadsheet numbers it: the names of the columns are row 1."""
    why: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.why}"


class RowFault(Exception):  # noqa: N818 - it ends the reading of one row, not of the file
    """Why the row that is being read can't be taken."""


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
    remedy = _remedy(required, optional)
    reader = csv.reader(io.StringIO(_decoded(content, encoding, remedy), newline=""), strict=True)
    whole: list[Item] = []
    broken: list[BrokenRow] = []
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(columns, required, optional, remedy)
        for row, cells in _filled(reader):
            try:
                whole.append(read_row(row, dict.fromkeys(optional, "") | _named(columns, cells)))
            except RowFault as why:
                broken.append(BrokenRow(row, str(why)))
    except csv.Error as error:
        near = len(whole) + len(broken) + 2
        raise _unreadable(f"it is no CSV near row {near} ({error})", remedy) from error
    return whole, broken


def volunteer_number(text: str) -> int:
    """The volunteer number in a cell; raises RowFault."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:13]) <= MAX_VOLUNTEER):
        # An identity number in the wrong column must not be repeated where others read it.
        shown = repr(text) if len(text) <= 12 else f"what has {len(text)} characters"
        raise RowFault(f"{shown} is no volunteer number of 1 to 12 digits")
    return int(text)


def display_name(text: str) -> str:
    """The name in a cell; raises RowFault."""
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise RowFault(f"the name must have 1 to {LONGEST_NAME} printable characters")
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
    raise RowFault(f"{text[:20]!r} is no date such as 2026-03-07")


def _decoded(content: bytes, encoding: Encoding, remedy: str) -> str:
    if len(content) > MOST_BYTES:
        raise _unreadable(f"it has more than {MOST_BYTES // 1024 // 1024} MB", remedy)
    marked = content.startswith(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8-sig" if marked else encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(f"it is not {encoding.upper()} (byte {error.start + 1})", remedy) from error


def _filled(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for row, cells in enumerate(rows, 2):
        trimmed = [cell.strip() for cell in cells]
        if any(trimmed):
            yield row, trimmed


def _named(columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        raise RowFault(f"it has {len(cells)} cells, the first row {len(columns)}")
    return dict(zip(columns, cells, strict=True))


def _check_columns(columns: list[str], required: Sequence[str], optional: Sequence[str], remedy: str) -> None:
    missing = [name for name in required if name not in columns]
    unknown = [name for name in columns if name not in {*required, *optional}]
    if missing or unknown or len(set(columns)) < len(columns):
        wrong = [f"lacks {', '.join(missing)}"] if missing else []
        wrong += [f"has unknown columns: {', '.join(map(repr, unknown))}"] if unknown else []
        raise _unreadable(f"its first row {' and '.join(wrong) or 'names a column twice'}", remedy)


def _remedy(required: Sequence[str], optional: Sequence[str]) -> str:
    return (
        "Save it as CSV in UTF-8 (or say that it is GB18030, as Chinese spreadsheets save it) with "
        f"the columns {', '.join(required)} and any of {', '.join(optional)}."
    )


def _unreadable(why: str, remedy: str) -> SettingsError:
    return SettingsError(f"The file can't be read as a list of volunteers: {why}.", remedy=remedy)
