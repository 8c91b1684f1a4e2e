"""What a power cut leaves of a write-ahead log, tried with SQLite's own."""

import contextlib
import shutil
import sqlite3

import pytest

from muster.demo.show.torn import after_power_cut, last_commit


@pytest.fixture
def log(tmp_path):
    """A database with three commits, and a transaction that was written in part and never committed."""
    path = tmp_path / "log.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writing:
        writing.execute("PRAGMA journal_mode=WAL")
        writing.execute("PRAGMA cache_size=1")
        writing.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, bytes BLOB)")
        for seq in (1, 2, 3):
            writing.execute("INSERT INTO event VALUES (?, zeroblob(3000))", (seq,))
        committed = path.with_name("log.db-wal").stat().st_size
        writing.execute("BEGIN")
        writing.executemany("INSERT INTO event VALUES (?, zeroblob(3000))", [(seq,) for seq in range(4, 40)])
        copy = tmp_path / "copy.db"
        shutil.copy(path, copy)
        shutil.copy(path.with_name("log.db-wal"), copy.with_name("copy.db-wal"))
        yield copy, committed
        writing.execute("ROLLBACK")


def test_whole_commits_are_found_among_what_was_written(log):
    copy, committed = log
    wal = copy.with_name("copy.db-wal").read_bytes()
    assert len(wal) > committed
    assert last_commit(wal) == committed


def test_sqlite_finds_all_that_was_committed_and_no_more(log):
    copy, _ = log
    wal = copy.with_name("copy.db-wal")
    wal.write_bytes(after_power_cut(wal.read_bytes(), b"\x5a" * 2048))
    with contextlib.closing(sqlite3.connect(copy)) as reading:
        assert reading.execute("SELECT count(*) FROM event").fetchone() == (3,)
        assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("wal", [b"", b"\x00" * 32, b"no log"])
def test_a_file_without_a_commit_leaves_nothing(wal):
    assert after_power_cut(wal, b"noise") == b""
