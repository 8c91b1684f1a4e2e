import pytest

from drivers.keyboard.drivers import KeypadDriver, WedgeDriver
from drivers.keyboard.port import Keyboard
from drivers.reading import DeviceState
from drivers.settings import KeypadSettings, WedgeSettings
from drivers.simulated.keyboard import SimulatedKeyboard
from tests.english import in_english

USB_ID = "0c2e:0b61"
BADGE = "M1.4K7Q$9-TestBadge"
LEFT_CTRL, KEY_R, ESCAPE = 29, 19, 1


@pytest.fixture
def device(tmp_path):
    return SimulatedKeyboard(tmp_path / "event-kbd", USB_ID)


def keyboard_of(device, usb_id=USB_ID):
    return Keyboard(str(device.path), usb_id, device.open_device)


@pytest.fixture
def scanner(device, engine, clock, running):
    return running(
        WedgeDriver(
            WedgeSettings(name="wedge", path=str(device.path), usb_id=USB_ID),
            deliver=engine.deliver,
            now=clock,
            unreadable=engine.cannot_read,
            keyboard=keyboard_of(device),
        )
    )


@pytest.fixture
def counts():
    return []


@pytest.fixture
def keypad(device, engine, clock, running, counts):
    return running(
        KeypadDriver(
            KeypadSettings(name="keypad", path=str(device.path), usb_id=USB_ID),
            deliver=engine.deliver,
            now=clock,
            typed=counts.append,
            keyboard=keyboard_of(device),
        )
    )


def test_it_presents_what_a_scanner_types(scanner, device, engine, clock, until):
    device.type(BADGE + "\r")
    until(lambda: engine.readings)
    reading = engine.readings[0]
    assert (reading.presented, reading.payload.reveal(), reading.at) == ("code", BADGE, clock())


def test_it_ends_a_code_by_silence(scanner, device, engine, until):
    device.type(BADGE)
    until(lambda: engine.payloads() == [BADGE])


def test_it_takes_the_device_for_itself(scanner, device):
    assert device.grabbed
    scanner.stop()
    assert not device.grabbed


def test_it_refuses_a_code_that_presses_ctrl_and_reads_the_next(scanner, device, engine, until):
    device.report(1, LEFT_CTRL, 1)
    device.press(KEY_R)
    device.report(1, LEFT_CTRL, 0)
    device.type("\r" + BADGE + "\r")
    until(lambda: engine.payloads() == [BADGE])
    assert engine.unreadable == ["wedge"]


def test_it_refuses_a_code_of_which_the_kernel_lost_keys(scanner, device, engine, until):
    device.type("AB")
    device.report(0, 3, 0)
    device.type("C\r" + BADGE + "\r")
    until(lambda: engine.payloads() == [BADGE])
    assert scanner.health().unreadable == 1


def test_it_lives_through_an_unplug_in_the_middle_of_a_code(scanner, device, engine, until):
    device.type("HALF")
    device.unplug()
    until(lambda: scanner.health().state is DeviceState.FAULT)
    assert "ENODEV" in in_english(scanner.health().fault)
    device.plug_in()
    until(lambda: scanner.health().reopened == 1)
    device.type(BADGE + "\r")
    until(lambda: BADGE in engine.payloads())


def test_it_refuses_a_keyboard_that_it_does_not_know(device, engine, clock, running, until):
    driver = running(
        WedgeDriver(
            WedgeSettings(name="wedge", path=str(device.path), usb_id="1234:5678"),
            deliver=engine.deliver,
            now=clock,
            keyboard=keyboard_of(device, "1234:5678"),
        ),
        ready=False,
    )
    until(lambda: driver.health().fault)
    assert "is 0c2e:0b61, not 1234:5678" in in_english(driver.health().fault)
    assert not device.grabbed


def test_the_keypad_presents_what_was_entered_and_tells_only_the_count_before(
    keypad, device, engine, counts, until
):
    device.type("4711\r")
    until(lambda: engine.readings)
    assert (engine.readings[0].presented, engine.payloads()) == ("keypad", ["4711"])
    assert counts == [1, 2, 3, 4, 0]


def test_the_keypad_forgets_digits_that_nobody_entered(keypad, device, engine, clock, counts, until):
    device.type("47")
    until(lambda: counts == [1, 2])
    clock.move(20_000)
    until(lambda: counts == [1, 2, 0])
    device.type("11\r")
    until(lambda: engine.payloads() == ["11"])


def test_the_keypad_clears_the_field_when_it_is_unplugged(keypad, device, engine, counts, until):
    device.type("47")
    until(lambda: counts == [1, 2])
    device.unplug()
    until(lambda: keypad.health().state is DeviceState.FAULT)
    device.plug_in()
    until(lambda: keypad.health().reopened == 1)
    assert counts == [1, 2, 0]
    device.type("11\r")
    until(lambda: engine.payloads() == ["11"])


def test_a_reader_of_tags_that_types_presents_the_tag(device, engine, clock, running, until):
    running(
        WedgeDriver(
            WedgeSettings(name="tags", path=str(device.path), usb_id=USB_ID, format="10D", reversed=True),
            deliver=engine.deliver,
            now=clock,
            unreadable=engine.cannot_read,
            keyboard=keyboard_of(device),
        )
    )
    device.type("LIB-00412\r")
    until(lambda: engine.unreadable)
    device.type("4023233280\r")
    until(lambda: engine.readings)
    assert [(one.presented, one.payload.reveal()) for one in engine.readings] == [("tag", "00ABCDEF")]


def test_turned_round_needs_a_format_of_numbers():
    with pytest.raises(ValueError, match="10D"):
        WedgeSettings(name="tags", path="/dev/input/event1", usb_id=USB_ID, reversed=True)
