"""Finding the events in the pages of a log that SQLite can't read any more; pure: bytes in, rows out.

Every event is in one leaf page of its table, and in each frame of the write-ahead log that held that page
since. A row carries the hash before it and its own: whatever reads like a row and hashes right is an
authentic event, wherever it was found. The file format: https://www.sqlite.org/fileformat2.html (1.6 B-tree
pages, 2.1 records, 4.1 WAL).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from sync.contract import chain

DEFAULT_PAGE_BYTES = 4096
_TABLE_LEAF = 0x0D
_COLUMNS = 7
_CELL_COUNT = struct.Struct(">xxxH")
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WAL_HEADER = struct.Struct(">IIIIIIII")
_WAL_FRAME = struct.Struct(">IIIIII")
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
_ZERO, _ONE, _NULL = 8, 9, 0


@dataclass(frozen=True, slots=True)
class Row:
    """One event as its row stands in the file, its hash seen to follow from `previous` and `encoded`."""

    ordinal: int
    seq: int
    kind: str
    wall_ms: int
    encoded: bytes
    digest: bytes
    previous: bytes


def rows_in_database(content: bytes | mmap) -> Iterator[Row]:
    """The events in the pages of a database file, torn or not; some may come twice."""
    page_bytes = int.from_bytes(content[16:18])
    if page_bytes == 1:
        page_bytes = 65_536
    if content[:16] != b"SQLite format 3\0" or not _is_page_size(page_bytes):
        page_bytes = DEFAULT_PAGE_BYTES
    for start in range(0, len(content), page_bytes):
        header = start + (100 if start == 0 else 0)
        yield from _rows_in_page(content[start : start + page_bytes], header - start)


def rows_in_wal(content: bytes) -> Iterator[Row]:
    """The events in the frames of a write-ahead log, also behind a torn one.

    Frames behind the last commit of this generation belong to a transaction that never ended, and are left.
    """
    if len(content) < _WAL_HEADER.size:
        return
    magic, _, page_bytes, _, salt_1, salt_2, _, _ = _WAL_HEADER.unpack_from(content)
    if magic not in _WAL_MAGIC or not _is_page_size(page_bytes):
        return
    frame_bytes = _WAL_FRAME.size + page_bytes
    frames = list(range(_WAL_HEADER.size, len(content) - _WAL_FRAME.size + 1, frame_bytes))
    commits = [
        frame
        for frame in frames
        if (head := _WAL_FRAME.unpack_from(content, frame))[1] and head[2:4] == (salt_1, salt_2)
    ]
    for frame in frames:
        if commits and frame <= commits[-1]:
            page = content[frame + _WAL_FRAME.size : frame + frame_bytes]
            yield from _rows_in_page(page, 100 if page.startswith(b"SQLite format 3\0") else 0)


def _is_page_size(count: int) -> bool:
    return 512 <= count <= 65_536 and count & (count - 1) == 0


def _rows_in_page(page: bytes, header: int) -> Iterator[Row]:
    if len(page) < header + 8 or page[header] != _TABLE_LEAF:
        return
    (cells,) = _CELL_COUNT.unpack_from(page, header)
    pointers = header + 8
    for place in range(pointers, min(pointers + 2 * cells, len(page) - 1), 2):
        row = _row_at(page, int.from_bytes(page[place : place + 2]))
        if row is not None:
            yield row


def _row_at(page: bytes, cell: int) -> Row | None:
    """The event in the cell that begins there; None for anything else, or when its hash is not right."""
    try:
        payload_bytes, at = _variable(page, cell)
        _, at = _variable(page, at)  # the row's number
        record = page[at : at + payload_bytes]
        header_bytes, at = _variable(record, 0)
        values: list[int | bytes | None] = []
        body = header_bytes
        while at < header_bytes and len(values) <= _COLUMNS:
            serial, at = _variable(record, at)
            value, body = _value(record, serial, body)
            values.append(value)
    except IndexError:
        return None
    match values:
        case [
            int(ordinal),
            int(seq),
            bytes(kind),
            int(wall_ms),
            bytes(encoded),
            bytes(digest),
            bytes(previous),
        ]:
            if len(record) == payload_bytes and chain.link(previous, encoded) == digest:
                return Row(ordinal, seq, kind.decode("utf-8", "replace"), wall_ms, encoded, digest, previous)
    return None


def _variable(content: bytes, at: int) -> tuple[int, int]:
    """A big-endian number of one to nine bytes, and where it ends; raises IndexError beyond the end."""
    number = 0
    for end in range(at, at + 8):
        byte = content[end]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, end + 1
    return number << 8 | content[at + 8], at + 9


def _value(record: bytes, serial: int, at: int) -> tuple[int | bytes | None, int]:
    """One column of a record and where it ends; texts stay bytes."""
    if serial >= 12:
        end = at + (serial - 12) // 2
        return record[at:end], end
    if serial in (_ZERO, _ONE):
        return serial - _ZERO, at
    if serial == _NULL or serial >= len(_INTEGER_BYTES):
        return None, at
    end = at + _INTEGER_BYTES[serial]
    return int.from_bytes(record[at:end], signed=True), end
