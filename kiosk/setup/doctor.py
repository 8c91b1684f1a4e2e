"""`muster doctor`: the devices of this machine, a trial of those of the settings, and what to repair."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from drivers.reading import DeviceHealth, DeviceState, Instant, Reading
from foundation.clock import SystemClock
from kiosk.checkin.text_replies import TextDecided
from kiosk.devices import ReadingSinks
from kiosk.settings import KioskFiles, KioskSettings
from kiosk.setup.diagnosis import Finding, devices_with_files, diagnose
from kiosk.setup.machine import DeviceFile, Machine, look_at_this_machine
from kiosk.setup.trial import build_each, keep_drivers_quiet, try_drivers

INSTALLED_SETTINGS = Path("/etc/muster/kiosk.toml")

_TRIAL_MS = 10_000
_SERVICE_USER = "muster-kiosk"


def run_doctor(config: Path | None, say: Callable[[str], None]) -> bool:
    """Tell everything with `say`, a line at a time; whether every device of the settings works.

    Without `config`, the installed settings are taken where there are any. Raises SettingsError for a file
    that is missing or wrong. Nothing that is presented meanwhile is logged, sent or deleted from a modem.
    """
    keep_drivers_quiet()
    if config is None and INSTALLED_SETTINGS.exists():
        config = INSTALLED_SETTINGS
    settings = KioskFiles(config).settings if config else None
    # Looked at before the trial, or our own drivers would be found to hold the ports.
    machine = look_at_this_machine([one.file for one in devices_with_files(settings)] if settings else [])
    for line in describe_machine(machine):
        say(line)
    if config is None or settings is None:
        say(f"\nNo settings were named and {INSTALLED_SETTINGS} does not exist: no device was tried.")
        healths = []
    else:
        say(f"\nDevices of {config}, tried for a few seconds")
        healths = try_devices(settings)
        for line in describe_trial(healths):
            say(line)
    for line in describe_findings(diagnose(machine, settings), machine.user):
        say(line)
    return all(one.state is DeviceState.READY for one in healths)


def try_devices(settings: KioskSettings, within_ms: int = _TRIAL_MS) -> list[DeviceHealth]:
    """Start every device's real driver until it is ready or has a fault; what is presented is not taken."""
    clock = SystemClock()
    drivers, faults = build_each(
        settings,
        ReadingSinks(_take_nothing, _ignore, _take_no_text),
        lambda: Instant(clock.mono_ms(), clock.wall_ms()),
    )
    return try_drivers(drivers, within_ms) + faults


def describe_machine(machine: Machine) -> Iterator[str]:
    """The devices that were found, by their most stable names."""
    yield "Devices of this machine"
    yield from _listed("serial ports", [_shown(one) for one in machine.serial_ports])
    yield from _listed("cameras", [_shown(one) for one in machine.cameras])
    yield from _listed("keyboards", [_shown(one) for one in machine.keyboards])
    none = f"not known: {machine.card_service_fault}" if machine.card_service_fault else "none"
    yield from _listed("card readers", list(machine.card_readers), none)
    yield from _listed("GPIO", [_shown(one) for one in machine.gpio_chips])


def describe_trial(healths: Sequence[DeviceHealth]) -> Iterator[str]:
    """How each device did."""
    if not healths:
        yield "  The settings name no device."
    for one in healths:
        match one.state:
            case DeviceState.READY:
                outcome = "ready"
            case DeviceState.FAULT:
                outcome = f"FAULT. {one.fault}"
            case _:
                outcome = "FAULT. It did not open in time. Check its cable and its power."
        yield f"  {one.device} ({one.kind}): {outcome}"


def describe_findings(findings: Sequence[Finding], user: str) -> Iterator[str]:
    """What to repair, numbered."""
    yield "\nWhat to repair" if findings else "\nNothing else to repair was found."
    for number, one in enumerate(findings, start=1):
        yield f"  {number}. {one.what}"
        yield f"     → {one.remedy}"
    if user == "root":
        yield "\nroot may use every device. To try as the service does:"
        yield f"  runuser -u {_SERVICE_USER} -g muster -G dialout -G video -G input -- muster doctor"


def _listed(title: str, entries: list[str], none: str = "none") -> Iterator[str]:
    if not entries:
        yield f"  {title}: {none}"
        return
    yield f"  {title}:"
    for entry in entries:
        yield f"    {entry}"


def _shown(one: DeviceFile) -> str:
    return one.path if one.path == one.real else f"{one.path} → {one.real}"


def _take_nothing(reading: Reading) -> bool:  # noqa: ARG001 - there is no engine that could take it
    return False


def _ignore(device: str) -> None:
    """Nobody stands before the terminal who should try again."""


def _take_no_text(reading: Reading) -> TextDecided | None:  # noqa: ARG001 - the modem keeps what was not taken
    return None
