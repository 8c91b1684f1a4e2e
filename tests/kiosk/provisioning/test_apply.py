"""Roster, settings and revocation at a terminal whose engine runs, from the uplink's socket to the log."""

import errno
import queue

import msgspec
import pytest
from structlog.testing import capture_logs

from drivers.reading import Presented
from foundation.attendance import AttendancePolicy
from foundation.durable import replace_file
from foundation.errors import SettingsError
from foundation.refusal import Refusal
from kiosk.checkin.engine import Engine
from kiosk.local_api.messages import Decided, Outcome
from kiosk.provisioning import centre_data as holdings
from kiosk.provisioning.apply import ActiveSettings
from kiosk.provisioning.centre_data import CentreData
from kiosk.provisioning.receive import DownlinkReceiver
from kiosk.settings import KioskFiles
from kiosk.storage.log_keeper import LogKeeper
from sync.contract import events
from sync.contract.downlink import SeenElsewhere, SitePresenceUpdate
from sync.contract.events import Alarm, CheckIn, ConfigApplied, Refused
from sync.contract.roster import UNRESOLVED_ACTIVITY, RosterShift
from sync.log.reader import LogReader
from tests.kiosk.centre_messages import STAMPS, WIPE, chunks_of, command_of, newer, settings_of
from tests.kiosk.samples import GUIDES, HOUR_MS, ISSUER, PSEUDONYM_KEY, HandClock, reading, token
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.samples import NINE_MS, STRANGER_KEY, TERMINAL, TERMINAL_KEY


class SmallTerminal:
    """Files, log and engine, without devices, socket or threads: `beat` is called by hand."""

    def __init__(self, files: KioskFiles, clock: HandClock) -> None:
        self.clock = clock
        holdings = CentreData(files)
        self.in_force = ActiveSettings(files, holdings)
        self._keeper = LogKeeper(files.log_file, TERMINAL, clock, "muster/test")
        self.log = self._keeper.log
        self._announced: queue.SimpleQueue[Decided] = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=self.in_force.roster,
            pseudonym_key=PSEUDONYM_KEY,
            policy=self.in_force.policy,
            clock=clock,
            announce=self._announced.put,
        )
        self.in_force.begin(self.engine, self._keeper)
        self._receiver = DownlinkReceiver(
            holdings,
            roster_version=self.in_force.roster_version,
            settings_version=self.in_force.settings_version,
        )

    def take(self, *messages) -> None:
        """The uplink brings these, and the engine's next beat comes."""
        for message in messages:
            self._receiver.take(message)
        for change in self._receiver.arrived():
            self.in_force.apply(change, self.engine, self._keeper)

    def present(self, text: str, presented: Presented = Presented.CODE) -> Decided:
        """Somebody presents something, an hour after the last one."""
        self.clock.now_ms += HOUR_MS
        return self.engine._take(reading(text, presented, self.clock.now_ms))


@pytest.fixture
def folder(tmp_path):
    folder = TerminalFolder(tmp_path)
    (tmp_path / "state").mkdir()
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def start(folder):
    """Start the terminal, again if need be; the one before has ended then."""
    running = []

    def begin(more: str = "") -> SmallTerminal:
        clock = running[-1].clock if running else HandClock()
        if running:
            running[-1].log.close()
        if more:
            folder.write_settings(1, more)
        running.append(SmallTerminal(KioskFiles(folder.settings), clock))
        return running[-1]

    yield begin
    for terminal in running[-1:]:
        terminal.log.close()


def logged(folder) -> list[events.AnyEvent]:
    """Every event of the log, in its order."""
    reader = LogReader(folder.log_file, TERMINAL)
    try:
        return [
            events.decode(encoded)
            for head in reader.heads()
            for encoded in reader.stretch(head.epoch, 0, 999, 999_999).events
        ]
    finally:
        reader.close()


def applied(folder) -> list[tuple[str, int]]:
    return [(event.what, event.version) for event in logged(folder) if isinstance(event, ConfigApplied)]


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


def told(logs, what: str) -> list[str]:
    """The key of each such line of the engine's own log."""
    return [str(line.get("key", line.get("roster"))) for line in logs if line["event"] == what]


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


ALL_DAY = msgspec.structs.replace(GUIDES, shifts=[RosterShift(NINE_MS, NINE_MS + 24 * HOUR_MS)])


def test_who_is_here_may_stay_as_long_as_a_new_roster_says(start):
    terminal = start()
    terminal.present(token(1))
    terminal.take(*chunks_of(newer(policy=AttendancePolicy(max_session_s=57_600))))
    terminal.clock.now_ms += 13 * HOUR_MS
    assert terminal.present(token(1)).outcome is Outcome.ACCEPTED_OUT
    assert terminal.engine.presence.all_forgotten() == []


def test_who_came_before_there_was_a_roster_is_not_asked_when_they_left_a_long_shift(bare):
    bare.present(token(1))
    bare.take(*chunks_of(newer(activity=ALL_DAY)))
    bare.clock.now_ms += 20 * HOUR_MS
    assert bare.present(token(1)).outcome is Outcome.ACCEPTED_OUT
    assert bare.engine.presence.all_forgotten() == []


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


def test_a_terminal_without_any_roster_decides_by_the_same_defaults(bare):
    assert bare.in_force.roster.policy == AttendancePolicy()
    assert bare.present(token(7)).outcome is Outcome.ACCEPTED_IN
    bare.clock.now_ms += 11 * HOUR_MS
    assert bare.present(token(7)).outcome is Outcome.ACCEPTED_OUT


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


def what_lies_there(folder) -> set[str]:
    """The files that a wipe has to leave nothing of, of those that are there."""
    secret = {"pseudonym.key", "tags.toml", "roster.json", "device.secret"}
    return {file.name for file in folder.folder.rglob("*") if file.name in secret or ".kept" in file.suffixes}


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


WITHOUT_ROSTER = f'badge_issuers = ["{ISSUER.public.raw.hex()}"]\nzone = "Asia/Shanghai"'


@pytest.fixture
def bare(folder, start):
    """A terminal that has no roster yet."""
    (folder.folder / "roster.json").unlink()
    return start(WITHOUT_ROSTER)


def test_without_a_roster_a_genuine_badge_is_recorded_and_the_centre_decides(folder, bare):
    came, left = bare.present(token(7)), bare.present(token(7))
    assert [came.outcome, left.outcome] == [Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT]
    assert (came.reason, came.volunteer, came.name) == ("centre_decides", "7", "")
    event = next(event for event in logged(folder) if isinstance(event, CheckIn))
    assert (event.credential.ref, event.activity) == ("badge:7.1", UNRESOLVED_ACTIVITY)
    assert applied(folder) == []


def test_without_a_roster_the_settings_name_what_people_check_in_for(folder, bare):
    bare.take(settings_of(1, activity="stamps"))
    bare.present(token(7))
    assert [event.activity for event in logged(folder) if isinstance(event, CheckIn)] == ["stamps"]


@pytest.mark.parametrize(
    ("text", "presented", "reason"),
    [
        ("LIB-00412", Presented.CODE, "no_roster"),
        ("11010519491231002X", Presented.ID_NUMBER, "no_roster"),
        ("04A2B3C4", Presented.CARD_UID, "no_roster"),
        ("482913", Presented.KEYPAD, "no_roster"),
        (token(7, demo=True), Presented.CODE, "other_realm"),
    ],
)
def test_without_a_roster_nothing_else_is_accepted(bare, text, presented, reason):
    refused = bare.present(text, presented)
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, reason)
    assert refused.seq


def test_without_a_roster_and_without_issuers_no_badge_is_believed_and_none_called_forged(folder, start):
    (folder.folder / "roster.json").unlink()
    assert start().present(token(7)).reason == Refusal.NOT_CHECKED_YET


def test_who_came_before_there_was_a_roster_can_leave_when_there_is_one(bare, start):
    assert bare.present(token(1)).outcome is Outcome.ACCEPTED_IN
    bare.take(*chunks_of(newer(activity=STAMPS)))
    for terminal in (bare, start()):
        assert [one.volunteer for one in terminal.engine.here] == ["1"]
    left = terminal.present(token(1))
    assert (left.outcome, left.activity, left.reason) == (Outcome.ACCEPTED_OUT, "stamps", "")


def test_a_zone_that_is_none_is_told_in_a_sentence(folder, start):
    (folder.folder / "roster.json").unlink()
    folder.write_settings(1, 'zone = "Atlantis"')
    with pytest.raises(SettingsError, match="key 'zone': 'Atlantis' is no time zone"):
        ActiveSettings(KioskFiles(folder.settings), CentreData(KioskFiles(folder.settings)))
