"""What a machine has, as a value: device files, kernel modules, processes, owners of import names.

Everything is looked up below a root folder, so that a folder can stand in for a machine.
"""

import grp
import os
import pwd
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import packages_distributions
from pathlib import Path

from drivers.catalog import Connection
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError
from foundation.trouble import Trouble

_SERIAL_PORTS = ("dev/serial/by-id/*", "dev/ttyUSB*", "dev/ttyACM*")
_CAMERAS = ("dev/v4l/by-id/*", "dev/video[0-9]*")
_SECOND_NODE = "-video-index1"  # most USB cameras have one for descriptions of pictures; it gives no pictures
_KEYBOARDS = ("dev/input/by-id/*-event-kbd",)
_GPIO_CHIPS = ("dev/gpiochip*",)
_BRLTTY = ("usr/bin/brltty", "bin/brltty", "usr/sbin/brltty")
_CARD_SERVICE = "run/pcscd/pcscd.comm"


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """One device: its most stable path, the file behind it, its group, and who uses it.

    `usable` says whether this user may open it; `holders` are processes, as "name (pid)".
    """

    path: str
    real: str
    group: str
    usable: bool = True
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """One look at a machine. `named` holds the paths of the settings, as far as they exist.

    `card_service_fault` says why the smart card service told no readers; None when it answered.
    """

    user: str
    serial_ports: tuple[DeviceFile, ...] = ()
    cameras: tuple[DeviceFile, ...] = ()
    keyboards: tuple[DeviceFile, ...] = ()
    gpio_chips: tuple[DeviceFile, ...] = ()
    named: tuple[DeviceFile, ...] = ()
    modules: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    has_brltty: bool = False
    has_card_service: bool = False
    card_readers: tuple[str, ...] = ()
    card_service_fault: Trouble | None = None
    import_owners: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def connected(self, connection: Connection) -> tuple[DeviceFile, ...]:
        """The device files that were found of this connection; a card reader has a name and none."""
        match connection:
            case Connection.SERIAL:
                return self.serial_ports
            case Connection.VIDEO:
                return self.cameras
            case Connection.INPUT:
                return self.keyboards
            case Connection.CARD_SERVICE:
                return ()


def inspect(root: Path, named: Iterable[str] = ()) -> Machine:
    """The machine whose files are below `root`; what can't be read there counts as absent."""
    holders = _holders(root)

    def matching(patterns: Iterable[str]) -> tuple[DeviceFile, ...]:
        return tuple(_device_files(root, patterns, holders))

    return Machine(
        user=_user(),
        serial_ports=matching(_SERIAL_PORTS),
        cameras=tuple(one for one in matching(_CAMERAS) if not one.path.endswith(_SECOND_NODE)),
        keyboards=matching(_KEYBOARDS),
        gpio_chips=matching(_GPIO_CHIPS),
        named=tuple(
            _device_file(root, root / path.lstrip("/"), path, holders)
            for path in named
            if (root / path.lstrip("/")).exists()
        ),
        modules=frozenset(line.split(" ")[0] for line in _text(root / "proc/modules").splitlines()),
        processes=frozenset(name for _, name in _processes(root)),
        has_brltty=any((root / place).exists() for place in _BRLTTY),
        has_card_service=(root / _CARD_SERVICE).exists(),
    )


def look_at_this_machine(named: Iterable[str] = ()) -> Machine:
    """This machine, with what only its services know: card readers and installed distributions."""
    readers, fault = _card_readers()
    owners = {name: frozenset(map(str.lower, owned)) for name, owned in packages_distributions().items()}
    return replace(
        inspect(Path("/"), named), card_readers=readers, card_service_fault=fault, import_owners=owners
    )


def _card_readers() -> tuple[tuple[str, ...], Trouble | None]:
    try:
        from drivers.contactless.pcsc import PcscCardService  # noqa: PLC0415 - it is missing where pyscard is
    except ImportError as error:
        return (), Trouble.of(DeviceTrouble.CARD_SERVICE_MISSING, why=error)
    service = PcscCardService()
    try:
        service.open()
        return tuple(service.readers()), None
    except DeviceError as error:
        return (), error.trouble
    finally:
        service.close()


def _device_files(
    root: Path, patterns: Iterable[str], holders: Mapping[str, tuple[str, ...]]
) -> Iterator[DeviceFile]:
    """Each device once, under the name that comes first: the patterns begin with the most stable names."""
    seen: set[str] = set()
    for pattern in patterns:
        for place in sorted(root.glob(pattern)):
            found = _device_file(root, place, f"/{place.relative_to(root)}", holders)
            if found.real not in seen:
                seen.add(found.real)
                yield found


def _device_file(root: Path, place: Path, path: str, holders: Mapping[str, tuple[str, ...]]) -> DeviceFile:
    real = place.resolve()
    inside = real.is_relative_to(root.resolve())
    shown = f"/{real.relative_to(root.resolve())}" if inside else str(real)
    mode = os.R_OK if shown.startswith("/dev/input/") else os.R_OK | os.W_OK
    return DeviceFile(path, shown, _group(real), os.access(real, mode), holders.get(shown, ()))


def _holders(root: Path) -> dict[str, tuple[str, ...]]:
    """Which processes have which device files open; only root sees those of other users."""
    holders: dict[str, tuple[str, ...]] = {}
    for folder, name in _processes(root):
        try:
            open_files = {str(one.readlink()) for one in (folder / "fd").iterdir()}
        except OSError:  # the process ended meanwhile, or it belongs to somebody else
            continue
        for path in open_files:
            if path.startswith("/dev/"):
                holders[path] = (*holders.get(path, ()), f"{name} ({folder.name})")
    return holders


def _processes(root: Path) -> Iterator[tuple[Path, str]]:
    for folder in root.glob("proc/[0-9]*"):
        name = _text(folder / "comm").strip()
        if name:
            yield folder, name


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _group(path: Path) -> str:
    try:
        number = path.stat().st_gid
    except OSError:
        return ""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
