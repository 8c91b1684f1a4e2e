"""What is told of devices: once each, by whoever knows best why one fails."""

import sys

from drivers.reading import DeviceHealth, DeviceState
from drivers.settings import CameraSettings, ContactlessSettings, ScannerSettings, WedgeSettings
from foundation.trouble import Trouble
from kiosk.checkup.check import Mark
from kiosk.checkup.devices import judge_cards, judge_devices, judge_wedges, look_at_decoder
from kiosk.settings import kiosk_settings
from tests.english import in_english
from tests.kiosk.checkup.said import codes

PORT = "/dev/serial/by-id/usb-scanner"
LOST = Trouble.of("port_missing", port=PORT)
READY = DeviceHealth("scanner", "scanner", DeviceState.READY)
FAILS = DeviceHealth("scanner", "scanner", DeviceState.FAULT, fault=LOST)


def settings(**more):
    devices = {"scanner": [ScannerSettings(name="scanner", port=PORT)]} | more
    return kiosk_settings()(terminal="gate-1", centre_key="0" * 64, **devices)


def judged(healths=(READY,), diagnosed=()):
    return judge_devices(settings(), healths, diagnosed)


def test_devices_that_work_are_named():
    assert judged().said.arguments == {"devices": ["scanner"]}
    assert judged(()).mark is Mark.OPEN


def test_a_device_that_fails_says_why_with_the_remedy():
    check = judged((FAILS,))
    assert codes(check) == {"device_fails": "broken"}
    assert in_english(LOST) in in_english(check.findings[0].trouble)


def test_a_device_that_opens_for_ever_did_not_open_in_time():
    check = judged((DeviceHealth("scanner", "scanner", DeviceState.OPENING),))
    assert "did not open in time" in in_english(check.findings[0].trouble)


def test_where_the_machine_knows_why_that_is_told_in_its_place():
    for code in ("device_not_here", "device_renamed", "device_elsewhere"):
        known = Trouble.of(code, device="scanner", path=PORT, paths=["/dev/ttyACM0"])
        assert codes(judged((FAILS,), (known,))) == {code: "broken"}
    for code in ("device_forbidden", "device_held", "device_of_root"):
        known = Trouble.of(code, path=PORT, user="a", group="b", holders=["c"], command="d")
        assert codes(judged((FAILS,), (known,))) == {code: "broken"}


def test_what_the_machine_knows_of_a_device_that_works_is_only_to_be_looked_at():
    held = Trouble.of("device_held", path=PORT, holders=["minicom (812)"])
    assert codes(judged((READY,), (held,))) == {"device_held": "look"}
    other = Trouble.of("modem_manager_running")
    assert codes(judged((FAILS,), (other,))) == {"device_fails": "broken", "modem_manager_running": "look"}


def test_a_second_decoder_is_missed_only_where_there_is_a_camera(monkeypatch):
    watched = settings(camera=[CameraSettings(name="camera", source="/dev/video0")])
    assert look_at_decoder(watched) is None
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    assert look_at_decoder(settings()) is None
    missing = look_at_decoder(watched)
    assert missing.code == "zbar_missing"
    assert codes(judged((READY,), (missing,))) == {"zbar_missing": "look"}


def test_smart_cards_are_judged_only_where_a_reader_is_named():
    fault = Trouble.of("card_service_forbidden", why="PC/SC 0x8010006a")
    assert judge_cards(settings(), ["ACS ACR122U"], fault) is None
    named = settings(contactless=[ContactlessSettings(name="card")])
    assert codes(judge_cards(named, (), fault)) == {"card_service_forbidden": "broken"}
    assert codes(judge_cards(named, (), None)) == {"card_reader_missing": "broken"}
    assert judge_cards(named, ["ACS ACR122U"], None).said.arguments == {"readers": ["ACS ACR122U"]}


def test_a_scanner_that_types_is_neither_praised_nor_blamed_for_its_layout():
    assert judge_wedges(settings()) is None
    typing = WedgeSettings(name="wedge", path="/dev/input/event1", usb_id="0c2e:0b61")
    check = judge_wedges(settings(wedge=[typing]))
    assert (check.mark, check.said.arguments) == (Mark.OPEN, {"devices": ["wedge"]})
