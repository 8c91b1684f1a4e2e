"""Drivers without an engine: each started as the terminal would, for people who set it up."""

import logging
import threading
import time
from collections.abc import Collection, Sequence

import structlog

from drivers.reading import DeviceHealth, DeviceState, Driver, Instant, Now, Reading
from foundation.clock import SystemClock, monotonic_ms
from foundation.errors import DeviceError
from foundation.words import Words
from kiosk.checkin.text_replies import TextDecided
from kiosk.devices import DriverBuilder, ReadingSinks
from kiosk.settings import KioskSettings

_LOOK_EVERY_S = 0.05
_TRIAL_MS = 10_000
_DECIDED = (DeviceState.READY, DeviceState.FAULT)


def build_each(
    settings: KioskSettings, sinks: ReadingSinks, now: Now
) -> tuple[list[Driver], list[DeviceHealth]]:
    """The drivers that can be built, and a fault for each device whose library is missing."""
    builder = DriverBuilder(settings, sinks, now, Words("en"))
    drivers: list[Driver] = []
    faults: list[DeviceHealth] = []
    for device in settings.devices:
        try:
            drivers.append(builder.build(device))
        except DeviceError as error:
            fault = DeviceHealth(device.name, device.kind.name, DeviceState.FAULT, fault=error.trouble)
            faults.append(fault)
    return drivers, faults


def try_devices(settings: KioskSettings, within_ms: int = _TRIAL_MS) -> list[DeviceHealth]:
    """Start every device's real driver until it is ready or has a fault; what is presented is not taken."""
    clock = SystemClock()
    drivers, faults = build_each(
        settings,
        ReadingSinks(_take_nothing, _ignore, _take_no_text),
        lambda: Instant(clock.mono_ms(), clock.wall_ms()),
    )
    return try_drivers(drivers, within_ms) + faults


def try_drivers(drivers: Sequence[Driver], within_ms: int) -> list[DeviceHealth]:
    """Start all, wait until each is ready or has a fault, stop all; how each was doing."""
    give_up_at_ms = monotonic_ms() + within_ms
    for driver in drivers:
        driver.start()
    try:
        decided = {driver.name: driver.health() for driver in drivers}
        while monotonic_ms() < give_up_at_ms:
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


def first_codes(settings: KioskSettings, devices: Collection[str], within_ms: int) -> dict[str, str]:
    """The first code that each of these devices reads, held up to it in turn; those in time, by device."""
    clock, read, came = SystemClock(), dict[str, str](), threading.Event()

    def take(reading: Reading) -> bool:
        if reading.device in devices:
            read.setdefault(reading.device, reading.payload.reveal())
            if len(read) == len(devices):
                came.set()
        return True

    sinks = ReadingSinks(take, _ignore, _take_no_text)
    drivers, _ = build_each(settings, sinks, lambda: Instant(clock.mono_ms(), clock.wall_ms()))
    asked = [driver for driver in drivers if driver.name in devices]
    for driver in asked:
        driver.start()
    try:
        came.wait(within_ms / 1000)
    finally:
        for driver in asked:
            driver.stop()
    return dict(read)


def keep_drivers_quiet() -> None:
    """Log errors alone, because the caller tells what its drivers do; call it before any of them logs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _take_nothing(reading: Reading) -> bool:  # noqa: ARG001 - there is no engine that could take it
    return False


def _ignore(device: str) -> None:
    """Nobody stands before the terminal who should try again."""


def _take_no_text(reading: Reading) -> TextDecided | None:  # noqa: ARG001 - the modem keeps what was not taken
    return None
