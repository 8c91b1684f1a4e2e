"""What a power cut leaves of SQLite's write-ahead log: whole commits, and a torn page behind them. Pure."""

import struct

_HEADER = struct.Struct(">4s7I")  # magic, version, page size, checkpoint, two salts, two checksums
_FRAME = struct.Struct(">6I")  # page, pages in the database at a commit else 0, two salts, two checksums
_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")


def last_commit(wal: bytes) -> int:
    """Up to which byte the file holds whole commits (https://sqlite.org/fileformat2.html#walformat)."""
    if len(wal) < _HEADER.size or wal[:4] not in _MAGIC:
        return 0
    _, _, page_bytes, _, *salts, _, _ = _HEADER.unpack_from(wal)
    frame_bytes, end = _FRAME.size + page_bytes, 0
    for start in range(_HEADER.size, len(wal) - frame_bytes + 1, frame_bytes):
        _, pages, *of_frame = _FRAME.unpack_from(wal, start)
        if of_frame[:2] != salts:
            break  # of an earlier turn of the file
        if pages:
            end = start + frame_bytes
    return end


def after_power_cut(wal: bytes, noise: bytes) -> bytes:
    """The file with everything behind its last commit gone, and half a page of `noise` in its place."""
    end = last_commit(wal)
    return wal[:end] + noise if end else b""
