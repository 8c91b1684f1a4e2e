"""Erased from outside: by the command of a real process, out of the very bytes of the database's file."""

import pytest

from tests.settlement import own_centre as centres

MEI = """
from settlement.accounts.audit import Signed
from settlement.accounts.accounts import acting
from settlement.master_data.people import enter_volunteer
enter_volunteer(1001, "Zinnia Field", Signed(acting("zhao"), 0, "Zinnia asked"))
enter_volunteer(1001, "Zinnia Meadow", Signed(acting("zhao"), 0, "Zinnia married"))
"""


@pytest.mark.skipif(bool(centres.SERVER), reason="PostgreSQL's files belong to the server: VACUUM frees them")
def test_the_bytes_of_the_name_are_gone(own_centre):
    own_centre.run(centres.ACCOUNT + MEI)
    database = own_centre.folder / "centre.sqlite3"
    assert b"Zinnia" in database.read_bytes()
    done = own_centre.command("record", "erase", "1001", "--reason", "folder 9", "--yes")
    assert done.returncode == 0, done.stderr
    kept = b"".join(file.read_bytes() for file in own_centre.folder.rglob("*") if file.is_file())
    assert b"SQLite format" in kept
    assert b"Zinnia" not in kept
    assert (own_centre.folder / "archive" / "erased.txt").read_text() == "1001\n"
