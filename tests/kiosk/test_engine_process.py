"""The engine as its process runs, with a scanner on a pseudo-terminal: killed, restarted, given garbage."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from click.testing import CliRunner

from foundation.attendance import AttendancePolicy
from foundation.errors import LogError, SettingsError
from kiosk import engine_process as terminal_module
from kiosk.checkin.overrides import StaffOverrides
from kiosk.credentials.short_code import short_code
from kiosk.engine_process import Terminal
from kiosk.health.vitals import MachineHealth
from kiosk.local_api.answer_lines import follow_answers
from kiosk.local_api.messages import Decided, Outcome, Snapshot
from kiosk.local_api.requests import Login
from kiosk.settings import KioskFiles
from muster.console import main
from sync.contract import events
from sync.contract.downlink import Codes, SitePresenceUpdate
from sync.contract.events import CheckIn, ClockState, ClockTrust
from sync.contract.one_time_code import LIFE_MS, OneTimeCode, lookup_of
from tests.kiosk.centre_messages import chunks_of, command_of, newer, settings_of
from tests.kiosk.reachable import holds
from tests.kiosk.samples import GUIDES, HOUR_MS, PINS, PSEUDONYM_KEY, ROSTER, reading, token
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.patience import until
from tests.sync.samples import NINE_MS

CODE = OneTimeCode("code:2." + "0" * 16, lookup_of(PSEUDONYM_KEY, "551177"), "2", NINE_MS + LIFE_MS)


class Client:
    """Somebody at the local socket."""

    def tell(self, message) -> None:
        self.told = message


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def listener(terminal):
    listener = Listener(terminal.folder / "kiosk.sock")
    yield listener
    listener.close()


@pytest.fixture
def start(terminal, listener):
    """Start an engine and wait until its scanner is ready."""
    running = []

    def begin() -> subprocess.Popen[bytes]:
        running.append(terminal.start("engine"))
        listener.next(Snapshot)
        listener.status_where(lambda status: status.devices[0].state == "ready")
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def test_a_scanned_badge_lets_in_and_stands_in_the_log(terminal, listener, start):
    start()
    terminal.scanner.scan(token(1))
    decided = listener.next(Decided)
    assert (decided.outcome, decided.name, decided.device) == (Outcome.ACCEPTED_IN, "李明", "scanner")
    log = terminal.read_log()
    (head,) = log.heads()
    logged = events.decode(log.stretch(head.epoch, decided.seq - 1, 1, 10_000).events[0])
    log.close()
    assert isinstance(logged, CheckIn)
    assert (logged.credential.ref, logged.wall_ms) == ("badge:1.1", NINE_MS)


def test_each_answer_is_a_line_for_whoever_cannot_see_it(terminal, listener, start):
    start()
    lines = follow_answers(terminal.folder / "kiosk-answers.sock")
    with ThreadPoolExecutor() as pool:
        line = pool.submit(next, lines)
        until(line.running)
        while not line.done():  # it hears from when it was let in on
            terminal.scanner.scan(token(1))
            listener.next(Decided)
        # Whoever was let in late heard that it had just been read.
        assert line.result().startswith(("签到成功。李明。您已", "您已签到。李明。刚刚"))
    lines.close()


def test_who_was_let_in_is_still_here_after_kill_9(terminal, listener, start):
    engine = start()
    terminal.scanner.scan(token(1))
    assert listener.next(Decided).outcome is Outcome.ACCEPTED_IN
    engine.kill()
    engine.wait()
    terminal.clock.move_to(NINE_MS + HOUR_MS)
    start()
    here = listener.status_where(lambda status: status.here).here
    assert [(one.volunteer, one.since_ms) for one in here] == [("1", NINE_MS)]
    terminal.scanner.scan(token(1))
    left = listener.next(Decided)
    assert (left.outcome, left.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)
    log = terminal.read_log()
    assert [end_of.seq for end_of in log.verify()] == [3, 3]
    log.close()


def test_garbage_on_the_line_is_unreadable_and_whatever_comes_next_works(terminal, listener, start):
    start()
    terminal.scanner.send(b"\x00\x9f\xff\x1b[2J\r")
    unreadable = listener.next(Decided)
    assert (unreadable.outcome, unreadable.device, unreadable.seq) == (Outcome.UNREADABLE, "scanner", 0)
    listener.type("482913")
    typed = listener.next(Decided)
    assert (typed.outcome, typed.method) == (Outcome.ACCEPTED_IN, "sms_code")
    terminal.clock.move_to(NINE_MS + HOUR_MS)
    terminal.scanner.scan(token(1))
    assert listener.next(Decided).outcome is Outcome.ACCEPTED_OUT
    device = listener.status_where(lambda status: status.devices[0].unreadable).devices[0]
    assert (device.readings, device.unreadable) == (1, 1)
    assert (device.readings_last_minute, device.unreadable_last_minute) == (1, 1)
    assert device.last_reading_wall_ms == NINE_MS + HOUR_MS


def test_a_scanner_that_was_pulled_is_told_and_works_again(terminal, listener, start):
    start()
    terminal.scanner.unplug()
    fault = listener.status_where(lambda status: status.devices[0].state != "ready").devices[0].trouble
    assert fault
    terminal.scanner.plug_in()
    listener.status_where(lambda status: status.devices[0].state == "ready")
    terminal.scanner.scan(token(1))
    assert listener.next(Decided).outcome is Outcome.ACCEPTED_IN


def test_a_second_engine_is_refused_and_the_first_goes_on_until_it_is_told_to_end(terminal, listener, start):
    first = start()
    second = terminal.run("engine")
    assert second.returncode == 1
    assert "Another engine already writes the log" in second.stderr
    assert "Traceback" not in second.stderr
    terminal.scanner.scan(token(1))
    assert listener.next(Decided).outcome is Outcome.ACCEPTED_IN
    assert end(first) == 0
    assert not (terminal.folder / "kiosk.sock").exists()
    assert not (terminal.folder / "state" / "log.db-wal").exists()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "kiosk.toml").unlink(), "kiosk.toml does not exist"),
        (
            lambda folder: (folder / "roster.json").write_bytes(b"junk"),
            r"roster.json \(`roster_file`\): .*can't be trusted",
        ),
        (
            lambda folder: (folder / "pseudonym.key").unlink(),
            "pseudonym.key can't be read.*`pseudonym_key_file`",
        ),
        (lambda folder: (folder / "clock").unlink(), "shared clock"),
    ],
    ids=["settings", "roster", "pseudonym key", "clock"],
)
def test_what_is_missing_is_told_in_a_sentence_and_opens_no_epoch(terminal, spoil, told):
    spoil(terminal.folder)
    with pytest.raises(SettingsError, match=told):
        Terminal(KioskFiles(terminal.settings))
    assert not terminal.log_file.exists()


def test_a_revoked_terminal_holds_no_name_no_key_and_no_code_in_its_memory_either(terminal):
    engine = Terminal(KioskFiles(terminal.settings))
    client, (staff, *_) = Client(), ROSTER.staff
    secrets = (PSEUDONYM_KEY, ROSTER.people[0].name, CODE.lookup, staff.name, staff.verifier)
    engine._receiver.take(command_of(Codes(NINE_MS, [CODE]), id="0b" * 16))
    engine._beat()
    for wall_ms in (NINE_MS, NINE_MS + 24 * HOUR_MS):  # a check-out was forgotten, and it is asked for now
        terminal.clock.move_to(wall_ms)
        engine._engine.deliver(reading(token(1), wall_ms=wall_ms))
    engine._requests.take(Login("1", staff.staff, PINS[staff.staff]), client)
    assert engine._requests._asked.now
    assert client.told.ok
    assert [holds(engine, secret) for secret in secrets] == [True] * 5
    engine._receiver.take(command_of())
    engine._beat()
    engine._engine.deliver(reading(token(1)))
    assert [holds(engine, secret) for secret in secrets] == [False] * 5
    engine._server.close()
    engine._log.close()


def test_a_folder_that_can_not_hold_a_log_is_told_in_a_sentence(terminal):
    (terminal.folder / "state").write_text("a file stands where the folder should be")
    with pytest.raises(LogError, match=r"log\.db can't be opened: Not a directory"):
        Terminal(KioskFiles(terminal.settings))


@pytest.mark.parametrize(("ordered", "shown"), [("", ("", 2)), ("water", ("Water", 1))])
def test_a_screen_names_an_activity_only_where_it_is_everybodys(terminal, ordered, shown):
    water = msgspec.structs.replace(GUIDES, id="water", title="Water")
    terminal.write_roster(msgspec.structs.replace(ROSTER, activities=[GUIDES, water]))
    engine = Terminal(KioskFiles(terminal.settings))
    engine._engine.obey(StaffOverrides(activity=ordered))
    assert engine._activity_shown() == shown
    engine._server.close()
    engine._log.close()


def test_a_clock_that_is_set_stands_in_the_log_as_an_alarm(terminal):
    engine = Terminal(KioskFiles(terminal.settings))
    clock = engine._clock
    clock.mono_ms, clock.wall_ms = (lambda: 60_000), (lambda: NINE_MS)
    engine._beat()
    clock.mono_ms, clock.wall_ms = (lambda: 60_250), (lambda: NINE_MS + HOUR_MS)
    engine._beat()
    engine._server.close()
    engine._log.close()
    log = terminal.read_log()
    (head,) = log.heads()
    alarm = events.decode(log.stretch(head.epoch, 2, 9, 10_000).events[0])
    log.close()
    assert (alarm.code, alarm.wall_ms, alarm.mono_ms) == ("clock_jump", NINE_MS + HOUR_MS, 60_250)
    assert alarm.detail == f"offset {NINE_MS - 60_000} ms -> {NINE_MS + HOUR_MS - 60_250} ms"


def test_the_status_tells_what_the_clock_and_the_machine_say(terminal, monkeypatch):
    monkeypatch.setattr(
        terminal_module, "clock_trust", lambda _: ClockTrust(ClockState.HOLDOVER, 1, "ntp", 2)
    )
    monkeypatch.setattr(terminal_module, "look_at_machine", lambda _: MachineHealth(3, 4, True, 5))
    engine = Terminal(KioskFiles(terminal.settings))
    status = engine._status()
    engine._server.close()
    engine._log.close()
    assert (status.clock_state, status.clock_error_ms, status.clock_since_ms) == ("holdover", 1, 2)
    assert (status.disk_free_bytes, status.temperature_mc) == (3, 4)
    assert (status.undervoltage, status.throttled_bits) == (True, 5)


def test_the_clock_goes_by_what_the_rules_of_a_new_roster_say_of_its_quartz(terminal):
    engine = Terminal(KioskFiles(terminal.settings))
    assert engine._clock.drift_ppm == 50
    for chunk in chunks_of(newer(policy=AttendancePolicy(clock_drift_ppm=9))):
        engine._receiver.take(chunk)
    engine._renew()
    engine._server.close()
    engine._log.close()
    assert engine._clock.drift_ppm == 9


def test_digits_to_text_are_shown_where_texts_arrive_alone(terminal):
    def shown() -> str:
        engine = Terminal(KioskFiles(terminal.settings))
        digits = engine._status().short_code
        engine._server.close()
        engine._log.close()
        return digits

    assert shown() == ""
    with terminal.settings.open("a") as file:
        file.write('[[modem]]\nname = "modem"\nport = "/dev/ttyUSB9"\n')
    assert shown() == short_code(PSEUDONYM_KEY, terminal.name, NINE_MS)


def test_the_screens_are_not_drawn_anew_for_what_happens_at_other_terminals(terminal, monkeypatch):
    engine = Terminal(KioskFiles(terminal.settings))
    published = []
    monkeypatch.setattr(engine._server, "publish", published.append)
    engine._receiver.take(command_of(SitePresenceUpdate(number=1, follows=0, told_ms=NINE_MS, heard=[])))
    engine._renew()
    assert engine._engine.elsewhere == 0
    assert published == []
    engine._receiver.take(settings_of(1, result_shown_s=6))
    engine._renew()
    assert [type(one) for one in published] == [Snapshot]
    engine._server.close()
    engine._log.close()


def test_the_centres_settings_for_staff_and_questions_take_effect(terminal):
    engine = Terminal(KioskFiles(terminal.settings))
    engine._receiver.take(settings_of(1, question_shown_s=60, staff_idle_min=9))
    engine._renew()
    assert engine._requests._asked._shown_ms == 60_000
    assert engine._requests._staff._idle_ms == 9 * 60_000
    engine._server.close()
    engine._log.close()


def test_a_live_terminal_takes_no_stand_ins(tmp_path):
    folder = TerminalFolder(tmp_path)
    config = ("--config", str(folder.settings), "--twins", str(tmp_path / "twins.sock"))
    ended = CliRunner().invoke(main, ("engine", *config))
    assert ended.exit_code != 0
    assert "Stand-ins were asked for, but this terminal is live. Leave --twins out" in ended.output
