import pytest

from kiosk.health.vitals import look_at_machine


@pytest.fixture
def sys(tmp_path):
    """The kernel's files of a machine; `write` adds one."""
    folder = tmp_path / "sys"

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    folder.mkdir()
    write.folder = folder
    return write


def test_a_platform_that_tells_nothing_is_not_guessed_about(tmp_path, sys):
    found = look_at_machine(tmp_path, sys.folder)
    assert (found.temperature_mc, found.undervoltage, found.throttled_bits) == (None, None, None)
    assert found.disk_free_bytes > 0


def test_the_hottest_sensor_counts(tmp_path, sys):
    sys("class/thermal/thermal_zone0/temp", "48312\n")
    sys("class/thermal/thermal_zone1/temp", "61002\n")
    sys("class/thermal/thermal_zone2/temp", "N/A\n")
    assert look_at_machine(tmp_path, sys.folder).temperature_mc == 61_002


@pytest.mark.parametrize(("alarm", "weak"), [("0\n", False), ("1\n", True)])
def test_a_weak_power_supply_is_seen(tmp_path, sys, alarm, weak):
    sys("class/hwmon/hwmon3/in0_lcrit_alarm", alarm)
    assert look_at_machine(tmp_path, sys.folder).undervoltage is weak


@pytest.mark.parametrize(("says", "bits"), [("0\n", 0), ("50005\n", 0x50005), ("e0008\n", 0xE0008)])
def test_what_the_firmware_says_of_throttling_is_hexadecimal(tmp_path, sys, says, bits):
    sys("devices/platform/soc/soc:firmware/get_throttled", says)
    assert look_at_machine(tmp_path, sys.folder).throttled_bits == bits


def test_this_machine_can_be_looked_at(tmp_path):
    look_at_machine(tmp_path)
