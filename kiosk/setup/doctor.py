"""`muster doctor`: the devices of this machine, a trial of those of the settings, and what to repair."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from drivers.reading import DeviceHealth, DeviceState, Instant, Reading
from drivers.troubles import DeviceTrouble
from foundation.clock import SystemClock
from foundation.trouble import Trouble
from foundation.words import Direction, Words
from kiosk.checkin.text_replies import TextDecided
from kiosk.devices import ReadingSinks
from kiosk.settings import KioskFiles, KioskSettings
from kiosk.setup.diagnosis import devices_with_files, diagnose
from kiosk.setup.machine import DeviceFile, Machine, look_at_this_machine
from kiosk.setup.trial import build_each, keep_drivers_quiet, try_drivers

INSTALLED_SETTINGS = Path("/etc/muster/kiosk.toml")

_TRIAL_MS = 10_000
_SERVICE_USER = "muster-kiosk"


def run_doctor(config: Path | None, words: Words, say: Callable[[str], None]) -> bool:
    """Tell everything with `say`, a line at a time, in `words`; whether every device of the settings works.

    Without `config`, the installed settings are taken where there are any. Raises SettingsError for a file
    that is missing or wrong. Nothing that is presented meanwhile is logged, sent or deleted from a modem.
    """
    keep_drivers_quiet()
    if config is None and INSTALLED_SETTINGS.exists():
        config = INSTALLED_SETTINGS
    settings = KioskFiles(config).settings if config else None
    # Looked at before the trial, or our own drivers would be found to hold the ports.
    machine = look_at_this_machine([one.file for one in devices_with_files(settings)] if settings else [])
    for line in describe_machine(machine, words):
        say(line)
    if config is None or settings is None:
        say("\n" + words.say("doctor-no_settings", path=str(INSTALLED_SETTINGS)))
        healths = []
    else:
        say("\n" + words.say("doctor-trial", path=str(config)))
        healths = try_devices(settings)
        for line in describe_trial(healths, words):
            say(line)
    for line in describe_findings(diagnose(machine, settings), machine.user, words):
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


def describe_machine(machine: Machine, words: Words) -> Iterator[str]:
    """The devices that were found, by their most stable names."""
    found = {
        "serial_ports": [_shown(one) for one in machine.serial_ports],
        "cameras": [_shown(one) for one in machine.cameras],
        "keyboards": [_shown(one) for one in machine.keyboards],
        "card_readers": list(machine.card_readers),
        "gpio": [_shown(one) for one in machine.gpio_chips],
    }
    yield words.say("doctor-machine")
    for kind, entries in found.items():
        title, fault = words.say(f"doctor-{kind}"), machine.card_service_fault
        if entries:
            yield f"  {title}"
            yield from (f"    {entry}" for entry in entries)
        elif kind == "card_readers" and fault:
            yield "  " + words.together(title, words.say("doctor-not_known", why=words.what(fault)))
        else:
            yield "  " + words.together(title, words.say("doctor-none"))


def describe_trial(healths: Sequence[DeviceHealth], words: Words) -> Iterator[str]:
    """How each device did."""
    if not healths:
        yield "  " + words.say("doctor-no_device")
    for one in healths:
        told = {"device": one.device, "kind": one.kind}
        if one.state is DeviceState.READY:
            yield "  " + words.say("doctor-ready", **told)
            continue
        late = Trouble.of(DeviceTrouble.NOT_OPENED_IN_TIME)
        fault = one.fault if one.state is DeviceState.FAULT and one.fault else late
        yield "  " + words.say("doctor-fault", **told, why=words.trouble(fault))


def describe_findings(findings: Sequence[Trouble], user: str, words: Words) -> Iterator[str]:
    """What to repair, numbered."""
    yield "\n" + words.say("doctor-repair" if findings else "doctor-nothing")
    arrow = "←" if words.direction is Direction.RTL else "→"
    for number, one in enumerate(findings, start=1):
        yield f"  {number}. {words.what(one)}"
        yield f"     {arrow} {words.remedy(one)}"
    if user == "root":
        yield "\n" + words.say("doctor-root")
        yield f"  runuser -u {_SERVICE_USER} -g muster -G dialout -G video -G input -- muster doctor"


def _shown(one: DeviceFile) -> str:
    return one.path if one.path == one.real else f"{one.path} → {one.real}"


def _take_nothing(reading: Reading) -> bool:  # noqa: ARG001 - there is no engine that could take it
    return False


def _ignore(device: str) -> None:
    """Nobody stands before the terminal who should try again."""


def _take_no_text(reading: Reading) -> TextDecided | None:  # noqa: ARG001 - the modem keeps what was not taken
    return None
