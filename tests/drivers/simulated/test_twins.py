import pytest
from structlog.testing import capture_logs

from drivers.catalog import ConfiguredDevice, kind_named
from drivers.contactless.ndef import web_address
from drivers.contactless.type4_tag import read_ndef
from drivers.contactless.uid import GET_UID, uid_from
from drivers.reading import Secret
from drivers.settings import ContactlessSettings, KeyboardSettings, KeypadSettings, ScannerSettings
from drivers.simulated import twins
from drivers.simulated.contactless import SimulatedCardService
from drivers.simulated.keyboard import SimulatedKeyboard
from drivers.simulated.twins import Twins, twins_of
from foundation.errors import DeviceError

PAD = "1c4f:0002"


@pytest.fixture
def socket(tmp_path):
    return tmp_path / "twins.sock"


@pytest.fixture
def cards():
    return SimulatedCardService()


@pytest.fixture
def served(socket, tmp_path, cards):
    return Twins(socket, {"card": cards, "keypad": SimulatedKeyboard(tmp_path / "pad", PAD)})


def test_a_command_that_nobody_hears_is_an_error(socket):
    with pytest.raises(DeviceError, match="No stand-ins listen"):
        twins.command(socket, "card", "04A2B3C4")


def test_a_commanded_card_and_keypad_reach_the_real_drivers(served, socket, tmp_path, until):
    from drivers.contactless.driver import ContactlessDriver
    from drivers.keyboard.drivers import KeypadDriver
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
        keyboard=served.ports()["keypad"],
    )
    reader = ContactlessDriver(
        ContactlessSettings(name="card"), served.ports()["card"], deliver=deliver, now=now
    )
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


def test_a_commanded_card_shows_the_address_that_it_is_told(served, cards, socket, until):
    address = "https://volunteers.example/tap?cmac=94EED9EE65337086"
    twins.command(socket, "card", "04A2B3C4D5E680", address)
    until(lambda: cards.wait(cards.READER, None, 10).has_card)
    with cards.card(cards.READER) as transmit:
        assert web_address(read_ndef(transmit)) == address


def test_what_is_typed_may_hold_spaces_as_badges_do(socket, tmp_path, until):
    from drivers.keyboard.drivers import WedgeDriver
    from drivers.reading import Instant
    from drivers.settings import WedgeSettings

    path = str(tmp_path / "wedge")
    served = Twins(socket, {"wedge": SimulatedKeyboard(tmp_path / "wedge", PAD)})
    readings = []
    wedge = WedgeDriver(
        WedgeSettings(name="wedge", path=path, usb_id=PAD),
        deliver=lambda reading: not readings.append(reading.payload),
        now=lambda: Instant(0, 0),
        keyboard=served.ports()["wedge"],
    )
    wedge.start()
    try:
        until(lambda: wedge.health().state == "ready")
        twins.command(socket, "wedge", "type", "MB1: A  B")
        until(lambda: Secret("MB1: A  B") in readings)
    finally:
        wedge.stop()


def test_nonsense_is_ignored(served, cards, socket, until):
    with capture_logs() as logs:
        twins.command(socket, "toaster", "on")
        twins.command(socket, "keypad", "type", "签到")
        twins.command(socket, "keypad", "dance")
        twins.command(socket, "card", "04A2B3C4")
        until(lambda: cards.wait(cards.READER, None, 10).has_card)
    with cards.card(cards.READER) as transmit:
        assert uid_from(transmit(GET_UID)) == Secret("04A2B3C4")
    told = [(entry["event"], entry["error"]) for entry in logs]
    assert told == [
        ("twins_do_not_understand", "KeyError"),
        ("twins_do_not_understand", "UnicodeEncodeError"),
    ]


def test_each_device_that_is_called_through_a_library_has_a_twin_of_its_own(tmp_path):
    devices = [
        ConfiguredDevice(kind_named("scanner"), ScannerSettings(name="scanner", port="/dev/ttyUSB0")),
        ConfiguredDevice(kind_named("contactless"), ContactlessSettings(name="card")),
        *(
            ConfiguredDevice(
                kind, KeyboardSettings(name=kind.name, path=str(tmp_path / kind.name), usb_id=PAD)
            )
            for kind in (kind_named("keypad"), kind_named("wedge"))
        ),
    ]
    made = twins_of(devices)
    assert {name: type(twin) for name, twin in made.items()} == {
        "card": SimulatedCardService,
        "keypad": SimulatedKeyboard,
        "wedge": SimulatedKeyboard,
    }
    assert made["keypad"].path != made["wedge"].path
