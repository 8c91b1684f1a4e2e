"""`muster scan` as a process with devices on pseudo-terminals, and what it may tell of a reading."""

import dataclasses
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.reading import DeviceHealth, DeviceState, Instant, Presented, Reading, Secret
from drivers.simulated.em4100 import SimulatedEm4100
from drivers.simulated.id_card import SimulatedIdCardReader, card_text
from drivers.simulated.modem import SimulatedModem, received_pdus
from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.settings import KioskSettings
from kiosk.setup import scan as scan_command
from kiosk.setup.machine import DeviceFile, Machine, inspect
from kiosk.setup.scan import changes_of, describe, masked, settings_of
from sync.contract import badge
from sync.contract.badge import Badge, Form
from tests.kiosk.samples import HOUR_MS, HandClock, index_of, reading, token
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS, TERMINAL_KEY

ENGLISH = Words("en")
FORGED = badge.issue(Badge(1), TERMINAL_KEY)


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def scan(terminal):
    """Start `muster scan` on the terminal's settings and wait until its devices are ready."""
    running = []

    def begin(*, devices=1):
        running.append(Scan(terminal))
        for _ in range(devices):
            running[-1].line_with(" ready")
        return running[-1]

    yield begin
    for one in running:
        one.process.kill()
        one.process.wait()
        one.process.stdout.close()


class Scan:
    """The running command and everything it said."""

    def __init__(self, terminal, *more):
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "muster", "scan", "--config", str(terminal.settings), *more],
            stdout=subprocess.PIPE,
            text=True,
        )

    def line_with(self, text):
        """The next line that holds the text; fails at the end of the output."""
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return line.rstrip()
        return pytest.fail(f"{text!r} was never said, but:\n{self.said}")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.stdout.read()
        return self.process.wait(PATIENCE_S)


def test_a_badge_is_shown_with_its_volunteer_and_nothing_is_logged(terminal, scan):
    running = scan()
    terminal.scanner.scan(token(1))
    line = running.line_with("badge")
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d  scanner  code, \d+ characters: "
        r"Muster badge of volunteer 1, printed, signature valid",
        line,
    )
    assert running.interrupt() == 0
    assert token(1) not in running.said
    assert not terminal.log_file.exists()


def test_other_codes_are_masked_and_garbage_is_unreadable(terminal, scan):
    running = scan()
    terminal.scanner.scan("LIB-00412")
    assert running.line_with("code, ").endswith("code, 9 characters: LI…12")
    terminal.scanner.send(b"\x00\x9f\xff\x1b[2J\r")
    assert running.line_with("unreadable").endswith("scanner  unreadable")


def test_a_scanner_that_is_pulled_and_returns_is_told(terminal, scan):
    running = scan()
    terminal.scanner.unplug()
    assert "scanner fault: The port" in running.line_with("fault")
    terminal.scanner.plug_in()
    assert running.line_with("ready").endswith("scanner  scanner ready")


def test_an_id_number_is_never_printed(terminal, scan):
    number = "999999199001010016"
    with SimulatedIdCardReader(terminal.folder / "idcard") as reader:
        with terminal.settings.open("a") as file:
            file.write(f'[[id_card]]\nname = "id-card"\nport = "{reader.line.path}"\n')
        running = scan(devices=2)
        reader.lay(card_text(number))
        assert running.line_with("ID card").endswith("ID card, 18 characters: valid check digit")
        assert running.interrupt() == 0
    assert number[:4] not in running.said
    assert number[-4:] not in running.said


def test_a_tag_is_masked(terminal, scan):
    with SimulatedEm4100(terminal.folder / "tag") as module:
        with terminal.settings.open("a") as file:
            file.write(f'[[tag]]\nname = "tag"\nport = "{module.path}"\n')
        running = scan(devices=2)
        module.hold("010063E9AE")
        assert running.line_with("tag, ").endswith("tag, 10 characters: 01…AE")
        assert running.interrupt() == 0


def test_a_text_message_is_counted_not_quoted_and_stays_in_the_modem(terminal, scan):
    with SimulatedModem(terminal.folder / "modem") as modem:
        with terminal.settings.open("a") as file:
            file.write(f'[[modem]]\nname = "modem"\nport = "{modem.line.path}"\nlook_every_ms = 100\n')
        (pdu,) = received_pdus("+8613800138000", "482913", sent_ms=NINE_MS)
        modem.receive(pdu)
        running = scan(devices=2)
        assert running.line_with("text message").endswith("6 characters; it stays in the modem")
        assert running.interrupt() == 0
        assert len(modem.store) == 1
        assert modem.sent == []
    assert "482913" not in running.said
    assert "13800138000" not in running.said


def test_without_a_roster_badges_are_masked_and_the_reason_is_told(terminal, scan):
    (terminal.folder / "roster.json").unlink()
    running = scan()
    assert "Badges are not verified: there is no roster yet" in running.said
    terminal.scanner.scan(token(1))
    assert running.line_with("badge").endswith("not verified")
    assert "volunteer" not in running.said


def test_it_ends_after_the_seconds_that_were_asked_for(terminal):
    running = Scan(terminal, "--seconds", "1")
    assert running.process.communicate(timeout=PATIENCE_S)[0]
    assert running.process.returncode == 0


def test_settings_without_a_device_say_so(terminal):
    text = terminal.settings.read_text()
    terminal.settings.write_text(text.partition("[[scanner]]")[0])
    ended = terminal.run("scan")
    assert ended.returncode == 1
    assert "names no device" in ended.stderr


@pytest.mark.skipif(bool(settings_of(inspect(Path("/"))).device_names()), reason="this machine has devices")
def test_a_machine_without_a_device_says_so():
    ended = subprocess.run(
        [sys.executable, "-m", "muster", "scan"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 1
    assert "no serial port and no camera" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_settings_every_port_is_a_scanner_and_every_camera_a_camera():
    found = settings_of(
        Machine(
            user="a",
            serial_ports=(DeviceFile("/dev/serial/by-id/usb-x", "/dev/ttyUSB0", "dialout"),),
            cameras=(DeviceFile("/dev/video0", "/dev/video0", "video"),),
        )
    )
    assert isinstance(found, KioskSettings)
    assert [(one.name, one.port) for one in found.scanner] == [("scanner-1", "/dev/serial/by-id/usb-x")]
    assert [(one.name, one.source) for one in found.camera] == [("camera-1", "/dev/video0")]
    assert settings_of(Machine(user="a")).device_names() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (token(1), "signature valid"),
        (token(2), "printed, signature valid, revoked"),
        (token(1, demo=True), "of a demo"),
        (
            token(1, form=Form.PHONE, until_s=(NINE_MS - HOUR_MS) // 1000),
            "on a phone, signature valid, expired",
        ),
        (FORGED, "NO VALID Muster badge (badge not genuine)"),
        ("MB1:?", "NO VALID Muster badge (unreadable)"),
    ],
)
def test_a_badge_is_told_with_everything_that_is_wrong_with_it(text, told):
    assert describe(reading(text), index_of(), ENGLISH).endswith(told)


@pytest.mark.parametrize(
    ("presented", "text", "told"),
    [
        (Presented.ID_NUMBER, "999999199001010016", "ID card, 18 characters: valid check digit"),
        (Presented.ID_NUMBER, "999999199001010017", "ID card, 18 characters: WRONG check digit"),
        (
            Presented.ID_NUMBER,
            "ABC123456789012",
            "ID card, 15 characters: a number of a kind without check digit",
        ),
        (Presented.CARD_UID, "04A2B3C4D5E680", "card, 14 characters: 04…80"),
        (
            Presented.SIGNED_TAP,
            "AB.CD",
            "card that signs, 5 characters: the engine alone has the keys to verify it",
        ),
        (Presented.KEYPAD, "482913", "keypad, 6 digits"),
        (Presented.SMS, "482913", "text message, 6 characters; it stays in the modem"),
    ],
)
def test_what_would_admit_or_identify_somebody_is_not_told(presented, text, told):
    assert describe(reading(text, presented, sender="+8613800138000"), index_of(), ENGLISH) == told


def test_a_short_text_is_masked_whole_and_control_characters_never_reach_the_terminal():
    assert masked("1234567") == "•••••••"
    assert masked("") == ""
    assert masked("\x1b[2J-abcd-\u202e") == "·[…-·"


def test_only_becoming_ready_or_lost_is_news():
    ready = DeviceHealth("camera", "camera", DeviceState.READY)
    lost = DeviceHealth("camera", "camera", DeviceState.FAULT, fault=Trouble("camera_gone"))
    opening = DeviceHealth("camera", "camera", DeviceState.OPENING)
    assert changes_of([], [opening]) == []
    assert changes_of([], [ready]) == [ready]
    assert changes_of([ready], [ready]) == []
    assert changes_of([ready], [lost]) == [lost]
    assert changes_of([lost], [lost]) == []


def test_a_card_whose_bytes_declare_no_text_is_shown_by_its_key():
    """Nobody could write it into a list otherwise."""
    reading = Reading("camera", Presented.CODE, Secret("bytes:C7A9B5BD"), Instant(0, 0), by_sight=True)
    assert describe(reading, None, Words("en")) == "code, 14 characters: bytes:C7A9B5BD"


def test_one_code_of_several_is_shown_as_that():
    reading = Reading("camera", Presented.CODE, Secret("MUSTER 1"), Instant(0, 0), is_part=True)
    assert describe(reading, None, Words("en")).startswith("one code of several, 8 characters: ")


def test_a_code_that_a_camera_only_sees_again_is_no_line_more():
    telling = scan_command._Telling(None, b"", HandClock(), Words("en"))
    reading = Reading("camera", Presented.CODE, Secret("bytes:C7A9B5BD"), Instant(0, 0), by_sight=True)
    for one in (reading, dataclasses.replace(reading, again=True)):
        assert telling.sinks().deliver(one)
    assert "bytes:C7A9B5BD" in (telling.next(0) or "")
    assert telling.next(0) is None
