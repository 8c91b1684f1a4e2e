"""The stand-ins that must live in the engine's own process, commanded from outside through a socket.

A pseudo-terminal stands for a serial line from anywhere; what PC/SC and evdev offer is a library's interface,
so their twins are called by the drivers directly. Each command is one datagram of words: `card 04A2B3C4`,
`card 04A2B3C4D5E680 https://…` (one that shows a web address), `card`, `card unplug`, `card plug_in`,
`keypad type 483920`, `keypad unplug`, `keypad plug_in`.
"""

import contextlib
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from drivers.simulated.contactless import SimulatedCardService, card_with
from drivers.simulated.keyboard import SimulatedKeyboard
from drivers.simulated.ntag424 import card_showing
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_LONGEST_COMMAND = 512

_logger = structlog.get_logger()


class Twins:
    """A contactless reader, and what types, by name; `path` is the socket that commands them."""

    def __init__(self, path: Path, keyboards: Mapping[str, SimulatedKeyboard]) -> None:
        """Listen at once; commands are carried out on a thread of its own."""
        self.cards = SimulatedCardService()
        self._keyboards = keyboards
        path.unlink(missing_ok=True)  # left by a process that was killed
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        threading.Thread(target=self._run, name="twins", daemon=True).start()

    def open_keyboard(self, path: str) -> Any:  # noqa: ANN401 - what evdev.InputDevice is to the driver
        """Open the keyboard at `path`, as evdev would; raises OSError where there is none."""
        for keyboard in self._keyboards.values():
            if str(keyboard.path) == path:
                return keyboard.open_device(path)
        raise FileNotFoundError(path)

    def _run(self) -> None:
        while True:
            words = self._socket.recv(_LONGEST_COMMAND).decode().split(" ", 2)
            try:
                self._obey(*words)
            except (TypeError, KeyError, OSError) as error:
                _logger.warning("twins_do_not_understand", error=type(error).__name__)

    def _obey(self, device: str, action: str = "", argument: str = "") -> None:
        if device != "card":
            keyboard = self._keyboards[device]
            match action:
                case "type":
                    keyboard.type(argument + "\r")
                case "unplug":
                    keyboard.unplug()
                case "plug_in":
                    keyboard.plug_in()
            return
        match action:
            case "":
                self.cards.take_away()
            case "unplug":
                self.cards.unplug()
            case "plug_in":
                self.cards.plug_in()
            case uid:
                self.cards.hold(card_showing(uid, argument) if argument else card_with(uid))


def command(path: Path, *words: str) -> None:
    """Tell the twins behind `path` what to do; raises DeviceError when nobody listens there."""
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as sender:
        try:
            sender.sendto(" ".join(words).encode(), str(path))
        except OSError as error:
            raise DeviceError(DeviceTrouble.STAND_INS_MISSING, path=path, why=error.strerror) from error
