"""The table that a spreadsheet saved as text: its characters, what stands between its cells, its rows. Pure.

RFC 4180, and what spreadsheets make of it: a mark of the encoding before the text, semicolons or tabs between
the cells, a first line that names the separator (`sep=;`), a title above the names of the columns.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from foundation.text_files import NotEncodedError, decoded, said_encoding
from settlement.lists.table import ListTrouble, NoTableError, Row, below_titles, named, trimmed

_SEPARATORS = ",;\t，；،؛"
"""A comma first, which is asked where several part as many names; those of other keyboards last."""
_LOOKED_AT_ROWS = 10
_LOOKED_AT_CHARACTERS = 100_000
_FORMULA_OF_TEXT = re.compile(r'^\s*="([^"]*)"\s*$')
"""How programs write text that a spreadsheet is to leave alone: `="00412"`."""


class Encoding(StrEnum):
    """How the file's characters are written; never guessed, for a wrong guess makes wrong names."""

    UTF_8 = "utf-8"
    """With or without a byte order mark."""
    GB18030 = "gb18030"
    """The national standard; holds GBK and GB2312, in which Chinese spreadsheets save CSV."""
    BIG5 = "big5"
    """Traditional characters, with those of Hong Kong."""
    WINDOWS_1252 = "windows-1252"
    """Western European languages."""
    WINDOWS_1256 = "windows-1256"
    """Arabic and Persian."""

    @property
    def codec(self) -> str:
        """The name by which Python knows it."""
        return "big5hkscs" if self is Encoding.BIG5 else str(self)


def text_rows(content: bytes, encoding: Encoding, wanted: Sequence[str]) -> Iterator[Row]:
    """The rows that are not empty, from that on which names the columns; raises NoTableError."""
    text = _text_of(content, encoding)
    first, _, rest = text.partition("\n")
    said = first.strip().lower().strip('"')
    if said.startswith("sep=") and len(said) <= len("sep=;"):
        return below_titles(_rows(rest, said.removeprefix("sep=") or "\t"), wanted)
    return below_titles(_rows(text, _separator_of(text, wanted)), wanted)


def _text_of(content: bytes, encoding: Encoding) -> str:
    if encoding is not Encoding.UTF_8 and _is_utf_8(content):
        raise NoTableError(ListTrouble.ENCODED_OTHERWISE, encoding=encoding.upper())
    try:
        return decoded(content, encoding.codec)
    except NotEncodedError as error:
        told = encoding.upper() if said_encoding(content) is None else error.encoding
        raise NoTableError(ListTrouble.NOT_ENCODED, encoding=told, byte=error.byte) from error


def _is_utf_8(content: bytes) -> bool:
    """Whether it is UTF-8 beyond ASCII, without a mark: other encodings make such bytes hardly ever."""
    if content.isascii() or said_encoding(content):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _separator_of(text: str, wanted: Sequence[str]) -> str:
    """What parts the row that has most of the names; a comma where none does."""
    counts = {
        separator: _most_named(text[:_LOOKED_AT_CHARACTERS], separator, wanted) for separator in _SEPARATORS
    }
    return max(counts, key=lambda separator: counts[separator])


def _most_named(upper: str, separator: str, wanted: Sequence[str]) -> int:
    most = 0
    try:
        for row in itertools.islice(_rows(upper, separator), _LOOKED_AT_ROWS):
            most = max(most, named(row, wanted))
    except NoTableError:
        pass  # the rows above it count
    return most


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, 1):
            texts = [trimmed(_FORMULA_OF_TEXT.sub(r"\1", cell)) for cell in cells]
            if any(texts):
                yield Row(row, texts)
    except csv.Error as error:
        raise NoTableError(ListTrouble.NO_CSV, row=row + 1, why=error) from error
