"""Drivers without an engine: each started as the terminal would, for people who set it up."""

import logging
import time
from collections.abc import Sequence

import msgspec
import structlog

from drivers.reading import DeviceHealth, DeviceState, Driver, Now
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError
from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.devices import Takers, build_drivers
from kiosk.settings import KioskSettings

_KINDS = ("camera", "scanner", "id_card", "tag", "contactless", "wedge", "keypad", "modem")
_LOOK_EVERY_S = 0.05
_DECIDED = (DeviceState.READY, DeviceState.FAULT)


def build_each(settings: KioskSettings, takers: Takers, now: Now) -> tuple[list[Driver], list[DeviceHealth]]:
    """The drivers that can be built, and a fault for each device whose library is missing."""
    drivers: list[Driver] = []
    faults: list[DeviceHealth] = []
    nothing: dict[str, list[object]] = {kind: [] for kind in _KINDS}
    for kind in _KINDS:
        devices = getattr(settings, kind)
        only = msgspec.structs.replace(settings, **(nothing | {kind: devices}))
        try:
            drivers += build_drivers(only, takers, now, Words("en"))
        except (DeviceError, ImportError) as error:
            fault = error.trouble if isinstance(error, DeviceError) else _library_missing(error)
            faults += [DeviceHealth(one.name, kind, DeviceState.FAULT, fault=fault) for one in devices]
    return drivers, faults


def try_drivers(drivers: Sequence[Driver], within_ms: int) -> list[DeviceHealth]:
    """Start all, wait until each is ready or has a fault, stop all; how each was doing."""
    give_up_at_ms = _monotonic_ms() + within_ms
    for driver in drivers:
        driver.start()
    try:
        decided = {driver.name: driver.health() for driver in drivers}
        while _monotonic_ms() < give_up_at_ms:
            for driver in drivers:
                if decided[driver.name].state not in _DECIDED:
                    decided[driver.name] = driver.health()
            if all(health.state in _DECIDED for health in decided.values()):
                break
            time.sleep(_LOOK_EVERY_S)
        return list(decided.values())
    finally:
        for driver in drivers:
            driver.stop()


def keep_drivers_quiet() -> None:
    """Log errors alone, because the caller tells what its drivers do; call it before any of them logs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _library_missing(error: ImportError) -> Trouble:
    return Trouble.of(DeviceTrouble.LIBRARY_MISSING, why=error)


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000
