"""Each device of a terminal, tried through its own driver without an engine."""

import sys
import threading

import pytest

from drivers.reading import DeviceState
from drivers.serial_port import SerialPort
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.id_card import SimulatedIdCardReader
from kiosk.settings import KioskFiles
from kiosk.setup.trial import first_codes, try_devices
from tests.english import in_english
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.patience import PATIENCE_S


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


def add(terminal, table):
    with terminal.settings.open("a") as file:
        file.write(table)


def tried(terminal):
    return {one.device: one for one in try_devices(KioskFiles(terminal.settings).settings)}


def test_a_port_that_another_program_uses_is_a_fault(terminal):
    port = SerialPort(str(terminal.scanner.path), baud=9600, read_timeout_ms=50)
    port.open()
    try:
        health = tried(terminal)["scanner"]
    finally:
        port.close()
    assert health.state is DeviceState.FAULT
    assert "Another program uses the port" in in_english(health.fault)


def test_every_device_is_tried_through_its_own_protocol(terminal):
    with SimulatedIdCardReader(terminal.folder / "idcard") as reader, SimulatedCamera() as camera:
        add(terminal, f'[[id_card]]\nname = "id-card"\nport = "{reader.line.path}"\n')
        add(terminal, f'[[camera]]\nname = "camera"\nsource = "{camera.url}"\n')
        assert {one.state for one in tried(terminal).values()} == {DeviceState.READY}
        reader.silent = True
        healths = tried(terminal)
    assert healths["camera"].state is DeviceState.READY
    assert "The card reader id-card does not answer" in in_english(healths["id-card"].fault)


def test_a_missing_library_is_the_fault_of_its_devices_alone(terminal, monkeypatch):
    add(terminal, '[[camera]]\nname = "camera"\nsource = "/dev/video0"\n')
    monkeypatch.setitem(sys.modules, "drivers.camera.driver", None)
    healths = tried(terminal)
    assert healths["scanner"].state is DeviceState.READY
    assert healths["camera"].state is DeviceState.FAULT
    assert "muster[kiosk]" in in_english(healths["camera"].fault)


def test_the_first_code_of_each_device_is_taken_and_what_did_not_come_is_missing(terminal):
    settings = KioskFiles(terminal.settings).settings
    holding = threading.Thread(
        target=keep_scanning, args=(terminal.scanner, "first", stop := threading.Event())
    )
    holding.start()
    try:
        assert first_codes(settings, ["scanner"], PATIENCE_S * 1000) == {"scanner": "first"}
    finally:
        stop.set()
        holding.join()
    assert first_codes(settings, ["scanner"], 1) == {}


def keep_scanning(scanner, text, stop):
    """As somebody who holds a badge up until it is read."""
    while not stop.wait(0.05):
        scanner.scan(text)
