"""What an erasure leaves on the disk, while another process has the database open."""

import sqlite3
from contextlib import closing

import pytest

from tests.settlement.own_centre import ACCOUNT, ONE_HOUR, SERVER


@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL frees what is gone by itself")
def test_no_file_of_the_centre_holds_the_name_any_more(own_centre):
    own_centre.run(ONE_HOUR.replace('"Mei"', '"Zinnia"') + ACCOUNT)
    with closing(sqlite3.connect(own_centre.folder / "centre.sqlite3")) as service:
        service.execute("SELECT count(*) FROM settlement_volunteer").fetchone()
        done = own_centre.command("record", "rename", "1001", "Zinnia Field", "--reason", "Zinnia said so")
        assert done.returncode == 0, done.stderr
        entry = own_centre.rows("SELECT id FROM settlement_ledgerentry")[0][0]
        for words in (
            ("review", "override", str(entry), "--reason", "Zinnia was there"),
            ("record", "erase", "1001", "--yes", "--reason", "folder 4"),
        ):
            done = own_centre.command(*words)
            assert done.returncode == 0, done.stderr
        files = [file for file in own_centre.folder.rglob("*") if file.is_file()]
        assert {file.name for file in files if b"zinnia" in file.read_bytes().lower()} == set()
