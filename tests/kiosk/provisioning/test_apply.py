"""Rosters and settings of the centre hold from the next reading on, and after a restart."""

import pytest
from structlog.testing import capture_logs

from foundation.attendance import AttendancePolicy
from foundation.errors import SettingsError
from kiosk.local_api.messages import Outcome
from kiosk.provisioning.apply import ActiveSettings
from kiosk.provisioning.centre_data import CentreData
from kiosk.settings import KioskFiles
from sync.contract.downlink import SeenElsewhere, SitePresenceUpdate
from sync.contract.events import Alarm
from tests.kiosk.centre_messages import chunks_of, command_of, newer, settings_of
from tests.kiosk.provisioning.small_terminal import ALL_DAY, applied, logged, told, what_lies_there
from tests.kiosk.samples import GUIDES, HOUR_MS, token
from tests.sync.samples import NINE_MS


def test_a_new_roster_holds_from_the_next_reading_on_and_who_is_here_stays_here(folder, start):
    terminal = start()
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_IN
    assert terminal.present(token(4)).reason == "not_on_roster"
    terminal.take(*chunks_of(newer()))
    assert [one.volunteer for one in terminal.engine.here] == ["1"]
    assert terminal.present(token(4)).outcome is Outcome.ACCEPTED_IN
    left = terminal.present(token(1))
    assert (left.outcome, left.since_ms) == (Outcome.ACCEPTED_OUT, terminal.clock.now_ms - 3 * HOUR_MS)
    assert applied(folder) == [("roster", 4), ("roster", 5)]


def test_who_came_at_another_terminal_of_the_site_leaves_at_this_one(start):
    terminal = start()
    terminal.take(*chunks_of(newer(shared=True)))
    seen = [SeenElsewhere("1", GUIDES.id, NINE_MS, NINE_MS)]
    terminal.take(command_of(SitePresenceUpdate(number=1, follows=0, told_ms=NINE_MS, heard=[], seen=seen)))
    left = terminal.present(token(1))
    assert (left.outcome, left.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)


def test_somebody_who_is_no_longer_on_the_roster_is_still_here_by_number(start):
    terminal = start()
    terminal.present(token(1))
    terminal.take(*chunks_of(newer(people=[])))
    assert [(one.volunteer, one.name) for one in terminal.engine.here] == [("1", "1")]
    assert terminal.present(token(1)).reason == "not_on_roster"


def test_the_new_roster_holds_after_a_restart_without_any_file_of_the_operator(folder, start):
    start().take(*chunks_of(newer()))
    terminal = start()
    assert terminal.in_force.roster_version == 5
    assert terminal.present(token(4)).outcome is Outcome.ACCEPTED_IN
    assert applied(folder) == [("roster", 4), ("roster", 5), ("roster", 5)]


def test_an_operators_newer_file_wins_at_start_and_an_older_one_does_not(folder, start):
    start().take(*chunks_of(newer(6)))
    folder.write_roster(newer(5))
    assert start().in_force.roster_version == 6
    folder.write_roster(newer(7))
    assert start().in_force.roster_version == 7


@pytest.mark.parametrize("version", [3, 4, 9], ids=["older", "the same", "newer"])
def test_no_plain_roster_lies_there_while_the_terminal_works(folder, start, version):
    start()
    folder.write_roster(newer(version))
    start()
    assert what_lies_there(folder) == {"pseudonym.key", "device.secret", "roster.kept"}


def test_a_roster_that_can_not_be_kept_stays_where_it_is_until_it_can(folder, start):
    obstacle = folder.folder / "state" / "roster.kept.unfinished"
    obstacle.mkdir()
    assert start().in_force.roster_version == 4
    assert (folder.folder / "roster.json").exists()
    obstacle.rmdir()
    assert start().in_force.roster_version == 4
    assert not (folder.folder / "roster.json").exists()


def test_a_roster_that_can_not_be_read_is_told_and_stays(folder, start):
    start()
    (folder.folder / "roster.json").mkdir()
    with pytest.raises(SettingsError, match=r"roster\.json \(`roster_file`\) can't be read: Is a directory"):
        start()
    assert (folder.folder / "roster.json").exists()


def test_a_file_that_can_not_be_believed_does_not_matter_while_there_is_a_roster(folder, start):
    start().take(*chunks_of(newer()))
    (folder.folder / "roster.json").write_bytes(b"junk")
    assert start().in_force.roster_version == 5
    assert not (folder.folder / "roster.json").exists()


def test_a_roster_that_was_damaged_on_the_disk_is_asked_for_again(folder, start):
    start().take(*chunks_of(newer()))
    (folder.folder / "state" / "roster.kept").write_bytes(b"damaged")
    terminal = start()
    assert terminal.in_force.roster_version == 0
    terminal.take(*chunks_of(newer()))
    assert terminal.in_force.roster_version == 5


def test_settings_hold_at_once_and_after_a_restart_and_win_over_the_file(folder, start):
    terminal = start('activity = "stamps"\ncontact = "Ann"')
    terminal.take(settings_of(1, direction="in", result_shown_s=9))
    for each in (terminal, start()):
        settings = each.in_force.settings
        assert (settings.direction, settings.result_shown_s) == ("in", 9)
        assert (settings.activity, settings.contact) == ("stamps", "Ann")
    terminal = start()
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_IN
    assert terminal.present(token(1)).outcome is Outcome.ALREADY_IN
    assert applied(folder).count(("settings", 1)) == 3


def test_settings_that_leave_a_key_out_give_it_back_to_the_file(start):
    terminal = start("result_shown_s = 9")
    terminal.take(settings_of(1, result_shown_s=5), settings_of(2, contact="Li"))
    assert (terminal.in_force.settings.result_shown_s, terminal.in_force.settings.contact) == (9, "Li")
    assert terminal.in_force.settings_version == 2


def test_a_setting_that_is_refused_is_an_alarm_with_key_and_what_is_allowed(folder, start):
    terminal = start()
    terminal.take(settings_of(1, result_shown_s=0, centre_key="00" * 32, contact="Li"))
    assert terminal.in_force.settings.contact == "Li"
    assert terminal.in_force.settings.result_shown_s == 4
    details = [event.detail for event in logged(folder) if isinstance(event, Alarm)]
    assert details == ["result_shown_s: expected `int` >= 1", "centre_key: no such setting exists"]


def test_an_upgraded_terminal_comes_up_and_says_once_which_settings_hold_no_more(start):
    with capture_logs() as logs:
        terminal = start("debounce_s = 90\nclose_after_min = 60")
        terminal.take(settings_of(1, contact="Li"))
    assert terminal.in_force.settings.contact == "Li"
    assert told(logs, "setting_retired") == ["debounce_s", "close_after_min"]


def test_a_number_that_an_older_centre_still_gives_as_a_setting_is_no_alarm(folder, start):
    terminal = start()
    with capture_logs() as logs:
        terminal.take(settings_of(1, debounce_s=30, contact="Li"))
    assert terminal.in_force.settings.contact == "Li"
    assert told(logs, "setting_retired") == ["debounce_s"]
    assert not [event for event in logged(folder) if isinstance(event, Alarm)]


def test_the_numbers_of_the_centres_rules_hold_from_the_next_reading_on_and_after_a_restart(start):
    terminal = start()
    rules = AttendancePolicy(debounce_s=7_200, max_session_s=57_600)
    with capture_logs() as logs:
        terminal.take(*chunks_of(newer(policy=rules)))
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_IN
    assert terminal.present(token(1)).reason == "debounce"
    assert told(logs, "roster_without_policy") == []
    terminal = start()
    assert terminal.in_force.roster.policy == rules
    terminal.clock.now_ms += 14 * HOUR_MS
    assert [one.volunteer for one in terminal.engine.here] == ["1"]
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_OUT


def test_who_is_here_may_stay_as_long_as_a_new_roster_says(start):
    terminal = start()
    terminal.present(token(1))
    terminal.take(*chunks_of(newer(policy=AttendancePolicy(max_session_s=57_600))))
    terminal.clock.now_ms += 13 * HOUR_MS
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_OUT
    assert terminal.engine.presence.all_forgotten() == []


def test_a_restart_in_a_long_shift_knows_who_came_for_it(start):
    """However short the longest session is."""
    terminal = start()
    rules = AttendancePolicy(max_session_s=3_600, close_after_s=0)
    terminal.take(*chunks_of(newer(activity=ALL_DAY, policy=rules)))
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_IN
    terminal.clock.now_ms += 21 * HOUR_MS
    terminal = start()
    assert [one.volunteer for one in terminal.engine.here] == ["1"]
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_OUT


def test_an_older_centre_that_tells_no_numbers_is_noted_once_and_the_defaults_hold(start):
    with capture_logs() as logs:
        terminal = start()
        terminal.take(*chunks_of(newer()))
        terminal.take(*chunks_of(newer(6)), settings_of(1, contact="Li"))
    assert terminal.in_force.roster.policy == AttendancePolicy()
    assert told(logs, "roster_without_policy") == ["4"], "and not again for a newer one"


def test_a_zone_that_is_none_is_told_in_a_sentence(folder, start):
    (folder.folder / "roster.json").unlink()
    folder.write_settings(1, 'zone = "Atlantis"')
    with pytest.raises(SettingsError, match="key 'zone': 'Atlantis' is no time zone"):
        ActiveSettings(KioskFiles(folder.settings), CentreData(KioskFiles(folder.settings)))
