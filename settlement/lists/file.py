"""A list as people hand it over: text or workbook is told by its content, whatever its name says. Pure."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from settlement.lists.table import ListTrouble, NoTableError, Row
from settlement.lists.text_table import Encoding, text_rows

MOST_BYTES = 64 * 1024 * 1024
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


class ListFile(Struct, frozen=True):
    """What somebody handed over, and what was said of it."""

    content: bytes
    encoding: Encoding = Encoding.UTF_8
    """How it is written where it is text that does not say so itself."""
    sheet: str = ""
    """Which sheet of a workbook; else the one that has the columns."""


def rows_of(file: ListFile, wanted: Sequence[str]) -> Iterator[Row]:
    """The rows that are not empty, trimmed, from that on which names the columns; raises NoTableError."""
    content = file.content
    if len(content) > MOST_BYTES:
        raise NoTableError(ListTrouble.TOO_LARGE, most=MOST_BYTES // 1024 // 1024)
    if content.startswith(_COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise NoTableError(ListTrouble.WITH_PASSWORD)
        raise NoTableError(ListTrouble.OTHER_FORMAT, format="Excel 97–2003 (.xls), WPS (.et)")
    if content.startswith(_ZIP):
        if other := next((name for sign, name in _SHEETS_OF_OTHERS if sign in content), None):
            raise NoTableError(ListTrouble.OTHER_FORMAT, format=other)
        # Only workbooks need the library that reads them.
        from settlement.lists.workbook import workbook_rows  # noqa: PLC0415

        return workbook_rows(content, wanted, file.sheet)
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if other := next((name for sign, name in _OTHERS if begin.startswith(sign)), None):
        raise NoTableError(ListTrouble.OTHER_FORMAT, format=other)
    if file.sheet:
        raise NoTableError(ListTrouble.NO_SHEET, sheet=file.sheet, sheets=["–"])
    return text_rows(content, file.encoding, wanted)
