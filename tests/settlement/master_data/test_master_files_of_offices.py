"""Master data as people's editors save it: `master_files/` holds one site, organisation and activity each."""

from pathlib import Path

import pytest

from foundation.errors import SettingsError
from settlement.accounts.audit import Signed
from settlement.master_data.master_file import enter_master_file, read_master_file

FOLDER = Path(__file__).parent / "master_files"


@pytest.mark.parametrize("name", ["bom", "crlf", "utf16", "wide_space"])
def test_it_is_entered(name, db):
    done = enter_master_file(read_master_file(FOLDER / f"{name}.toml"), Signed(None, 0))
    assert (done.count, done.faults) == (3, ())


def test_curly_quotes_are_told_with_their_place():
    with pytest.raises(SettingsError, match=r"line 2, column 8: “ \(U\+201C\) stands where \" is wanted"):
        read_master_file(FOLDER / "quotes.toml")
