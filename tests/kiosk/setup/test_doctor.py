"""`muster doctor` as a process, with devices on pseudo-terminals and without any."""

import subprocess
import sys

import pytest

from drivers.reading import DeviceHealth, DeviceState
from drivers.serial_port import SerialPort
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.id_card import SimulatedIdCardReader
from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.settings import KioskFiles
from kiosk.setup.doctor import (
    INSTALLED_SETTINGS,
    describe_findings,
    describe_machine,
    describe_trial,
    try_devices,
)
from kiosk.setup.machine import DeviceFile, Machine
from tests.english import in_english
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.patience import PATIENCE_S

ENGLISH = Words("en")


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


def add(terminal, table):
    with terminal.settings.open("a") as file:
        file.write(table)


def test_a_working_scanner_is_ready_and_nothing_is_logged(terminal):
    ended = terminal.run("doctor")
    assert ended.returncode == 0, ended.stderr
    assert "scanner (scanner): ready" in ended.stdout
    assert not terminal.log_file.exists()
    assert ended.stderr == ""


def test_a_missing_device_ends_with_1_and_says_what_to_do(terminal):
    terminal.scanner.unplug()
    ended = terminal.run("doctor")
    assert ended.returncode == 1
    assert f"scanner (scanner): FAULT. The port {terminal.scanner.path} can't be opened" in ended.stdout
    assert f"The device scanner is to be at {terminal.scanner.path}, which does not exist." in ended.stdout


def test_a_port_that_another_program_uses_is_a_fault(terminal):
    port = SerialPort(str(terminal.scanner.path), baud=9600, read_timeout_ms=50)
    port.open()
    try:
        ended = terminal.run("doctor")
    finally:
        port.close()
    assert ended.returncode == 1
    assert "Another program uses the port" in ended.stdout


def test_every_device_is_tried_through_its_own_protocol(terminal):
    with SimulatedIdCardReader(terminal.folder / "idcard") as reader, SimulatedCamera() as camera:
        add(terminal, f'[[id_card]]\nname = "id-card"\nport = "{reader.line.path}"\n')
        add(terminal, f'[[camera]]\nname = "camera"\nsource = "{camera.url}"\n')
        assert terminal.run("doctor").returncode == 0
        reader.silent = True
        ended = terminal.run("doctor")
    assert ended.returncode == 1
    assert "camera (camera): ready" in ended.stdout
    assert "id-card (id_card): FAULT. The card reader id-card does not answer" in ended.stdout


def test_a_missing_library_is_the_fault_of_its_devices_alone(terminal, monkeypatch):
    add(terminal, '[[camera]]\nname = "camera"\nsource = "/dev/video0"\n')
    monkeypatch.setitem(sys.modules, "drivers.camera.driver", None)
    healths = {one.device: one for one in try_devices(KioskFiles(terminal.settings).settings)}
    assert healths["scanner"].state is DeviceState.READY
    assert healths["camera"].state is DeviceState.FAULT
    assert "muster[kiosk]" in in_english(healths["camera"].fault)


def test_a_device_that_opens_for_ever_did_not_open_in_time():
    stuck = DeviceHealth("camera", "camera", DeviceState.OPENING)
    assert "did not open in time" in "\n".join(describe_trial([stuck], ENGLISH))


def test_settings_without_a_device_say_so():
    assert list(describe_trial([], ENGLISH)) == ["  The settings name no device."]


@pytest.mark.skipif(INSTALLED_SETTINGS.exists(), reason="a terminal is installed on this machine")
def test_it_works_without_settings(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "muster", "doctor"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "Devices of this machine" in ended.stdout
    assert "no device was tried" in ended.stdout


def test_wrong_settings_are_told_as_one_sentence(terminal):
    terminal.settings.write_text('terminal = "north-gate"\n')
    ended = terminal.run("doctor")
    assert ended.returncode == 1
    assert "centre_key" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_devices_are_listed_with_what_stands_behind_them():
    port = DeviceFile("/dev/serial/by-id/usb-x", "/dev/ttyUSB0", "dialout")
    machine = Machine(user="a", serial_ports=(port,), card_readers=("ACS ACR122U 00 00",))
    told = "\n".join(describe_machine(machine, ENGLISH))
    assert "/dev/serial/by-id/usb-x → /dev/ttyUSB0" in told
    assert "ACS ACR122U" in told
    assert "cameras: none" in told


def test_findings_are_numbered_with_their_remedy():
    findings = [Trouble("engine_ended"), Trouble("zbar_missing")]
    assert list(describe_findings(findings, "a", ENGLISH)) == [
        "\nWhat to repair",
        "  1. The terminal's engine ended the connection.",
        "     → It comes back by itself when the engine runs again.",
        "  2. The library zbar is missing.",
        "     → Install the Debian package libzbar0.",
    ]


def test_everything_is_told_in_the_readers_language():
    machine = Machine(user="root", card_service_fault=Trouble("card_reader_missing"))
    faulty = DeviceHealth("gate", "scanner", DeviceState.FAULT, fault=Trouble("camera_gone"))
    for words in (Words("zh-Hans"), Words("ar")):
        told = [
            *describe_machine(machine, words),
            *describe_trial([faulty], words),
            *describe_trial([], words),
            *describe_findings([Trouble("zbar_missing")], "root", words),
        ]
        english = {*describe_machine(machine, ENGLISH), *describe_trial([faulty], ENGLISH)}
        assert {line for line in told if line in english} <= {"  GPIO: none"}
        assert any(words.trouble(Trouble("camera_gone")) in line for line in told)


def test_root_is_told_how_to_try_as_the_service_does():
    assert any("runuser" in line for line in describe_findings([], "root", ENGLISH))
    assert not any("runuser" in line for line in describe_findings([], "muster-kiosk", ENGLISH))
