"""What is wrong with a machine, judged from one look at it and from the settings; pure."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from drivers.catalog import ConfiguredDevice, Connection
from kiosk.settings import KioskSettings
from kiosk.setup.machine import DeviceFile, Machine

_MODULES = ("pn533_usb", "pn533", "nfc")  # each needs the next, so they are removed in this order
_BLACKLIST = "/etc/modprobe.d/muster-contactless.conf"
_OWNERS = dict.fromkeys(("drivers", "kiosk", "muster", "settlement", "sync"), "muster") | {
    "serial": "pyserial",
    "smartcard": "pyscard",
}
_MANY_HOLD = ("/dev/input/", "/dev/pts/")
"""Where a second process is no trouble: a desktop reads keyboards too, a stand-in holds its own line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    what: str
    remedy: str


def devices_with_files(settings: KioskSettings) -> list[ConfiguredDevice]:
    """The devices whose file the settings name; network cameras and recordings have none."""
    return [one for one in settings.devices if one.file]


def diagnose(machine: Machine, settings: KioskSettings | None) -> list[Finding]:
    """Everything that is wrong; with settings, only their devices are looked at."""
    found = [*_missing(machine, settings)] if settings else []
    devices = _devices(machine, settings)
    found += [*_forbidden(machine, devices), *_held(devices), *_takers_of_ports(machine)]
    found += _grabbing_modules(machine)
    if settings is not None:
        found += _services_of(machine, settings)
    return [*found, *_foreign_owners(machine)]


def _devices(machine: Machine, settings: KioskSettings | None) -> list[DeviceFile]:
    if settings is None:
        return [*machine.serial_ports, *machine.cameras, *machine.keyboards]
    feedback = settings.feedback
    lit = (feedback.buzzer, feedback.blue, feedback.vermilion)
    chips = machine.gpio_chips if any(line is not None for line in lit) else ()
    return [*{one.real: one for one in (*machine.named, *chips)}.values()]


def _missing(machine: Machine, settings: KioskSettings) -> Iterator[Finding]:
    there = {one.path for one in machine.named}
    for device in devices_with_files(settings):
        if device.file not in there:
            yield Finding(
                f"The device {device.name} is to be at {device.file}, which does not exist.",
                _where_instead(device, machine),
            )


def _where_instead(device: ConfiguredDevice, machine: Machine) -> str:
    found = machine.connected(device.kind.connection)
    by_name = {PurePosixPath(one.path).name: one.path for one in found}
    similar = difflib.get_close_matches(PurePosixPath(device.file).name, by_name, n=3, cutoff=0.5)
    paths = [by_name[name] for name in similar] or sorted(by_name.values())
    if not paths:
        return "Plug it in and look again: this machine has no device of its kind."
    similarly = "similarly named" if similar else "of its kind"
    return f"Plug it in, or correct the settings; {similarly} here: {', '.join(paths)}."


def _forbidden(machine: Machine, devices: list[DeviceFile]) -> Iterator[Finding]:
    for one in devices:
        if one.usable:
            continue
        what = f"The user {machine.user} may not use {one.path} (group {one.group})."
        if one.group == "root":
            remedy = "Install systemd/70-muster.rules, which gives it a group, and plug the device in again."
        else:
            remedy = f"Run `usermod -aG {one.group} {machine.user}`, then log in or start the service anew."
        yield Finding(what, remedy)


def _held(devices: list[DeviceFile]) -> Iterator[Finding]:
    for one in devices:
        if one.holders and not one.real.startswith(_MANY_HOLD):
            yield Finding(
                f"{', '.join(one.holders)} has {one.path} open.",
                "Stop it for as long as you look; Muster's own engine with `systemctl stop muster-kiosk`.",
            )


def _takers_of_ports(machine: Machine) -> Iterator[Finding]:
    if "ModemManager" in machine.processes:
        yield Finding(
            "ModemManager is running: it writes to every new serial port to diagnose modems.",
            "Run `apt-get purge modemmanager`, or set the udev tag ID_MM_DEVICE_IGNORE=1 on each port, as "
            "systemd/70-muster.rules does.",
        )
    if machine.has_brltty:
        yield Finding(
            "brltty is installed: it takes CH340 serial converters (1a86:7523) for braille displays.",
            "Run `apt-get purge brltty`, unless somebody reads this machine by braille.",
        )


def _grabbing_modules(machine: Machine) -> Iterator[Finding]:
    loaded = [module for module in _MODULES if module in machine.modules]
    if loaded:
        text = "".join(rf"blacklist {module}\n" for module in _MODULES)
        yield Finding(
            f"The kernel modules {', '.join(loaded)} are loaded: they take contactless readers from pcscd.",
            f"Run `printf '{text}' > {_BLACKLIST}` and `modprobe -r {' '.join(loaded)}`, then plug the "
            "reader in again.",
        )


def _services_of(machine: Machine, settings: KioskSettings) -> Iterator[Finding]:
    kinds = [one.kind for one in settings.devices if one.kind.connection is Connection.CARD_SERVICE]
    if kinds and not machine.has_card_service:
        yield Finding(
            "The smart card service pcscd is not running, and the settings name a contactless reader.",
            f"Run `apt-get install {kinds[0].debian}`, then `systemctl enable --now pcscd.socket`.",
        )
    feedback = settings.feedback
    lines = [line for line in (feedback.buzzer, feedback.blue, feedback.vermilion) if line is not None]
    if lines and not machine.gpio_chips:
        yield Finding(
            f"This machine has no GPIO, and the settings name GPIO lines ({', '.join(map(str, lines))}).",
            "Leave [feedback] out of the settings here: the screen tells everything too.",
        )


def _foreign_owners(machine: Machine) -> Iterator[Finding]:
    for name, owner in _OWNERS.items():
        foreign = sorted(machine.import_owners.get(name, frozenset()) - {owner})
        if foreign:
            yield Finding(
                f"The import name {name!r} of {owner} is also used by another distribution: "
                f"{', '.join(foreign)}.",
                f"Run `pip uninstall {' '.join(foreign)}` and install {owner} again, or give Muster a "
                "virtual environment of its own.",
            )
