"""Workbooks as offices save them, made for tests; `repacked` changes the parts of one as no library would."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"


def workbook(
    rows: Sequence[Sequence[Any]], change: Callable[[Workbook, Worksheet], object] | None = None
) -> bytes:
    """A workbook whose one sheet has these rows, after a change to it."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def repacked(
    content: bytes, changes: Mapping[str, Callable[[bytes], bytes]], added: Mapping[str, bytes] = {}
) -> bytes:
    """The same workbook with changed parts, and further ones."""
    saved = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(saved, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
        for name, part in added.items():
            new.writestr(name, part)
    return saved.getvalue()
