"""Writing a report: for a terminal, as CSV, as JSON, or as one HTML page that prints well."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec
from django.template.loader import render_to_string

from foundation.words import Words
from settlement.reports.table import Cell, LongTable, Table, headings, let_go

_WITHOUT_PLACE = frozenset({"Mn", "Me", "Cf"})
_FORMULA = frozenset("=+-@")
_AT_ONCE = 500
_CONTROL = ("\t", "\r", "\n")


def as_text(table: Table) -> str:
    """The report with aligned columns."""
    rows = [tuple(column.heading for column in table.columns), *(tuple(map(str, row)) for row in table.rows)]
    numbers = [column.is_number for column in table.columns]
    return "\n".join((table.title, "", *aligned(rows, numbers), "", *table.notes, ""))


def aligned(rows: Sequence[tuple[str, ...]], numbers: Sequence[bool] = ()) -> list[str]:
    """Rows of cells as lines; wide characters take two places, columns of `numbers` end at the right."""
    widths = [max(map(_width, cells)) for cells in zip(*rows, strict=True)]
    rights = numbers or [False] * len(widths)
    return ["  ".join(map(_padded, row, widths, rights)).rstrip() for row in rows]


def as_csv(table: Table) -> bytes:
    """The report as CSV (RFC 4180), its notes behind an empty row.

    UTF-8 with a byte order mark, without which spreadsheets misread Chinese and Arabic.
    """
    return b"".join(csv_parts(table))


def csv_parts(table: Table | LongTable) -> Iterator[bytes]:
    """The same part by part: a long report is never held as a whole."""
    try:
        yield codecs.BOM_UTF8 + _written(headings(table.columns))
        rows = iter(table.rows)
        while part := [[harmless(cell) for cell in row] for row in islice(rows, _AT_ONCE)]:
            yield _written(part)
        yield _written([[], *([harmless(note)] for note in (table.title, *table.notes))])
    finally:
        let_go(table)


def rows_as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as they are, as CSV that runs nothing in a spreadsheet."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def as_json(table: Table) -> bytes:
    """The report as JSON: an object for each row, named by the columns' keys."""
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    told = {"title": table.title, "notes": table.notes, "rows": rows}
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def json_parts(table: Table | LongTable) -> Iterator[bytes]:
    """The same as `as_json`, part by part: a long report is never held as a whole."""
    keys = [column.key for column in table.columns]
    try:
        head = msgspec.json.encode({"title": table.title, "notes": table.notes})
        yield head[:-1] + b',"rows":['
        rows, between = iter(table.rows), b""
        while part := [dict(zip(keys, row, strict=True)) for row in islice(rows, _AT_ONCE)]:
            yield between + msgspec.json.encode(part)[1:-1]
            between = b","
        yield b"]}\n"
    finally:
        let_go(table)


def as_html(table: Table, words: Words, store: str) -> bytes:
    """The report as a page of its own, for a notice board; `store` is what people call the centre."""
    rows = [list(zip(table.columns, row, strict=True)) for row in table.rows]
    context = {"table": table, "rows": rows, "store": store} | {
        "language": words.language, "direction": words.direction
    }  # fmt: skip
    return render_to_string("settlement/report.html", context).encode()


def _written(rows: Iterable[Sequence[Cell]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def harmless(cell: Cell) -> Cell:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; numbers stay.

    Spreadsheets pass over what stands invisibly before it, and some take the wide and small forms of a sign.
    """
    if not isinstance(cell, str) or cell[1:].replace(".", "", 1).isdigit():
        return cell
    visible = (one for one in unicodedata.normalize("NFKC", cell) if not _is_invisible(one))
    return f"'{cell}" if next(visible, "") in _FORMULA or cell.startswith(_CONTROL) else cell


def _is_invisible(character: str) -> bool:
    """White space, control and format characters."""
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}


def _padded(cell: str, width: int, is_number: bool) -> str:  # noqa: FBT001 - one of three columns of map()
    gap = " " * (width - _width(cell))
    return gap + cell if is_number else cell + gap


def _width(text: str) -> int:
    return sum(map(_places, text))


def _places(character: str) -> int:
    """Marks stand above or below a letter, and joiners nowhere."""
    if unicodedata.category(character) in _WITHOUT_PLACE:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
