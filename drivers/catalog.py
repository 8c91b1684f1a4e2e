"""Every kind of device that a terminal may have, a row each: settings, engine, doctor, scan and demo read it.

A new kind is a row here, a driver, its settings and a stand-in. Nothing here loads a hardware library: a row
names its driver, which is loaded only where the settings have a device of that kind.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from drivers.reading import Presented
from drivers.rfid_numbers import presented_in
from drivers.settings import (
    CameraSettings,
    ContactlessSettings,
    DeviceSettings,
    Em4100Settings,
    IdCardSettings,
    KeypadSettings,
    ModemSettings,
    ScannerSettings,
    WedgeSettings,
)
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError


class Connection(StrEnum):
    """How a device is connected, which says where a machine is searched for it."""

    SERIAL = "serial"  # a serial port
    VIDEO = "video"  # a video device; its path may also be a network address or a recording
    INPUT = "input"  # an input device of the kernel's, which types
    CARD_SERVICE = "card_service"  # a reader that pcscd knows by its name


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """One kind of device. `driver` and `twin`, what stands in for one, are "module:Class"."""

    name: str
    """Its tables in the settings ([[name]]), its kind in doctor and status, its card in QUALITY.toml."""
    settings_type: type[DeviceSettings]
    driver: str
    """Called with the device's settings, and by name with `deliver`, `now` and `unreadable`."""
    connection: Connection
    path_field: str
    """The setting that says where the device is; empty where none does."""
    presents: tuple[Presented, ...]
    """What its readings may be. With SMS, the driver is an SmsGateway too, whose texts are answered; with
    SIGNED_TAP, it takes `signed_taps`: whether the terminal can verify them."""
    twin: str
    twin_as: str = ""
    """The name by which the driver takes a twin that replaces a library, in the engine's own process; empty
    where the twin is at the other end of a line."""
    debian: str = ""
    """The Debian packages that its library needs."""
    is_presumed: bool = False
    """Whether what is connected like this is taken for this kind while no settings say what it is."""

    def load_driver(self) -> Callable[..., Any]:
        """The driver's class, with its libraries; raises DeviceError where one of them is missing."""
        try:
            return _load(self.driver)
        except ImportError as error:
            if self.debian:
                raise DeviceError(
                    DeviceTrouble.LIBRARY_OF_PACKAGES_MISSING,
                    kind=self.name,
                    why=error,
                    packages=self.debian,
                ) from error
            raise DeviceError(DeviceTrouble.LIBRARY_MISSING, kind=self.name, why=error) from error

    def load_twin(self) -> type[Any]:
        """The class of what stands in for such a device."""
        return _load(self.twin)


@dataclass(frozen=True, slots=True)
class ConfiguredDevice:
    """One device of the settings."""

    kind: DeviceKind
    settings: DeviceSettings

    @property
    def name(self) -> str:
        """What logs and screens call it."""
        return self.settings.name

    @property
    def presents(self) -> tuple[Presented, ...]:
        """What its readings may be: its kind's, or what the numbers are of that it is set to give."""
        match self.settings:
            case ScannerSettings(format=form) | WedgeSettings(format=form):
                return (presented_in(form),)
            case _:
                return self.kind.presents

    @property
    def file(self) -> str:
        """The device file that the settings name; empty for a reader's name, an address or a recording."""
        path = str(getattr(self.settings, self.kind.path_field)) if self.kind.path_field else ""
        is_elsewhere = self.kind.connection is Connection.VIDEO and not path.startswith("/dev/")
        return "" if is_elsewhere else path


DEVICE_KINDS = (
    DeviceKind(
        "camera",
        CameraSettings,
        "drivers.camera.driver:CameraDriver",
        Connection.VIDEO,
        path_field="source",
        presents=(Presented.CODE,),
        twin="drivers.simulated.camera:SimulatedCamera",
        is_presumed=True,
    ),
    DeviceKind(
        "scanner",
        ScannerSettings,
        "drivers.scanner:ScannerDriver",
        Connection.SERIAL,
        path_field="port",
        presents=(Presented.CODE,),
        twin="drivers.simulated.scanner:SimulatedScanner",
        is_presumed=True,
    ),
    DeviceKind(
        "id_card",
        IdCardSettings,
        "drivers.id_card.driver:IdCardDriver",
        Connection.SERIAL,
        path_field="port",
        presents=(Presented.ID_NUMBER,),
        twin="drivers.simulated.id_card:SimulatedIdCardReader",
    ),
    DeviceKind(
        "tag",
        Em4100Settings,
        "drivers.em4100:Em4100Driver",
        Connection.SERIAL,
        path_field="port",
        presents=(Presented.TAG,),
        twin="drivers.simulated.em4100:SimulatedEm4100",
    ),
    DeviceKind(
        "contactless",
        ContactlessSettings,
        "drivers.contactless.driver:ContactlessDriver",
        Connection.CARD_SERVICE,
        path_field="",
        presents=(Presented.CARD_UID, Presented.SIGNED_TAP),
        twin="drivers.simulated.contactless:SimulatedCardService",
        twin_as="service",
        debian="pcscd libccid",
    ),
    DeviceKind(
        "wedge",
        WedgeSettings,
        "drivers.keyboard.drivers:WedgeDriver",
        Connection.INPUT,
        path_field="path",
        presents=(Presented.CODE,),
        twin="drivers.simulated.keyboard:SimulatedKeyboard",
        twin_as="keyboard",
    ),
    DeviceKind(
        "keypad",
        KeypadSettings,
        "drivers.keyboard.drivers:KeypadDriver",
        Connection.INPUT,
        path_field="path",
        presents=(Presented.KEYPAD,),
        twin="drivers.simulated.keyboard:SimulatedKeyboard",
        twin_as="keyboard",
    ),
    DeviceKind(
        "modem",
        ModemSettings,
        "drivers.modem.driver:ModemDriver",
        Connection.SERIAL,
        path_field="port",
        presents=(Presented.SMS,),
        twin="drivers.simulated.modem:SimulatedModem",
    ),
)
"""In the order in which a terminal's devices are shown."""


def kind_named(name: str) -> DeviceKind:
    """The row of this name; raises KeyError where there is none."""
    return {kind.name: kind for kind in DEVICE_KINDS}[name]


def _load(place: str) -> type[Any]:
    module, _, name = place.partition(":")
    found: type[Any] = getattr(importlib.import_module(module), name)
    return found
