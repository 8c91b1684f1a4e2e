"""`muster doctor` as a process, on terminals that are well, not enrolled, and broken in several ways."""

import os
import subprocess
import sys

import pytest
from rich.cells import cell_len

from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.checkup.page import WIDTH
from kiosk.settings import NO_CENTRE, KioskFiles
from kiosk.setup.doctor import INSTALLED_SETTINGS, as_the_service, describe_findings
from kiosk.setup.listing import describe_machine
from kiosk.setup.machine import DeviceFile, Machine
from sync.line.certificate_authority import CertificateKind
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.live_authority import LiveAuthority
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import TERMINAL
from tests.sync.shipped_broker import ShippedBroker

ENGLISH = Words("en")
SCREEN_OF_80_BY_40 = 40


@pytest.fixture
def broker(tmp_path):
    """The shipped Mosquitto, which knows this terminal."""
    folder = tmp_path / "broker"
    folder.mkdir()
    authority = LiveAuthority(folder)
    authority.issue("broker", CertificateKind.SERVER, server_names=("localhost",))
    authority.issue(TERMINAL)
    running = ShippedBroker(folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def terminal(tmp_path, broker):
    """A terminal that is enrolled, and has a disk to write to."""
    folder = TerminalFolder(tmp_path, broker_port=broker.port)
    (tmp_path / "state").mkdir()
    (tmp_path / "pseudonym.key").chmod(0o600)
    (broker.folder / f"{TERMINAL}.key").chmod(0o640)
    files = f'ca_file = "{broker.folder}/ca.pem"\ncertificate_file = "{broker.folder}/{TERMINAL}.pem"\n'
    change(
        folder,
        'host = "127.0.0.1"\n',
        f'host = "localhost"\n{files}key_file = "{broker.folder}/{TERMINAL}.key"\n',
    )
    folder.set(certificate_warning_days=1)
    yield folder
    folder.scanner.unplug()


def change(terminal, old, new):
    text = terminal.settings.read_text()
    assert old in text
    terminal.settings.write_text(text.replace(old, new))


def rows(ended):
    """The marks of the page by what was checked."""
    page = ended.stdout.splitlines()
    return {
        line[2:16].split("  ")[0].strip(): line[0] for line in page if line[:2] in ("✔ ", "! ", "✖ ", "· ")
    }


def test_a_terminal_that_is_well_is_said_to_be_and_nothing_is_logged(terminal):
    ended = terminal.run("doctor")
    marks = rows(ended)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert "✖" not in marks.values()
    well = ("keys", "centre", "certificate", "broker", "roster", "clock", "disk", "devices")
    assert [one for one in well if marks[one] != "✔"] == []
    assert "localhost" in ended.stdout
    assert not terminal.log_file.exists()


def test_it_fits_on_a_screen_of_80_by_40(terminal, broker):
    terminal.scanner.unplug()
    broker.stop()
    lines = terminal.run("doctor").stdout.splitlines()
    assert len(lines) < SCREEN_OF_80_BY_40
    assert max(map(cell_len, lines)) <= WIDTH


def test_a_terminal_without_keys_is_not_enrolled_and_told_how_to_be(terminal):
    terminal.set(centre_key=NO_CENTRE)
    (terminal.folder / "terminal.key").unlink()
    ended = terminal.run("doctor")
    assert ended.returncode == 1
    assert "1. This terminal is not enrolled yet" in ended.stdout
    assert "`muster enrol TOKEN`" in ended.stdout
    assert {rows(ended)[one] for one in ("centre", "certificate", "broker", "roster", "log")} == {"·"}


def test_a_revoked_certificate_a_dead_broker_and_a_wrong_name_are_told_apart(terminal, broker):
    change(terminal, 'host = "localhost"', 'host = "127.0.0.1"')
    assert "proves to be another host than 127.0.0.1" in said(terminal)
    change(terminal, 'host = "127.0.0.1"', 'host = "localhost"')
    broker.stop()
    assert "can't be reached (Connection refused)" in said(terminal)


def said(terminal):
    ended = terminal.run("doctor")
    assert ended.returncode == 1
    return " ".join(ended.stdout.split())  # as it reads, wherever its lines end


def test_while_the_engine_runs_it_is_asked_for_what_it_holds(terminal):
    processes = [terminal.start(name) for name in ("engine", "uplink")]
    listener = Listener(KioskFiles(terminal.settings).socket)
    try:
        listener.status_where(lambda status: status.link.connected and status.devices[0].state == "ready")
        ended = terminal.run("doctor")
        assert ended.returncode == 0, ended.stdout
        assert "and the uplink is connected" in ended.stdout
        assert rows(ended)["screens"] == rows(ended)["devices"] == rows(ended)["log"] == "✔"
        assert "to be sent" in ended.stdout
        assert "runuser" not in ended.stdout
    finally:
        listener.close()
        for process in processes:
            end(process)


def test_a_missing_device_ends_with_1_and_is_told_once(terminal):
    terminal.scanner.unplug()
    told = said(terminal)
    # The path is longer than a line.
    path = str(terminal.scanner.path)
    assert f"Thedevicescanneristobeat{path},whichdoesnotexist." in told.replace(" ", "")
    assert "can't be opened" not in told


def test_a_log_that_was_torn_ends_with_1(terminal):
    engine = terminal.start("engine")
    until(terminal.log_file.exists)
    end(engine)
    content = terminal.log_file.read_bytes()
    terminal.log_file.write_bytes(content[:4096] + bytes(len(content) - 4096))
    ended = terminal.run("doctor")
    assert (ended.returncode, rows(ended)["log"]) == (1, "✖")


@pytest.mark.skipif(INSTALLED_SETTINGS.exists(), reason="a terminal is installed on this machine")
def test_without_settings_it_lists_devices_and_blames_nobody():
    ended = muster("doctor")
    assert ended.returncode == 0, ended.stderr
    assert "Devices of this machine" in ended.stdout
    assert "no device was tried" in ended.stdout
    assert "`muster enrol TOKEN`" in ended.stdout


def test_devices_alone_are_listed_on_request(terminal):
    ended = muster("doctor", "--devices", "--config", str(terminal.settings))
    assert ended.returncode == 0
    assert ended.stdout.startswith("Devices of this machine")
    assert "✔" not in ended.stdout


def muster(*words):
    return subprocess.run(
        [sys.executable, "-m", "muster", *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


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


def test_findings_of_a_machine_are_numbered_with_their_remedy():
    findings = [Trouble("engine_ended"), Trouble("zbar_missing")]
    assert list(describe_findings(findings, ENGLISH)) == [
        "\nWhat to repair",
        "  1. The terminal's engine ended the connection.",
        "     → It comes back by itself when the engine runs again.",
        "  2. The library zbar is missing.",
        "     → Install the Debian package libzbar0.",
    ]


def test_the_listing_is_told_in_the_readers_language():
    machine = Machine(user="root", card_service_fault=Trouble("card_reader_missing"))
    english = {*describe_machine(machine, ENGLISH)}
    for words in (Words("zh-Hans"), Words("ar")):
        told = list(describe_machine(machine, words))
        assert {line for line in told if line in english} <= {"  GPIO: none"}


def test_root_is_told_how_to_try_as_the_service_does(terminal):
    ended = terminal.run("doctor")
    assert (as_the_service() in ended.stdout) == (os.geteuid() == 0)
