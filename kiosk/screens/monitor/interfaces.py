"""The network devices of this machine, as anybody may see them: no engine is asked for that."""

import contextlib
import fcntl
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

_NET = Path("/sys/class/net")
_LOOPBACK = "lo"
_ADDRESS_OF = 0x8915  # SIOCGIFADDR, man 7 netdevice
_REQUEST = struct.Struct("16s24x")
_ADDRESS_AT = slice(20, 24)


@dataclass(frozen=True, slots=True)
class Interface:
    """One network device; `address` is its IPv4 address, "" where it has none."""

    name: str
    is_up: bool
    address: str


def look_at_interfaces(net: Path = _NET) -> list[Interface]:
    """Every network device but the loopback, by name."""
    names = sorted(one.name for one in net.iterdir()) if net.is_dir() else []
    return [Interface(name, _is_up(net / name), address_of(name)) for name in names if name != _LOOPBACK]


def address_of(name: str) -> str:
    """The IPv4 address of a device, "" where it has none or this process may open no such socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        told = fcntl.ioctl(asking, _ADDRESS_OF, _REQUEST.pack(name.encode()[:15]))
        return socket.inet_ntoa(told[_ADDRESS_AT])
    return ""


def _is_up(device: Path) -> bool:
    with contextlib.suppress(OSError):  # asked of one that is switched off
        return (device / "carrier").read_text().strip() == "1"
    return False
