import os
import termios

import pytest

from drivers.simulated import serial_line
from drivers.simulated.em4100 import SimulatedEm4100
from drivers.simulated.serial_line import AnsweringLine, SerialLine
from tests.sync.patience import PATIENCE_S


@pytest.fixture
def line(tmp_path):
    with SerialLine(tmp_path / "port") as plugged_in:
        yield plugged_in


@pytest.fixture
def host(line):
    end = os.open(line.path, os.O_RDWR | os.O_NOCTTY)
    yield end
    os.close(end)


def test_its_path_is_a_terminal_that_echoes_nothing(line, host):
    local_modes = termios.tcgetattr(host)[3]
    assert not local_modes & (termios.ECHO | termios.ICANON)


def test_it_carries_bytes_both_ways(line, host):
    line.send(b"\x00\x03\r\n\xff")
    assert os.read(host, 100) == b"\x00\x03\r\n\xff"
    os.write(host, b"\x04\x1a")
    assert line.receive(1000 * PATIENCE_S) == b"\x04\x1a"


def test_an_unplugged_line_has_no_path_and_hangs_up(line, host):
    line.unplug()
    assert not line.path.exists()
    with pytest.raises(OSError, match="Input/output error"):
        os.write(host, b"A")


def test_it_is_plugged_in_again_at_the_same_path(line):
    before = line.path.readlink()
    keep_number = os.open(line.path, os.O_RDWR | os.O_NOCTTY)
    line.unplug()
    line.plug_in()
    line.plug_in()
    assert line.path.readlink() != before
    os.close(keep_number)


def test_what_is_sent_without_a_plug_is_lost(line):
    line.unplug()
    line.unplug()
    line.send(b"A")
    assert line.receive(1) == b""
    line.plug_in()
    assert line.receive(1) == b""


def test_what_nobody_reads_in_time_is_lost(line, monkeypatch):
    monkeypatch.setattr(serial_line, "_DROP_AFTER_MS", 20)
    line.send(bytes(1_000_000))


def test_it_answers_what_it_is_asked(tmp_path):
    with AnsweringLine(tmp_path / "port", bytes.upper) as device:
        end = os.open(device.line.path, os.O_RDWR | os.O_NOCTTY)
        os.write(end, b"at")
        assert os.read(end, 1) == b"A"
        os.close(end)
    assert not device.line.path.exists()


def test_a_simulated_tag_sends_the_frame_of_a_real_one(tmp_path):
    with SimulatedEm4100(tmp_path / "em4100") as module:
        end = os.open(module.path, os.O_RDWR | os.O_NOCTTY)
        module.hold("010063E9AE", repeats=1)
        assert os.read(end, 100) == b"\x02010063E9AE25\x03"
        os.close(end)
