"""The keyboard against python-evdev on a device of umockdev's, which answers the kernel's ioctls."""

import errno
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import drivers
from drivers.keyboard.port import Keyboard
from drivers.settings import KeyboardSettings
from drivers.simulated.keyboard import _KEYS, SimulatedKeyboard
from foundation.errors import DeviceError
from tests.sync.patience import PATIENCE_S

needs_umockdev = pytest.mark.skipif(
    shutil.which("umockdev-run") is None, reason="umockdev is not installed (apt install umockdev)"
)

# The stand-in itself (umockdev 0.17) was seen to die by SIGSEGV, in one of some thousand runs: tried again.
# A death of the driver's process is none of it, for there Python's fault handler says where.
STAND_IN_TRIES = 3

DEVICE = """P: /devices/test/input7/event7
N: input/event7
E: DEVNAME=/dev/input/event7
E: MAJOR=13
E: MINOR=71
E: SUBSYSTEM=input
A: dev=13:71
"""

READ_ONE = """
import sys, time
from foundation.words import Words
from drivers.reading import Instant
from drivers.settings import KeypadSettings, WedgeSettings
from drivers.keyboard.drivers import KeypadDriver, WedgeDriver

kinds = {{"scanner": (WedgeDriver, WedgeSettings), "keypad": (KeypadDriver, KeypadSettings)}}
driver_of_kind, settings_of_kind = kinds["{kind}"]
readings = []
driver = driver_of_kind(
    settings_of_kind(name="wedge", path="/dev/input/event7", usb_id="{usb_id}"),
    deliver=lambda reading: not readings.append(reading),
    now=lambda: Instant(0, 0),
)
driver.start()
give_up_at = time.monotonic() + 100
while not readings and not driver.health().fault and time.monotonic() < give_up_at:
    time.sleep(0.01)
fault = driver.health().fault
driver.stop()
print(Words("en").trouble(fault) if fault else readings[0].payload.reveal())
"""


def ioctls(name, vendor, product):
    """What the device answers; each answer must have the size that the caller has room for."""

    def text(value):
        return value.encode().ljust(256, b"\x00").hex().upper()

    numbers = b"".join(number.to_bytes(2, "little") for number in (3, vendor, product, 0x110)).hex().upper()
    return "\n".join(
        (
            "@DEV /dev/input/event7",
            f"EVIOCGID 0 {numbers}",
            "EVIOCGVERSION 0 01000100",
            f"EVIOCGNAME 256 {text(name)}",
            f"EVIOCGPHYS 256 {text('usb-test-1')}",
            f"EVIOCGUNIQ 256 {text('')}",
            "EVIOCGBIT(0) 4 13001200",
            f"EVIOCGBIT(1) 96 {'FF' * 96}",
            "EVIOCGEFFECTS 0 00000000",
            "",
        )
    )


def events(text):
    """What evemu would have recorded while `text` was typed, a millisecond between reports."""
    lines, moment_us = [], 0
    for character in text:
        shifted, code = _KEYS[character.encode()]
        presses = [(code, 1), (code, 0)]
        for key, value in [(42, 1), *presses, (42, 0)] if shifted else presses:
            moment_us += 1000
            stamp = f"E: {moment_us / 1_000_000:.6f}"
            lines += [f"{stamp} 0001 {key:04x} {value:04d}", f"{stamp} 0000 0000 0000"]
    return "\n".join([*lines, ""])


@pytest.fixture
def type_to_driver(tmp_path):
    def run(kind, text, usb_id="1234:5678"):
        (tmp_path / "device.umockdev").write_text(DEVICE)
        (tmp_path / "device.ioctl").write_text(ioctls("Muster test scanner", 0x1234, 0x5678))
        (tmp_path / "typed.events").write_text(events(text))
        command = [
            "umockdev-run",
            *("-d", tmp_path / "device.umockdev"),
            *("-i", f"/dev/input/event7={tmp_path / 'device.ioctl'}"),
            *("-e", f"/dev/input/event7={tmp_path / 'typed.events'}"),
            *("--", sys.executable, "-X", "faulthandler", "-c", READ_ONE.format(kind=kind, usb_id=usb_id)),
        ]
        for _ in range(STAND_IN_TRIES):
            done = subprocess.run(
                command,
                cwd=Path(drivers.__file__).parents[1],
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
                check=False,
            )
            if done.returncode != -signal.SIGSEGV or done.stderr:
                break
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    return run


@needs_umockdev
def test_it_reads_a_scanner_through_python_evdev(type_to_driver):
    assert type_to_driver("scanner", "Att1.x-7F$/+%*:\r") == "Att1.x-7F$/+%*:"


@needs_umockdev
def test_it_reads_a_keypad_through_python_evdev(type_to_driver):
    assert type_to_driver("keypad", "4711\r") == "4711"


@needs_umockdev
def test_it_refuses_an_unknown_device_through_python_evdev(type_to_driver):
    assert "is 1234:5678, not 0c2e:0b61" in type_to_driver("scanner", "A\r", usb_id="0c2e:0b61")


def test_it_says_that_a_file_is_no_input_device(tmp_path):
    with pytest.raises(DeviceError, match="ENOTTY") as caught:
        Keyboard("/dev/null", "1234:5678").open()
    assert "Name an input device" in caught.value.remedy


def test_it_says_how_to_get_a_missing_one(tmp_path):
    with pytest.raises(DeviceError, match="ENOENT") as caught:
        Keyboard(str(tmp_path / "nowhere"), "1234:5678").open()
    assert "Plug it in" in caught.value.remedy


@pytest.mark.parametrize(
    "failure", [OSError(errno.EBUSY, "busy"), SystemError("returned NULL without an error")]
)
def test_it_says_why_it_could_not_be_taken(tmp_path, failure, monkeypatch):
    device = SimulatedKeyboard(tmp_path / "kbd", "1234:5678")

    def fail():
        raise failure

    monkeypatch.setattr(device, "grab", fail)
    keyboard = Keyboard(str(device.path), "1234:5678", device.open_device)
    with pytest.raises(DeviceError, match="can't be opened"):
        keyboard.open()
    keyboard.close()


def test_it_says_that_it_was_lost(tmp_path):
    device = SimulatedKeyboard(tmp_path / "kbd", "1234:5678")
    keyboard = Keyboard(str(device.path), "1234:5678", device.open_device)
    keyboard.open()
    device.unplug()
    with pytest.raises(DeviceError, match=r"was lost.*ENODEV"):
        keyboard.read(1000)
    keyboard.close()
    keyboard.close()


@pytest.mark.parametrize("usb_id", ["", "1234", "1234:567G", "0C2E:0B61"])
def test_its_settings_name_one_device(usb_id):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "wedge", "path": "/dev/input/event7", "usb_id": usb_id}, KeyboardSettings)


def test_one_that_this_account_may_not_open_says_which_group_to_join(tmp_path):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.raises(DeviceError, match=r"can't be opened \(EACCES\)") as refused:
        Keyboard(str(tmp_path / "kbd"), "1234:5678", refuse).open()
    assert "(input)" in refused.value.remedy
