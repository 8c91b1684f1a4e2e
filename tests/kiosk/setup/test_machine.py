"""One look at a machine, on folders that stand in for machines."""

import sys

import pytest

from kiosk.setup.machine import Machine, inspect, look_at_this_machine
from tests.english import in_english


@pytest.fixture
def root(tmp_path):
    """A machine with one scanner, one camera with its second node, a keyboard and a busy ModemManager."""
    for place in ("dev/ttyUSB0", "dev/video0", "dev/video1", "dev/input/event3", "dev/gpiochip0"):
        write(tmp_path / place)
    link(tmp_path / "dev/serial/by-id/usb-Honeywell_1900-if00-port0", "../../ttyUSB0")
    link(tmp_path / "dev/v4l/by-id/usb-Cam-video-index0", "../../video0")
    link(tmp_path / "dev/v4l/by-id/usb-Cam-video-index1", "../../video1")
    link(tmp_path / "dev/input/by-id/usb-Keypad-event-kbd", "../event3")
    write(tmp_path / "proc/812/comm", "ModemManager\n")
    link(tmp_path / "proc/812/fd/5", "/dev/ttyUSB0")
    write(tmp_path / "proc/modules", "pn533_usb 24576 0 - Live 0x0\nnfc 131072 1 pn533, Live 0x0\n")
    return tmp_path


def write(place, text=""):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def link(place, target):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def test_it_lists_each_device_once_by_its_stable_name(root):
    machine = inspect(root)
    (port,) = machine.serial_ports
    assert (port.path, port.real) == ("/dev/serial/by-id/usb-Honeywell_1900-if00-port0", "/dev/ttyUSB0")
    assert [one.path for one in machine.cameras] == ["/dev/v4l/by-id/usb-Cam-video-index0"]
    assert [one.path for one in machine.keyboards] == ["/dev/input/by-id/usb-Keypad-event-kbd"]
    assert [one.path for one in machine.gpio_chips] == ["/dev/gpiochip0"]


def test_it_lists_ports_that_have_no_stable_name(root):
    write(root / "dev/ttyACM0")
    assert "/dev/ttyACM0" in [one.path for one in inspect(root).serial_ports]


def test_it_names_the_process_that_has_a_port_open(root):
    machine = inspect(root)
    assert machine.serial_ports[0].holders == ("ModemManager (812)",)
    assert machine.cameras[0].holders == ()
    assert "ModemManager" in machine.processes


def test_it_reads_the_kernel_modules(root):
    assert inspect(root).modules == {"pn533_usb", "nfc"}


def test_it_notices_brltty_and_the_card_service(root):
    assert (inspect(root).has_brltty, inspect(root).has_card_service) == (False, False)
    write(root / "usr/bin/brltty")
    write(root / "run/pcscd/pcscd.comm")
    assert (inspect(root).has_brltty, inspect(root).has_card_service) == (True, True)


def test_it_keeps_the_named_paths_that_exist_as_they_were_named(root):
    named = inspect(root, ["/dev/ttyUSB0", "/dev/ttyUSB7"]).named
    assert [(one.path, one.holders) for one in named] == [("/dev/ttyUSB0", ("ModemManager (812)",))]


def test_a_named_link_that_leads_nowhere_does_not_exist(root):
    link(root / "dev/muster/scanner", "../ttyUSB9")
    assert inspect(root, ["/dev/muster/scanner"]).named == ()


def test_an_empty_machine_has_nothing(tmp_path):
    machine = inspect(tmp_path)
    assert machine == Machine(user=machine.user)


def test_it_knows_who_owns_the_import_names_of_this_machine(monkeypatch):
    # Once pcscd was asked, its library finds no other one in this process, where other tests need theirs.
    monkeypatch.setattr("kiosk.setup.machine._card_readers", lambda: ((), ""))
    assert look_at_this_machine().import_owners["serial"] == {"pyserial"}


def test_where_the_library_for_cards_is_missing_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "drivers.contactless.pcsc", None)
    fault = in_english(look_at_this_machine().card_service_fault)
    assert fault.startswith("Contactless cards can't be read: import of drivers.contactless.pcsc halted")
    assert fault.endswith("Install pcscd: apt-get install pcscd libccid.")
