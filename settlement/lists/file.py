"""A list as people hand it over: text or workbook is told by its content, whatever its name says. Pure."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from settlement.lists.table import ListTrouble, NoTableError, Row
from settlement.lists.text_table import Encoding, text_rows

_MEBIBYTE = 1024 * 1024
_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEETS_OF_OTHERS = (
    (b"application/vnd.oasis.opendocument", "OpenDocument (.ods)"),
    (b"xl/workbook.bin", "Excel (.xlsb)"),
    (b"Index/Document.iwa", "Numbers"),
    (b"word/document.xml", "Word (.docx)"),
    (b"ppt/presentation.xml", "PowerPoint (.pptx)"),
)
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"<", "HTML, XML"),
)


class Limits(Struct, frozen=True):
    """How much is read of a file; one with more is no list of people, and is refused before it unfolds."""

    file_bytes: int = 64 * _MEBIBYTE
    unfolded_bytes: int = 256 * _MEBIBYTE
    """Of a workbook, which is packed."""
    rows: int = 1_048_576
    """That are not empty, the names of the columns among them; a sheet has so many."""


OF_PAGES = Limits(file_bytes=8 * _MEBIBYTE, unfolded_bytes=64 * _MEBIBYTE, rows=20_001)
"""What somebody may hand over at a page, where others wait; the command takes more."""


class ListFile(Struct, frozen=True):
    """What somebody handed over, and what was said of it."""

    content: bytes
    encoding: Encoding = Encoding.UTF_8
    """How it is written where it is text that does not say so itself."""
    sheet: str = ""
    """Which sheet of a workbook; else the one that has the columns."""
    limits: Limits = Limits()


def rows_of(file: ListFile, wanted: Sequence[str]) -> Iterator[Row]:
    """The rows that are not empty, trimmed, from that on which names the columns; raises NoTableError."""
    return _at_most(file.limits.rows, _all_rows(file, wanted))


def _at_most(most: int, rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if count > most:
            raise NoTableError(ListTrouble.TOO_MANY_ROWS, most=most - 1)
        yield row


def _all_rows(file: ListFile, wanted: Sequence[str]) -> Iterator[Row]:
    content, limits = file.content, file.limits
    if len(content) > limits.file_bytes:
        raise NoTableError(ListTrouble.TOO_LARGE, most=limits.file_bytes // _MEBIBYTE)
    if content.startswith(_COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise NoTableError(ListTrouble.WITH_PASSWORD)
        raise NoTableError(ListTrouble.OTHER_FORMAT, format="Excel 97–2003 (.xls), WPS (.et)")
    if content.startswith(_ZIP):
        if other := next((name for sign, name in _SHEETS_OF_OTHERS if sign in content), None):
            raise NoTableError(ListTrouble.OTHER_FORMAT, format=other)
        # Only workbooks need the library that reads them.
        from settlement.lists.workbook import workbook_rows  # noqa: PLC0415

        return workbook_rows(content, wanted, file.sheet, limits.unfolded_bytes)
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if other := next((name for sign, name in _OTHERS if begin.startswith(sign)), None):
        raise NoTableError(ListTrouble.OTHER_FORMAT, format=other)
    if file.sheet:
        raise NoTableError(ListTrouble.NO_SHEET, sheet=file.sheet, sheets=["–"])
    return text_rows(content, file.encoding, wanted)
