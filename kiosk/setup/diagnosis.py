"""What is wrong with a machine, judged from one look at it and from the settings; pure."""

import difflib
from collections.abc import Iterator
from pathlib import PurePosixPath

from drivers.catalog import ConfiguredDevice, Connection
from foundation.trouble import Trouble
from kiosk.settings import KioskSettings
from kiosk.setup.machine import DeviceFile, Machine
from kiosk.troubles import TerminalTrouble

_MODULES = ("pn533_usb", "pn533", "nfc")  # each needs the next, so they are removed in this order
_BLACKLIST = "/etc/modprobe.d/muster-contactless.conf"
_OWNERS = dict.fromkeys(("drivers", "foundation", "kiosk", "muster", "settlement", "sync"), "muster") | {
    "serial": "pyserial",
    "smartcard": "pyscard",
}
_MANY_HOLD = ("/dev/input/", "/dev/pts/")
"""Where a second process is no trouble: a desktop reads keyboards too, a stand-in holds its own line."""


def devices_with_files(settings: KioskSettings) -> list[ConfiguredDevice]:
    """The devices whose file the settings name; network cameras and recordings have none."""
    return [one for one in settings.devices if one.file]


def diagnose(machine: Machine, settings: KioskSettings | None) -> list[Trouble]:
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


def _missing(machine: Machine, settings: KioskSettings) -> Iterator[Trouble]:
    there = {one.path for one in machine.named}
    for device in devices_with_files(settings):
        if device.file not in there:
            yield _not_there(device, machine)


def _not_there(device: ConfiguredDevice, machine: Machine) -> Trouble:
    found = machine.connected(device.kind.connection)
    by_name = {PurePosixPath(one.path).name: one.path for one in found}
    similar = difflib.get_close_matches(PurePosixPath(device.file).name, by_name, n=3, cutoff=0.5)
    where = {"device": device.name, "path": device.file}
    if similar:
        paths = [by_name[name] for name in similar]
        return Trouble.of(TerminalTrouble.DEVICE_RENAMED, **where, paths=paths)
    if by_name:
        return Trouble.of(TerminalTrouble.DEVICE_ELSEWHERE, **where, paths=sorted(by_name.values()))
    return Trouble.of(TerminalTrouble.DEVICE_NOT_HERE, **where)


def _forbidden(machine: Machine, devices: list[DeviceFile]) -> Iterator[Trouble]:
    for one in devices:
        if one.usable:
            continue
        is_of_root = one.group == "root"
        code = TerminalTrouble.DEVICE_OF_ROOT if is_of_root else TerminalTrouble.DEVICE_FORBIDDEN
        join = f"usermod -aG {one.group} {machine.user}"
        yield Trouble.of(code, user=machine.user, path=one.path, group=one.group, command=join)


def _held(devices: list[DeviceFile]) -> Iterator[Trouble]:
    for one in devices:
        if one.holders and not one.real.startswith(_MANY_HOLD):
            yield Trouble.of(TerminalTrouble.DEVICE_HELD, holders=one.holders, path=one.path)


def _takers_of_ports(machine: Machine) -> Iterator[Trouble]:
    if "ModemManager" in machine.processes:
        yield Trouble.of(TerminalTrouble.MODEM_MANAGER_RUNNING)
    if machine.has_brltty:
        yield Trouble.of(TerminalTrouble.BRLTTY_INSTALLED)


def _grabbing_modules(machine: Machine) -> Iterator[Trouble]:
    loaded = [module for module in _MODULES if module in machine.modules]
    if loaded:
        text = "".join(rf"blacklist {module}\n" for module in _MODULES)
        yield Trouble.of(
            TerminalTrouble.MODULES_LOADED,
            modules=loaded,
            keep_away=f"printf '{text}' > {_BLACKLIST}",
            remove=f"modprobe -r {' '.join(loaded)}",
        )


def _services_of(machine: Machine, settings: KioskSettings) -> Iterator[Trouble]:
    kinds = [one.kind for one in settings.devices if one.kind.connection is Connection.CARD_SERVICE]
    if kinds and not machine.has_card_service:
        yield Trouble.of(TerminalTrouble.CARD_SERVICE_OFF, packages=kinds[0].debian)
    feedback = settings.feedback
    lines = [line for line in (feedback.buzzer, feedback.blue, feedback.vermilion) if line is not None]
    if lines and not machine.gpio_chips:
        yield Trouble.of(TerminalTrouble.GPIO_MISSING, lines=lines)


def _foreign_owners(machine: Machine) -> Iterator[Trouble]:
    for name, owner in _OWNERS.items():
        foreign = sorted(machine.import_owners.get(name, frozenset()) - {owner})
        if foreign:
            yield Trouble.of(
                TerminalTrouble.IMPORT_NAME_SHARED,
                name=name,
                owner=owner,
                others=foreign,
                remove=f"pip uninstall {' '.join(foreign)}",
            )
