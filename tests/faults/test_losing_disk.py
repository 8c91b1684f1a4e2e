"""That the disk of the power cuts is worth something: what is not synchronised is gone from it."""

import sqlite3

import pytest

from tests.faults.losing_disk import losing_disk


@pytest.fixture
def disk(tmp_path):
    with losing_disk(tmp_path) as disk:
        yield disk


def test_the_disk_really_loses_what_was_not_synchronised(disk):
    """Without the log's synchronous=FULL the rows are gone."""
    connection = sqlite3.connect(disk.folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE kept (number INTEGER)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(20):
        connection.execute("INSERT INTO kept VALUES (?)", (number,))
    disk.cut_power()
    connection.close()
    disk.restore_power()
    connection = sqlite3.connect(disk.folder / "plain.db")
    (count,) = connection.execute("SELECT count(*) FROM kept").fetchone()
    connection.close()
    assert count < 20
