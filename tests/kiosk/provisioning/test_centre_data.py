"""Which roster a terminal holds, when it keeps one and finds another in a file."""

import pytest

from foundation.errors import SettingsError
from kiosk.provisioning.centre_data import CentreData
from kiosk.settings import KioskFiles
from tests.kiosk.centre_messages import WIPE, newer
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


def test_a_revocation_that_can_not_be_noted_is_told(folder, holdings):
    revoked = holdings._revoked_file
    (revoked / "in the way").mkdir(parents=True)
    with pytest.raises(SettingsError) as refused:
        holdings.wipe(WIPE.key)
    assert f"still holds what it should not: The file {revoked} can't be written." in str(refused.value)
