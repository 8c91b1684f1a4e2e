import errno

import pytest
from structlog.testing import capture_logs

from drivers.contactless.ndef import web_address
from drivers.contactless.type4_tag import read_ndef
from drivers.contactless.uid import GET_UID, uid_from
from drivers.reading import Secret
from drivers.settings import ContactlessSettings, KeypadSettings
from drivers.simulated import twins
from drivers.simulated.keyboard import SimulatedKeyboard
from drivers.simulated.twins import Twins
from foundation.errors import DeviceError

PAD = "1c4f:0002"


@pytest.fixture
def socket(tmp_path):
    return tmp_path / "twins.sock"


@pytest.fixture
def served(socket, tmp_path):
    return Twins(socket, {"keypad": SimulatedKeyboard(tmp_path / "pad", PAD)})


def test_a_command_that_nobody_hears_is_an_error(socket):
    with pytest.raises(DeviceError, match="No stand-ins listen"):
        twins.command(socket, "card", "04A2B3C4")


def test_a_commanded_card_and_keypad_reach_the_real_drivers(served, socket, tmp_path, until):
    from drivers.contactless.driver import ContactlessDriver
    from drivers.keyboard.drivers import KeypadDriver
    from drivers.keyboard.port import Keyboard
    from drivers.reading import Instant

    readings = []

    def deliver(reading):
        readings.append(reading.payload)
        return True

    def now():
        return Instant(0, 0)

    pad = str(tmp_path / "pad")
    keypad = KeypadDriver(
        KeypadSettings(name="keypad", path=pad, usb_id=PAD),
        deliver=deliver,
        now=now,
        keyboard=Keyboard(pad, PAD, served.open_keyboard),
    )
    reader = ContactlessDriver(ContactlessSettings(name="card"), served.cards, deliver=deliver, now=now)
    for driver in (keypad, reader):
        driver.start()
    try:
        until(lambda: keypad.health().state == reader.health().state == "ready")
        twins.command(socket, "card", "04A2B3C4D5E680")
        until(lambda: Secret("04A2B3C4D5E680") in readings)
        twins.command(socket, "keypad", "type", "483920")
        until(lambda: Secret("483920") in readings)
        for device, driver in (("card", reader), ("keypad", keypad)):
            twins.command(socket, device, "unplug")
            until(lambda driver=driver: driver.health().state == "fault")
            twins.command(socket, device, "plug_in")
            until(lambda driver=driver: driver.health().state == "ready")
    finally:
        for driver in (keypad, reader):
            driver.stop()


def test_a_commanded_card_shows_the_address_that_it_is_told(served, socket, until):
    address = "https://volunteers.example/tap?cmac=94EED9EE65337086"
    twins.command(socket, "card", "04A2B3C4D5E680", address)
    until(lambda: served.cards.wait(served.cards.READER, None, 10).has_card)
    with served.cards.card(served.cards.READER) as transmit:
        assert web_address(read_ndef(transmit)) == address


def test_what_is_typed_may_hold_spaces_as_badges_do(socket, tmp_path, until):
    from drivers.keyboard.drivers import WedgeDriver
    from drivers.keyboard.port import Keyboard
    from drivers.reading import Instant
    from drivers.settings import WedgeSettings

    path = str(tmp_path / "wedge")
    served = Twins(socket, {"wedge": SimulatedKeyboard(tmp_path / "wedge", PAD)})
    readings = []
    wedge = WedgeDriver(
        WedgeSettings(name="wedge", path=path, usb_id=PAD),
        deliver=lambda reading: not readings.append(reading.payload),
        now=lambda: Instant(0, 0),
        keyboard=Keyboard(path, PAD, served.open_keyboard),
    )
    wedge.start()
    try:
        until(lambda: wedge.health().state == "ready")
        twins.command(socket, "wedge", "type", "MB1: A  B")
        until(lambda: Secret("MB1: A  B") in readings)
    finally:
        wedge.stop()


def test_nonsense_is_ignored(served, socket, until):
    with capture_logs() as logs:
        twins.command(socket, "toaster", "on")
        twins.command(socket, "keypad", "type", "签到")
        twins.command(socket, "keypad", "dance")
        twins.command(socket, "card", "04A2B3C4")
        until(lambda: served.cards.wait(served.cards.READER, None, 10).has_card)
    with served.cards.card(served.cards.READER) as transmit:
        assert uid_from(transmit(GET_UID)) == Secret("04A2B3C4")
    told = [(entry["event"], entry["error"]) for entry in logs]
    assert told == [
        ("twins_do_not_understand", "KeyError"),
        ("twins_do_not_understand", "UnicodeEncodeError"),
    ]


def test_it_knows_no_other_keyboard(served):
    with pytest.raises(FileNotFoundError) as refused:
        served.open_keyboard("/dev/input/event0")
    assert refused.value.errno in {None, errno.ENOENT}
