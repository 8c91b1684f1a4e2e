"""The stand-ins that must live in the engine's own process, commanded from outside through a socket.

A pseudo-terminal stands for a serial line from anywhere; what PC/SC and evdev offer is a library's interface,
so their twins are called by the drivers directly. Each command is one datagram of words, the device's name
first: `card 04A2B3C4`, `card 04A2B3C4D5E680 https://…` (one that shows a web address), `card`, `card unplug`,
`card plug_in`, `keypad type 483920`, `keypad unplug`, `keypad plug_in`.
"""

import contextlib
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import structlog

from drivers.catalog import ConfiguredDevice
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_LONGEST_COMMAND = 512

_logger = structlog.get_logger()


class CommandedTwin(Protocol):
    """A stand-in that is told from outside what people do at it; its class has `of(settings)` to make one."""

    def port(self) -> Any:  # noqa: ANN401 - as many types as libraries
        """What its driver takes in place of the library."""

    def obey(self, action: str, argument: str) -> None:
        """Do what a command says; raises OSError where that can't be done, KeyError for what is unknown."""


class Twins:
    """Stand-ins by the names of their devices; `path` is the socket that commands them."""

    def __init__(self, path: Path, twins: Mapping[str, CommandedTwin]) -> None:
        """Listen at once; commands are carried out on a thread of its own."""
        self._twins = twins
        path.unlink(missing_ok=True)  # left by a process that was killed
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        threading.Thread(target=self._run, name="twins", daemon=True).start()

    def ports(self) -> dict[str, Any]:
        """What each device's driver takes in place of its library."""
        return {name: twin.port() for name, twin in self._twins.items()}

    def _run(self) -> None:
        while True:
            words = self._socket.recv(_LONGEST_COMMAND).decode().split(" ", 2)
            try:
                self._obey(*words)
            except (TypeError, KeyError, ValueError, OSError) as error:
                _logger.warning("twins_do_not_understand", error=type(error).__name__)

    def _obey(self, device: str, action: str = "", argument: str = "") -> None:
        self._twins[device].obey(action, argument)


def twins_of(devices: Sequence[ConfiguredDevice]) -> dict[str, CommandedTwin]:
    """A stand-in for each device whose library is replaced; those of serial lines and cameras are outside."""
    return {one.name: one.kind.load_twin().of(one.settings) for one in devices if one.kind.twin_as}


def command(path: Path, *words: str) -> None:
    """Tell the twins behind `path` what to do; raises DeviceError when nobody listens there."""
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as sender:
        try:
            sender.sendto(" ".join(words).encode(), str(path))
        except OSError as error:
            raise DeviceError(DeviceTrouble.STAND_INS_MISSING, path=path, why=error.strerror) from error
