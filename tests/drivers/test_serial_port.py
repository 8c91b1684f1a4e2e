import errno
import threading

import msgspec
import pytest
import serial

from drivers.serial_port import SerialPort
from drivers.settings import SerialSettings
from drivers.simulated.serial_line import AnsweringLine, SerialLine
from foundation.errors import DeviceError
from tests.sync.patience import PATIENCE_S


@pytest.fixture
def line(tmp_path):
    with SerialLine(tmp_path / "port") as plugged_in:
        yield plugged_in


def opened(path, read_timeout_ms=1000 * PATIENCE_S):
    port = SerialPort(str(path), baud=9600, read_timeout_ms=read_timeout_ms)
    port.open()
    return port


@pytest.fixture
def port(line):
    port = opened(line.path)
    yield port
    port.close()


def test_it_reads_what_the_device_sends(port, line):
    line.send(b"hello")
    data = b""
    while len(data) < 5:
        data += port.read()
    assert data == b"hello"


def test_it_sends_to_the_device(port, line):
    port.write(b"AT\r")
    assert line.receive(1000 * PATIENCE_S) == b"AT\r"


def test_it_hears_no_echo_of_what_it_sends(tmp_path):
    with AnsweringLine(tmp_path / "port", bytes.upper) as device:
        port = opened(device.line.path)
        port.write(b"at")
        assert port.read()[:1] == b"A"
        port.close()


def test_it_returns_nothing_after_the_time_out(line):
    port = opened(line.path, read_timeout_ms=10)
    assert port.read() == b""
    port.close()


def test_it_wakes_a_waiting_read(line):
    port = opened(line.path, read_timeout_ms=3_600_000)
    waker = threading.Thread(target=port.interrupt)
    waker.start()
    assert port.read() == b""
    waker.join()
    port.close()


def test_it_forgets_what_was_not_read(port, line, until):
    line.send(b"old")
    until(lambda: port._serial.in_waiting == 3)
    port.discard_input()
    line.send(b"!")
    assert port.read() == b"!"


@pytest.mark.parametrize("action", [lambda port: port.read(), lambda port: port.discard_input()])
def test_it_says_that_an_unplugged_port_was_lost(port, line, action):
    line.unplug()
    with pytest.raises(DeviceError, match="was lost") as caught:
        action(port)
    assert "as soon as it is back" in caught.value.remedy


def test_it_says_that_it_can_no_longer_send(port, line):
    line.unplug()
    with pytest.raises(DeviceError, match="was lost"):
        port.write(b"AT\r")


def test_it_says_how_to_get_a_missing_port(tmp_path):
    with pytest.raises(DeviceError, match="ENOENT") as caught:
        opened(tmp_path / "nowhere")
    assert "Plug the device in" in caught.value.remedy


def test_it_says_that_a_file_is_not_a_port(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DeviceError, match="ENOTTY") as caught:
        opened(tmp_path / "file")
    assert "Name a serial port" in caught.value.remedy


def test_it_keeps_the_port_for_itself(port, line):
    with pytest.raises(DeviceError, match="EAGAIN") as caught:
        opened(line.path)
    assert "Another program" in caught.value.remedy


def test_it_may_be_closed_twice_and_interrupted_when_closed(port):
    port.close()
    port.close()
    port.interrupt()


def test_it_is_plugged_in_while_its_path_exists(line):
    port = SerialPort(str(line.path), baud=9600, read_timeout_ms=10)
    assert port.is_plugged_in()
    line.unplug()
    assert not port.is_plugged_in()
    line.plug_in()
    assert port.is_plugged_in()


@pytest.mark.parametrize("wrong", [{"baud": 12345}, {"name": "Über"}, {"port": ""}, {"speed": 9600}])
def test_its_settings_refuse_what_makes_no_sense(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "gate", "port": "/dev/ttyS0"} | wrong, SerialSettings)


def test_a_port_that_this_account_may_not_open_says_which_group_to_join(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise serial.SerialException(errno.EACCES, "Permission denied")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(DeviceError, match=r"can't be opened \(EACCES\)") as refused:
        opened(tmp_path / "port")
    assert "(dialout)" in refused.value.remedy


def test_a_port_that_fails_when_it_is_opened_is_told(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise serial.SerialException(errno.EIO, "Input/output error")

    monkeypatch.setattr(serial, "Serial", fail)
    with pytest.raises(DeviceError, match=r"port can't be opened \(EIO\)") as refused:
        opened(tmp_path / "port")
    assert "Check the cable" in refused.value.remedy


def test_nothing_is_read_from_a_port_before_it_is_opened(line):
    with pytest.raises(DeviceError, match=r"is not open. Open it first"):
        SerialPort(str(line.path), baud=9600, read_timeout_ms=10).read()
