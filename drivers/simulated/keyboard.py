"""A scanner or number pad that types, without hardware: what evdev.InputDevice is to the driver."""

import errno
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from drivers.keyboard.keys import SPOILED, Key, KeyDecoder
from drivers.keyboard.port import Keyboard
from drivers.settings import KeyboardSettings

_INPUT_EVENT = struct.Struct("llHHi")  # as the kernel writes it on 64-bit machines
_EV_SYN, _EV_KEY = 0, 1
_LEFT_SHIFT = 42


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """The numbers of a USB device."""

    vendor: int
    product: int


@dataclass(frozen=True, slots=True)
class InputEvent:
    """One event as the kernel reports it."""

    type: int
    code: int
    value: int


class SimulatedKeyboard:
    """Types into whoever opened it with `open_device`; its path exists while it is plugged in."""

    def __init__(self, path: Path, usb_id: str) -> None:
        self.path = path
        vendor, product = usb_id.split(":")
        self.info = DeviceInfo(int(vendor, 16), int(product, 16))
        self.grabbed = False
        self._plugged_in = False
        self._pipe = (-1, -1)
        self.plug_in()

    @classmethod
    def of(cls, settings: KeyboardSettings) -> Self:
        """The stand-in for a device of the settings."""
        return cls(Path(settings.path), settings.usb_id)

    def port(self) -> Keyboard:
        """What its driver takes in place of evdev."""
        return Keyboard(str(self.path), f"{self.info.vendor:04x}:{self.info.product:04x}", self.open_device)

    def obey(self, action: str, argument: str) -> None:
        """Type what a command says and Enter, or be unplugged or plugged in; anything else is ignored."""
        match action:
            case "type":
                self.type(argument + "\r")
            case "unplug":
                self.unplug()
            case "plug_in":
                self.plug_in()

    @property
    def fd(self) -> int:
        """What a reader waits on."""
        return self._pipe[0]

    def plug_in(self) -> None:
        """Let the device appear."""
        self.path.touch()
        self._plugged_in = True

    def unplug(self) -> None:
        """Let it disappear: a waiting reader is woken and told ENODEV."""
        self.path.unlink(missing_ok=True)
        self._plugged_in = False
        if self._pipe[1] >= 0:
            os.write(self._pipe[1], bytes(_INPUT_EVENT.size))

    def open_device(self, path: str) -> "SimulatedKeyboard":
        """Open it; raises the kernel's errors as OSError."""
        if not self._plugged_in or path != str(self.path):
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        self._pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        return self

    def grab(self) -> None:
        """Take its keys for one process."""
        self.grabbed = True

    def read(self) -> Iterator[InputEvent]:
        """The events that were typed; raises OSError ENODEV once it is unplugged."""
        if not self._plugged_in:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        data = os.read(self.fd, 64 * _INPUT_EVENT.size)
        for _, _, kind, code, value in _INPUT_EVENT.iter_unpack(data):
            yield InputEvent(kind, code, value)

    def close(self) -> None:
        """Give it back."""
        self.grabbed = False
        for end in self._pipe:
            os.close(end)
        self._pipe = (-1, -1)

    def press(self, *codes: int) -> None:
        """Press and release keys, one after the other."""
        for code in codes:
            self.report(_EV_KEY, code, 1)
            self.report(_EV_KEY, code, 0)

    def type(self, text: str) -> None:
        """Type ASCII text on a US keyboard; a carriage return is Enter."""
        for character in text:
            shifted, code = _KEYS[character.encode("ascii")]
            if shifted:
                self.report(_EV_KEY, _LEFT_SHIFT, 1)
            self.press(code)
            if shifted:
                self.report(_EV_KEY, _LEFT_SHIFT, 0)

    def report(self, kind: int, code: int, value: int) -> None:
        """Send one event and the report that ends it."""
        events = ((kind, code, value), (_EV_SYN, 0, 0))
        os.write(self._pipe[1], b"".join(_INPUT_EVENT.pack(0, 0, *event) for event in events))


def _keys() -> dict[bytes, tuple[bool, int]]:
    keys: dict[bytes, tuple[bool, int]] = {}
    for shifted in (False, True):
        for code in range(2, 100):
            decoder = KeyDecoder()
            if shifted:
                decoder.feed(Key(_LEFT_SHIFT, 1))
            character = decoder.feed(Key(code, 1))
            if character not in (b"", SPOILED):
                keys.setdefault(character, (shifted, code))
    return keys


_KEYS = _keys()
