"""What it takes to add a kind of device: its own files, a row, an example, a card; nothing else is touched.

The palm reader of `tests/kiosk/palm.py` gets its row for as long as a test runs.
"""

import dataclasses
import threading
from pathlib import Path

import pytest
import structlog

from drivers import catalog
from foundation.errors import SettingsError
from foundation.words import Words
from kiosk.engine_process import Terminal
from kiosk.local_api.messages import Decided, Outcome
from kiosk.settings import KioskFiles
from kiosk.setup import examination
from kiosk.setup.doctor import run_doctor
from kiosk.setup.machine import DeviceFile, Machine, inspect
from kiosk.setup.scan import run_scan, settings_of
from tests.drivers.known_kinds import CARDS, EXAMPLES, missing_of
from tests.kiosk.palm import CARD, EXAMPLE, PALM
from tests.kiosk.terminal_files import Listener, TerminalFolder
from tests.sync.patience import PATIENCE_S

LI_MINGS_PALM = "LIB-00412"


@pytest.fixture
def row(monkeypatch):
    monkeypatch.setattr(catalog, "DEVICE_KINDS", (*catalog.DEVICE_KINDS, PALM))


@pytest.fixture
def reader(tmp_path):
    with PALM.load_twin()(tmp_path / "palm") as plugged_in:
        yield plugged_in


@pytest.fixture
def terminal(tmp_path, reader):
    """A terminal with a scanner, as every one in these tests, and a palm reader."""
    folder = TerminalFolder(tmp_path)
    with folder.settings.open("a") as file:
        file.write(f'\n[[palm]]\nname = "gate-palm"\nport = "{reader.path}"\n')
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def in_our_process(monkeypatch):
    """Doctor and scan are processes of their own: undo what they leave behind in ours.

    They turn the drivers' logs down, and once pcscd was asked, its library finds no other pcscd any more.
    """
    monkeypatch.setattr(examination, "look_at_this_machine", lambda named: inspect(Path("/"), named))
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_without_its_row_it_is_no_setting(terminal):
    with pytest.raises(SettingsError, match="key 'palm': no such setting exists"):
        KioskFiles(terminal.settings)


def test_the_settings_take_it_with_its_defaults(row, terminal):
    (device,) = [one for one in KioskFiles(terminal.settings).settings.devices if one.kind is PALM]
    assert (device.name, device.settings.baud, device.settings.strictness) == ("gate-palm", 9600, 3)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("finger = 1", "key 'palm[0].finger': no such setting exists"),
        ('strictness = "high"', "key 'palm[0].strictness': expected `int`, got `str`"),
        ("baud = 300", "key 'palm[0].baud': invalid enum value 300, expected one of 1200, 2400"),
        ('[[palm]]\nname = "scanner"\nport = "x"', "two devices are named 'scanner'"),
    ],
)
def test_a_wrong_key_of_it_is_told_like_any_other(row, terminal, more, told):
    with terminal.settings.open("a") as file:
        file.write(more + "\n")
    with pytest.raises(SettingsError) as refused:
        KioskFiles(terminal.settings)
    assert str(refused.value).startswith(f"In {terminal.settings}, ")
    assert told in str(refused.value)


def test_the_engine_runs_it_and_lets_people_in(row, terminal, reader):
    stop = threading.Event()
    engine = threading.Thread(target=Terminal(KioskFiles(terminal.settings)).run, args=(stop,))
    engine.start()
    listener = Listener(terminal.folder / "kiosk.sock")
    try:
        listener.status_where(lambda status: [one.state for one in status.devices] == ["ready", "ready"])
        reader.hold(LI_MINGS_PALM)
        decided = listener.next(Decided)
        reader.hold("?")
        unknown = listener.next(Decided)
        shown = listener.status_where(lambda status: status.devices[1].unreadable).devices[1]
    finally:
        stop.set()
        listener.close()
        engine.join(PATIENCE_S)
    assert (decided.outcome, decided.name, decided.device) == (Outcome.ACCEPTED_IN, "李明", "gate-palm")
    assert (unknown.outcome, unknown.device) == (Outcome.UNREADABLE, "gate-palm")
    assert (shown.name, shown.kind, shown.readings) == ("gate-palm", "palm", 1)


def test_doctor_tries_it_and_names_it(row, terminal, in_our_process):
    assert "ready: scanner, gate-palm" in told_by_doctor(terminal)


def test_doctor_misses_it(row, terminal, reader, in_our_process):
    reader.unplug()
    told = told_by_doctor(terminal).replace(" ", "").replace("\n", "")
    assert f"Thedevicegate-palmistobeat{reader.path},whichdoesnotexist." in told


def told_by_doctor(terminal):
    said = []
    run_doctor(terminal.settings, Words("en"), said.append)
    return "\n".join(said)


def test_scan_shows_what_it_reads(row, terminal, reader, in_our_process):
    said = []
    stop = threading.Event()

    def say(line):
        said.append(line)
        if line.endswith("gate-palm  palm ready"):
            reader.hold(LI_MINGS_PALM)
        elif "gate-palm  code" in line:
            stop.set()

    run_scan(terminal.settings, PATIENCE_S, stop, Words("en"), say)
    assert stop.is_set(), said
    assert said[-1].endswith("gate-palm  code, 9 characters: LI…12")
    assert any(line.startswith("Present something to scanner, gate-palm.") for line in said)


def test_it_can_be_what_scan_takes_every_serial_port_for(monkeypatch):
    known = [kind for kind in catalog.DEVICE_KINDS if not kind.is_presumed]
    presumed = dataclasses.replace(PALM, name="palm_reader", is_presumed=True)
    monkeypatch.setattr(catalog, "DEVICE_KINDS", (*known, presumed))
    port = DeviceFile("/dev/serial/by-id/usb-palm", "/dev/ttyUSB0", "dialout")
    (device,) = settings_of(Machine(user="a", serial_ports=(port,))).devices
    assert (device.kind, device.name, device.file) == (presumed, "palm-reader-1", port.path)


def test_it_lacks_an_example_and_a_card_and_nothing_else_until_they_are_written():
    assert missing_of(PALM) == ["an example in config/kiosk.toml", "a card in drivers/QUALITY.toml"]
    assert missing_of(PALM, EXAMPLES + EXAMPLE, CARDS + CARD) == []
