"""A revoked terminal forgets everything but its log, whatever comes between."""

import errno

from foundation.durable import replace_file
from kiosk.local_api.messages import Outcome
from kiosk.provisioning import centre_data as holdings
from kiosk.provisioning.centre_data import CentreData
from kiosk.settings import KioskFiles
from sync.contract.events import Alarm, CheckIn, Refused
from tests.kiosk.centre_messages import WIPE, chunks_of, command_of, newer, settings_of
from tests.kiosk.provisioning.small_terminal import logged, what_lies_there
from tests.kiosk.samples import token
from tests.sync.samples import STRANGER_KEY, TERMINAL_KEY


def test_a_revoked_terminal_forgets_everything_but_its_log_and_accepts_nobody(folder, start):
    terminal = start()
    terminal.present(token(1))
    terminal.take(settings_of(1, contact="Li"), command_of(WIPE))
    assert terminal.present(token(1)).reason == "terminal_revoked"
    assert (terminal.engine.here, terminal.in_force.settings.contact) == ((), "")
    assert {file.name for file in (folder.folder / "state").iterdir()} >= {"log.db", "revoked"}
    assert not list((folder.folder / "state").glob("*.kept"))
    for name in ("pseudonym.key", "roster.json", "state/device.secret"):
        assert not (folder.folder / name).exists()
    assert any(isinstance(event, CheckIn) for event in logged(folder))
    refused = logged(folder)[-1]
    assert isinstance(refused, Refused)
    assert refused.credential is None


def test_it_stays_revoked_after_a_restart_and_takes_nothing_from_anybody(folder, start):
    start().take(command_of(WIPE))
    folder.write_roster(newer())
    terminal = start()
    assert terminal.in_force.revoked
    terminal.take(*chunks_of(newer(9)), settings_of(9, contact="Li"))
    assert terminal.in_force.roster_version == 0
    assert terminal.present(token(1)).reason == "terminal_revoked"


def test_an_interrupted_wipe_is_finished_at_the_next_start(folder, start):
    start().take(settings_of(1, contact="Li"))
    folder.write_roster(newer())
    replace_file(folder.folder / "state" / "revoked", TERMINAL_KEY.public.key_id.encode())
    terminal = start()  # the power went right after this was written
    assert what_lies_there(folder) == set()
    assert terminal.present(token(1)).reason == "terminal_revoked"
    (alarm,) = [event for event in logged(folder) if isinstance(event, Alarm)]
    assert (alarm.code, alarm.detail) == ("terminal_revoked", "")


def test_each_wipe_of_a_revoked_terminal_is_done_again(folder, start):
    terminal = start()
    terminal.take(command_of(WIPE))
    folder.write_roster(newer())
    terminal.take(command_of(WIPE, id="0b" * 16))
    assert what_lies_there(folder) == set()
    assert sum(isinstance(event, Alarm) for event in logged(folder)) == 1


def test_what_a_first_wipe_could_not_delete_the_next_one_does_and_says_so(folder, start):
    terminal = start()
    obstacle = folder.folder / "state" / "orders.kept"
    obstacle.mkdir()
    for number in range(2):
        terminal.take(command_of(WIPE, id=f"0{number}" * 16))
    obstacle.rmdir()
    terminal.take(command_of(WIPE, id="0c" * 16))
    details = [event.detail for event in logged(folder) if isinstance(event, Alarm)]
    assert ["orders.kept" in detail for detail in details] == [True, False]
    assert details[1] == ""


def test_nothing_that_comes_after_the_wipe_is_written_anywhere(folder, start):
    terminal = start()
    terminal.take(command_of(WIPE), *chunks_of(newer(9)), settings_of(9, contact="Li"))
    assert what_lies_there(folder) == set()


def test_a_full_disk_is_no_reason_to_forget_that_it_was_revoked(folder, start, monkeypatch):
    terminal = start()
    files, room = KioskFiles(folder.settings), []

    def replace_when_there_is_room(path, content, mode) -> None:
        room.append(path)
        if len(room) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_file(path, content, mode)

    monkeypatch.setattr(holdings, "replace_file", replace_when_there_is_room)
    terminal.take(command_of(WIPE))
    assert CentreData(files).revoked()
    assert what_lies_there(folder) == set()


def test_a_wipe_of_another_key_is_passed_over(start):
    terminal = start()
    terminal.take(command_of(type(WIPE)(STRANGER_KEY.public.key_id)))
    assert not terminal.in_force.revoked
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_IN


def test_enrolled_anew_with_another_key_it_begins_again(folder, start):
    start().take(command_of(WIPE))
    (folder.folder / "terminal.key").unlink()
    STRANGER_KEY.save(folder.folder / "terminal.key")
    terminal = start()
    assert not terminal.in_force.revoked
    terminal.take(*chunks_of(newer()), command_of(type(WIPE)(TERMINAL_KEY.public.key_id)))
    assert terminal.present(token(4)).outcome is Outcome.ACCEPTED_IN


def test_a_wipe_that_could_not_delete_everything_is_an_alarm_and_still_refuses(folder, start):
    terminal = start()
    (folder.folder / "pseudonym.key").unlink()
    (folder.folder / "pseudonym.key").mkdir()
    terminal.take(command_of(WIPE))
    assert terminal.present(token(1)).reason == "terminal_revoked"
    (alarm,) = [event for event in logged(folder) if isinstance(event, Alarm)]
    assert alarm.code == "terminal_revoked"
    assert "pseudonym.key" in alarm.detail
