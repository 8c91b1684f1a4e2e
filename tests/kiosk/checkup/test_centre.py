"""Whom a terminal believes, and the roster that it holds: kept encrypted or brought in a file."""

import os
import time

import msgspec
import pytest

from kiosk.checkup.centre import CentreSeen, judge_centre, judge_roster, look_at_centre
from kiosk.checkup.check import Mark
from kiosk.checkup.files import FileSeen
from kiosk.provisioning.centre_data import ROSTER as KEPT
from kiosk.provisioning.centre_data import CentreData
from kiosk.settings import KioskFiles
from kiosk.storage.encrypted_files import AtRest
from sync.contract.roster import seal_roster
from tests.kiosk.checkup.said import codes
from tests.kiosk.samples import ROSTER
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.samples import CENTRE_KEY, STRANGER_KEY, TERMINAL_KEY

DAY_S = 86_400


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


def look(terminal, later_s=0):
    return look_at_centre(KioskFiles(terminal.settings), time.time() + later_s)


def keep(terminal, key=CENTRE_KEY):
    files = KioskFiles(terminal.settings)
    AtRest(files.state_folder, files.device_secret_file).keep(KEPT, seal_roster(ROSTER, key))
    return files.state_folder / "roster.kept"


def revoke(terminal):
    files = KioskFiles(terminal.settings)
    files.state_folder.mkdir()
    assert CentreData(files).wipe(TERMINAL_KEY.public.key_id)


def test_a_roster_that_was_brought_proves_the_centres_key(terminal):
    seen = look(terminal)
    assert judge_centre(seen).said.code == "centre_good"
    assert judge_centre(seen).said.arguments == {"key": CENTRE_KEY.public.key_id}
    assert judge_roster(seen).said.arguments == {"version": "4", "count": 0}


def test_a_kept_roster_counts_before_a_brought_one(terminal):
    terminal.write_roster(msgspec.structs.replace(ROSTER, version=9))
    keep(terminal)
    assert look(terminal).roster == ROSTER.version


def test_a_roster_ages_from_the_day_on_which_it_came(terminal):
    kept = keep(terminal)
    ten_days_ago = time.time() - 10 * DAY_S
    os.utime(kept, (ten_days_ago, ten_days_ago))
    assert judge_roster(look(terminal)).said.arguments["count"] == 10
    assert codes(judge_roster(look(terminal, 20.5 * DAY_S))) == {}
    assert codes(judge_roster(look(terminal, 21.5 * DAY_S))) == {"roster_old": "look"}


def test_without_a_roster_the_centre_is_known_by_its_key_alone(terminal):
    (terminal.folder / "roster.json").unlink()
    seen = look(terminal)
    assert judge_centre(seen).said.code == "centre_known"
    assert codes(judge_roster(seen)) == {"roster_none": "look"}


def test_a_roster_of_another_centre_is_not_believed(terminal):
    keep(terminal, STRANGER_KEY)
    seen = look(terminal)
    assert codes(judge_centre(seen)) == {"roster_not_believed": "broken"}
    assert judge_roster(seen).mark is Mark.OPEN


def test_a_roster_of_another_terminal_is_not_believed(terminal):
    terminal.write_roster(msgspec.structs.replace(ROSTER, terminal="gate-2"))
    assert codes(judge_centre(look(terminal))) == {"roster_not_believed": "broken"}


def test_a_roster_of_another_device_is_not_believed(terminal):
    keep(terminal)
    (terminal.folder / "state" / "device.secret").write_text("00" * 32)
    assert codes(judge_centre(look(terminal))) == {"roster_not_believed": "broken"}


def test_a_key_for_which_anybody_could_sign_is_refused(terminal):
    terminal.set(centre_key="01" + "00" * 31)
    assert codes(judge_centre(look(terminal))) == {"public_key_weak": "broken"}


def test_a_revoked_terminal_is_told_until_it_has_another_key(terminal):
    revoke(terminal)
    seen = look(terminal)
    assert codes(judge_centre(seen)) == {"terminal_revoked": "broken"}
    assert judge_roster(seen).mark is Mark.OPEN
    (terminal.folder / "terminal.key").unlink()
    STRANGER_KEY.save(terminal.folder / "terminal.key")
    assert not look(terminal).revoked


def test_a_key_that_is_missing_is_said_elsewhere_and_stops_nothing(terminal):
    revoke(terminal)
    (terminal.folder / "terminal.key").unlink()
    assert not look(terminal).revoked


def test_a_roster_that_this_account_may_not_read_is_not_called_missing():
    seen = CentreSeen(
        "nobody", "24f6", forbidden=FileSeen("/var/lib/muster/roster.kept", KEPT, readable=False)
    )
    assert codes(judge_roster(seen)) == {"account_may_not_read": "look"}
