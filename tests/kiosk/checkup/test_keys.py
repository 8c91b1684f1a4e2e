"""The keys of a terminal in a real folder: there, missing, open to all, another's, kept encrypted."""

import pytest

from kiosk.checkup.check import Mark
from kiosk.checkup.keys import judge_keys, look_at_keys
from kiosk.provisioning.delivered_keys import DeliveredKeys
from kiosk.settings import NO_CENTRE, KioskFiles
from kiosk.storage.encrypted_files import AtRest
from tests.kiosk.checkup.said import codes
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.samples import CENTRE_KEY


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    (tmp_path / "pseudonym.key").chmod(0o600)
    yield folder
    folder.scanner.unplug()


def judged(terminal):
    return judge_keys(look_at_keys(KioskFiles(terminal.settings), terminal.settings))


def test_a_terminal_with_its_keys_is_well(terminal):
    check = judged(terminal)
    assert (check.mark, codes(check)) == (Mark.GOOD, {})


def test_a_terminal_without_keys_and_centre_is_not_enrolled_and_told_nothing_besides(terminal):
    terminal.set(centre_key=NO_CENTRE)
    (terminal.folder / "terminal.key").unlink()
    (terminal.folder / "pseudonym.key").unlink()
    assert codes(judged(terminal)) == {"not_enrolled": "broken"}


def test_an_enrolment_that_was_begun_is_to_go_on(terminal):
    terminal.set(centre_key=NO_CENTRE)
    (terminal.folder / "terminal.key").unlink()
    (terminal.folder / "enrolment.pending").write_text("{}")
    assert codes(judged(terminal)) == {"enrolment_begun": "broken"}


def test_the_centre_key_of_the_shipped_file_is_refused_beside_a_key_too(terminal):
    terminal.set(centre_key=NO_CENTRE)
    assert codes(judged(terminal)) == {"no_centre_yet": "broken"}


def test_a_key_that_is_missing_is_named_with_its_setting(terminal):
    (terminal.folder / "terminal.key").unlink()
    check = judged(terminal)
    assert codes(check) == {"file_missing": "broken"}
    assert check.findings[0].trouble.arguments["key"] == "signing_key_file"


def test_a_key_that_is_none_is_told(terminal):
    (terminal.folder / "terminal.key").write_text("-----BEGIN NOTHING-----\n")
    assert codes(judged(terminal)) == {"key_not_read": "broken"}


@pytest.mark.parametrize("name", ["terminal.key", "pseudonym.key"])
def test_a_key_that_everybody_may_read_is_told_with_the_command(terminal, name):
    (terminal.folder / name).chmod(0o644)
    check = judged(terminal)
    assert codes(check) == {"key_open_to_all": "broken"}
    assert check.findings[0].trouble.arguments["command"] == f"chmod o-rwx {terminal.folder / name}"


def test_the_centres_own_key_is_no_terminals(terminal):
    (terminal.folder / "terminal.key").unlink()
    CENTRE_KEY.save(terminal.folder / "terminal.key")
    assert codes(judged(terminal)) == {"key_is_the_centres": "broken"}


def test_the_key_of_all_hashes_is_missed(terminal):
    (terminal.folder / "pseudonym.key").unlink()
    assert codes(judged(terminal)) == {"key_not_taken": "broken"}


def test_the_key_of_all_hashes_may_be_kept_encrypted_and_is_not_taken_over_by_looking(terminal):
    files = KioskFiles(terminal.settings)
    assert judged(terminal).mark is Mark.GOOD
    assert (terminal.folder / "pseudonym.key").exists()
    DeliveredKeys(files, AtRest(files.state_folder, files.device_secret_file)).pseudonym_key()
    assert not (terminal.folder / "pseudonym.key").exists()
    assert judged(terminal).mark is Mark.GOOD
    files.device_secret_file.write_text("00" * 32)
    assert codes(judged(terminal)) == {"key_not_taken": "broken"}
