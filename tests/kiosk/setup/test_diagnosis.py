"""What is wrong with a machine: every finding, and silence where nothing is."""

import dataclasses
from typing import NamedTuple

import pytest

from drivers.settings import CameraSettings, ContactlessSettings, FeedbackSettings, ScannerSettings
from foundation.words import Words
from kiosk.settings import kiosk_settings
from kiosk.setup.diagnosis import devices_with_files, diagnose
from kiosk.setup.machine import DeviceFile, Machine


class Told(NamedTuple):
    what: str
    remedy: str


BY_ID = "/dev/serial/by-id/usb-Honeywell_1900-if00-port0"
PORT = DeviceFile(BY_ID, "/dev/ttyUSB0", "dialout")
HEALTHY = Machine(
    user="muster-kiosk",
    serial_ports=(PORT,),
    named=(PORT,),
    has_card_service=True,
    processes=frozenset({"systemd", "pcscd"}),
    import_owners={"muster": frozenset({"muster"}), "serial": frozenset({"pyserial"})},
)


def settings(**more):
    devices = {"scanner": [ScannerSettings(name="scanner", port=BY_ID)]} | more
    return kiosk_settings()(terminal="north-gate", centre_key="0" * 64, **devices)


def found(machine=HEALTHY, wanted=None, **changes):
    return diagnose(dataclasses.replace(machine, **changes), wanted or settings())


def only(findings):
    """What is said of the one finding."""
    (finding,) = findings
    words = Words("en")
    return Told(words.what(finding), words.remedy(finding))


def test_a_healthy_machine_has_nothing_to_repair():
    assert found() == []
    assert diagnose(HEALTHY, None) == []
    assert diagnose(Machine(user="somebody"), None) == []


def test_a_path_that_does_not_exist_is_told_with_the_similar_name():
    wanted = settings(scanner=[ScannerSettings(name="gate", port=BY_ID.replace("1900", "1950"))])
    finding = only(found(wanted=wanted))
    assert "gate is to be at /dev/serial/by-id/usb-Honeywell_1950" in finding.what
    assert BY_ID in finding.remedy
    assert "similarly named" in finding.remedy


def test_a_path_like_no_other_is_told_with_all_of_its_kind():
    wanted = settings(camera=[CameraSettings(name="camera", source="/dev/video7")])
    cameras = (DeviceFile("/dev/v4l/by-id/usb-Cam-index0", "/dev/video0", "video"),)
    finding = only(found(wanted=wanted, cameras=cameras))
    assert "/dev/v4l/by-id/usb-Cam-index0" in finding.remedy
    assert BY_ID not in finding.remedy


def test_a_missing_device_on_an_empty_machine_is_to_be_plugged_in():
    assert "no device of its kind" in only(found(named=(), serial_ports=())).remedy


def test_network_cameras_and_recordings_have_no_path_to_look_for():
    wanted = settings(
        scanner=[],
        camera=[
            CameraSettings(name="gate", source="rtsp://staff:secret@camera/"),
            CameraSettings(name="clip", source="clip.avi"),
        ],
    )
    assert devices_with_files(wanted) == []
    assert found(wanted=wanted) == []


@pytest.mark.parametrize("group", ["dialout", "video", "input"])
def test_a_forbidden_device_names_the_group_to_join(group):
    forbidden = dataclasses.replace(PORT, group=group, usable=False)
    finding = only(found(named=(forbidden,)))
    assert BY_ID in finding.what
    assert f"usermod -aG {group} muster-kiosk" in finding.remedy


def test_nobody_is_told_to_join_the_group_of_root():
    finding = only(found(named=(dataclasses.replace(PORT, group="root", usable=False),)))
    assert "usermod" not in finding.remedy
    assert "70-muster.rules" in finding.remedy


def test_without_settings_every_device_is_looked_at_and_with_them_only_theirs():
    other = DeviceFile("/dev/video0", "/dev/video0", "video", usable=False)
    machine = dataclasses.replace(HEALTHY, cameras=(other,))
    assert "/dev/video0" in only(diagnose(machine, None)).what
    assert diagnose(machine, settings()) == []


def test_a_port_that_another_process_has_open_is_told_with_its_name():
    held = dataclasses.replace(PORT, holders=("minicom (812)",))
    assert only(found(named=(held,))).what.startswith("minicom (812) has /dev/serial/by-id")


@pytest.mark.parametrize("real", ["/dev/pts/4", "/dev/input/event3"])
def test_a_second_process_is_no_trouble_at_stand_ins_and_keyboards(real):
    assert found(named=(dataclasses.replace(PORT, real=real, holders=("Xorg (1)",)),)) == []


def test_modules_that_grab_contactless_readers_are_told_with_the_blacklist():
    finding = only(found(modules=frozenset({"ext4", "nfc", "pn533", "pn533_usb"})))
    assert "blacklist pn533_usb\\nblacklist pn533\\nblacklist nfc\\n" in finding.remedy
    assert "modprobe -r pn533_usb pn533 nfc" in finding.remedy


def test_modem_manager_is_told_with_both_ways_out():
    finding = only(found(processes=frozenset({"ModemManager"})))
    assert "purge modemmanager" in finding.remedy
    assert "ID_MM_DEVICE_IGNORE" in finding.remedy


def test_brltty_is_told():
    assert "purge brltty" in only(found(has_brltty=True)).remedy


def test_the_card_service_is_missed_only_where_a_reader_is_named():
    assert found(has_card_service=False) == []
    wanted = settings(contactless=[ContactlessSettings(name="card")])
    assert "pcscd.socket" in only(found(wanted=wanted, has_card_service=False)).remedy
    assert found(wanted=wanted) == []


def test_gpio_is_missed_only_where_a_line_is_named():
    wanted = settings(feedback=FeedbackSettings(buzzer=18))
    assert "(18)" in only(found(wanted=wanted)).what
    chip = DeviceFile("/dev/gpiochip0", "/dev/gpiochip0", "gpio", usable=False)
    assert "usermod -aG gpio" in only(found(wanted=wanted, gpio_chips=(chip,))).remedy
    assert found(gpio_chips=(chip,)) == []


@pytest.mark.parametrize(("name", "stranger"), [("serial", "serial"), ("drivers", "drivers-and-more")])
def test_an_import_name_that_another_distribution_owns_too_is_told(name, stranger):
    finding = only(found(import_owners={name: frozenset({"pyserial", "muster", stranger}) - OTHERS[name]}))
    assert f"'{name}'" in finding.what
    assert f"pip uninstall {stranger}" in finding.remedy


OTHERS = {"serial": {"muster"}, "drivers": {"pyserial"}}
