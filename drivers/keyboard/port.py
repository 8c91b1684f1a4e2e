"""A keyboard of the kernel's (evdev), taken for this process alone: its keys reach no console."""

import errno
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

import evdev

from drivers.keyboard.keys import Key, KeysLost
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_EV_SYN, _EV_KEY = 0, 1
_SYN_DROPPED = 3
# An ioctl that fails while the device goes away shows as SystemError in python-evdev 2.0.
_FAILURES = (OSError, SystemError)

_NOT_OPENED = {
    errno.ENOENT: DeviceTrouble.KEYBOARD_MISSING,
    errno.EACCES: DeviceTrouble.KEYBOARD_FORBIDDEN,
    errno.EBUSY: DeviceTrouble.KEYBOARD_IN_USE,
    errno.ENOTTY: DeviceTrouble.KEYBOARD_NO_INPUT,
}


class Keyboard:
    """Reads the keys of one known device; `open_device` opens a path as evdev.InputDevice does."""

    def __init__(self, path: str, usb_id: str, open_device: Callable[[str], Any] = evdev.InputDevice) -> None:
        self._path = Path(path)
        self._usb_id = usb_id
        self._open_device = open_device
        self._device: Any = None

    def is_plugged_in(self) -> bool:
        """Whether the device's path exists."""
        return self._path.exists()

    def open(self) -> None:
        """Open and grab the device; raises DeviceError, also for a device that is not the known one."""
        try:
            self._device = self._open_device(str(self._path))
            info = self._device.info
            found = f"{info.vendor:04x}:{info.product:04x}"
            if found != self._usb_id:
                raise DeviceError(
                    DeviceTrouble.KEYBOARD_OTHER, path=self._path, found=found, known=self._usb_id
                )
            self._device.grab()
        except _FAILURES as error:
            number = error.errno if isinstance(error, OSError) else None
            trouble = _NOT_OPENED.get(number or 0, DeviceTrouble.KEYBOARD_NOT_OPENED)
            raise DeviceError(trouble, path=self._path, why=_why(error)) from error

    def read(self, timeout_ms: int) -> list[Key | KeysLost]:
        """The keys that were pressed and released; none after the time-out. Raises DeviceError when lost."""
        try:
            ready, _, _ = select.select([self._device.fd], [], [], timeout_ms / 1000)
            events = list(self._device.read()) if ready else []
        except _FAILURES as error:
            raise DeviceError(DeviceTrouble.KEYBOARD_LOST, path=self._path, why=_why(error)) from error
        return [key for event in events if (key := _key(event)) is not None]

    def close(self) -> None:
        """Give the device back, which also ends the grab; nothing happens when it is not open."""
        device, self._device = self._device, None
        if device is not None:
            device.close()


def _why(error: BaseException) -> str:
    """The system's name for what failed, such as ENODEV."""
    number = error.errno if isinstance(error, OSError) else None
    return errno.errorcode.get(number or 0, type(error).__name__)


def _key(event: Any) -> Key | KeysLost | None:  # noqa: ANN401 - python-evdev's types are not strict
    if event.type == _EV_KEY:
        return Key(event.code, event.value)
    return KeysLost() if (event.type, event.code) == (_EV_SYN, _SYN_DROPPED) else None
