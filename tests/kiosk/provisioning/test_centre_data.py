"""Which roster a terminal holds, when it keeps one and finds another in a file."""

import pytest

from kiosk.provisioning.centre_data import CentreData
from kiosk.settings import KioskFiles
from tests.kiosk.centre_messages import newer
from tests.kiosk.samples import ROSTER
from tests.kiosk.terminal_files import TerminalFolder


@pytest.fixture
def folder(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def holdings(folder):
    """It has kept the samples' roster, version 4, and deleted the file from which it came."""
    holdings = CentreData(KioskFiles(folder.settings))
    assert holdings.import_roster().index.roster == ROSTER
    return holdings


@pytest.mark.parametrize("version", [3, 4], ids=["older", "the same"])
def test_a_file_that_is_no_newer_is_not_kept_whatever_it_says(folder, holdings, version):
    kept = (folder.folder / "state" / "roster.kept").read_bytes()
    folder.write_roster(newer(version))
    assert holdings.roster().index.roster == ROSTER
    assert holdings.import_roster().index.roster == ROSTER
    assert (folder.folder / "state" / "roster.kept").read_bytes() == kept
    assert not (folder.folder / "roster.json").exists()


def test_a_newer_file_is_kept(folder, holdings):
    folder.write_roster(newer(5))
    assert holdings.import_roster().index.roster == newer(5)
    assert holdings.roster().index.roster == newer(5)
