"""The register of devices: every row can be loaded, built and found, and is known wherever it must be."""

import dataclasses
import inspect
import subprocess
import sys

import msgspec
import pytest

from drivers.catalog import DEVICE_KINDS, ConfiguredDevice, kind_named
from drivers.lifecycle import DriverThread
from drivers.modem.gateway import SmsGateway
from drivers.reading import Presented
from drivers.rfid_numbers import NumberFormat
from drivers.settings import CameraSettings, ContactlessSettings, WedgeSettings
from foundation.errors import DeviceError
from tests.drivers.known_kinds import example_of, missing_of

every_kind = pytest.mark.parametrize("kind", DEVICE_KINDS, ids=lambda kind: kind.name)


@every_kind
def test_a_kind_has_its_example_its_card_its_twin_and_its_words(kind):
    assert missing_of(kind) == []


def test_what_a_kind_lacks_is_named():
    unknown = dataclasses.replace(
        kind_named("scanner"), name="palm", presents=("palm",), twin_as="line", twin="builtins:object"
    )
    assert missing_of(unknown) == [
        "an example in config/kiosk.toml",
        "a card in drivers/QUALITY.toml",
        "a twin that the demo can command",
        "method-palm in en.ftl",
        "method-palm in zh-Hans.ftl",
        "method-palm in ar.ftl",
    ]


@every_kind
def test_a_driver_is_built_from_its_settings_and_calls_itself_as_its_row_does(kind, engine, clock):
    settings = example_of(kind)
    driver = kind.load_driver()(settings, deliver=engine.deliver, now=clock, unreadable=engine.cannot_read)
    assert isinstance(driver, DriverThread)
    assert (driver.name, driver.health().kind) == (settings.name, kind.name)


@every_kind
def test_a_driver_takes_what_its_row_promises(kind):
    driver = kind.load_driver()
    takes = inspect.signature(driver).parameters
    assert not kind.twin_as or kind.twin_as in takes
    assert (Presented.SIGNED_TAP in kind.presents) is ("signed_taps" in takes)
    assert (Presented.SMS in kind.presents) is (SmsGateway in driver.__mro__)


@every_kind
def test_the_path_of_a_kind_is_one_of_its_settings(kind):
    fields = {field.name for field in msgspec.structs.fields(kind.settings_type)}
    assert {kind.path_field} <= fields | {""}


def test_each_kind_has_a_name_of_its_own():
    names = [kind.name for kind in DEVICE_KINDS]
    assert len(set(names)) == len(names)
    assert [kind_named(name) for name in names] == list(DEVICE_KINDS)


def test_one_kind_at_most_is_presumed_of_a_connection():
    presumed = [kind.connection for kind in DEVICE_KINDS if kind.is_presumed]
    assert len(set(presumed)) == len(presumed)


def test_whatever_can_be_presented_comes_from_some_kind():
    assert {one for kind in DEVICE_KINDS for one in kind.presents} == set(Presented)


def test_reading_the_catalog_loads_no_hardware_library():
    script = "import sys, drivers.catalog; print({'cv2', 'serial', 'evdev', 'smartcard'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "told"),
    [("camera", "Install Muster with its libraries"), ("contactless", "apt-get install pcscd libccid")],
)
def test_a_missing_library_names_the_kind_and_what_to_install(monkeypatch, name, told):
    monkeypatch.setitem(sys.modules, f"drivers.{name}.driver", None)
    with pytest.raises(DeviceError, match=f"devices of the kind {name} is missing.*{told}"):
        kind_named(name).load_driver()


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("/dev/video0", "/dev/video0"),
        ("rtsp://staff:secret@camera/", ""),
        ("clip.avi", ""),
        ("/var/lib/clip.avi", ""),
    ],
)
def test_of_a_camera_only_a_device_is_a_device_file(source, file):
    camera = ConfiguredDevice(kind_named("camera"), CameraSettings(name="camera", source=source))
    assert camera.file == file


@every_kind
def test_what_has_a_path_is_looked_for_there(kind):
    device = ConfiguredDevice(kind, example_of(kind))
    assert device.file.startswith("/dev/") is (kind.path_field != "")


@pytest.mark.parametrize(
    ("form", "presents"),
    [("code", Presented.CODE), ("W26", Presented.TAG), ("10D", Presented.TAG), ("uid", Presented.CARD_UID)],
)
def test_a_reader_that_types_presents_what_it_is_set_to_give(form, presents):
    wedge = WedgeSettings(
        name="wedge", path="/dev/input/event1", usb_id="0c2e:0b61", format=NumberFormat(form)
    )
    assert ConfiguredDevice(kind_named("wedge"), wedge).presents == (presents,)


def test_any_other_device_presents_what_its_kind_does():
    contactless = ConfiguredDevice(kind_named("contactless"), ContactlessSettings(name="cards"))
    assert contactless.presents == (Presented.CARD_UID, Presented.SIGNED_TAP)
