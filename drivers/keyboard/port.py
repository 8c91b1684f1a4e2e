"""A keyboard of the kernel's (evdev), taken for this process alone: its keys reach no console."""

import errno
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

import evdev

from drivers.keyboard.keys import Key, KeysLost
from foundation.errors import DeviceError

_EV_SYN, _EV_KEY = 0, 1
_SYN_DROPPED = 3
# An ioctl that fails while the device goes away shows as SystemError in python-evdev 2.0.
_FAILURES = (OSError, SystemError)

_REMEDIES = {
    errno.ENOENT: "Plug it in, or name its path under /dev/input/by-id in the settings.",
    errno.EACCES: "Let the service's user join the group that owns it (input).",
    errno.EBUSY: "Another program has taken it: stop that program.",
    errno.ENOTTY: "Name an input device; this file is something else.",
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
                    f"The keyboard {self._path} is {found}, not {self._usb_id}.",
                    remedy="Plug the known one in, or name this one's numbers in the settings.",
                )
            self._device.grab()
        except _FAILURES as error:
            raise self._failed("can't be opened", error) from error

    def read(self, timeout_ms: int) -> list[Key | KeysLost]:
        """The keys that were pressed and released; none after the time-out. Raises DeviceError when lost."""
        try:
            ready, _, _ = select.select([self._device.fd], [], [], timeout_ms / 1000)
            events = list(self._device.read()) if ready else []
        except _FAILURES as error:
            raise self._failed("was lost", error) from error
        return [key for event in events if (key := _key(event)) is not None]

    def close(self) -> None:
        """Give the device back, which also ends the grab; nothing happens when it is not open."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _failed(self, what: str, error: BaseException) -> DeviceError:
        number = (error.errno if isinstance(error, OSError) else None) or 0
        reason = f" ({errno.errorcode[number]})" if number in errno.errorcode else ""
        remedy = _REMEDIES.get(number, "Check its cable; it is opened again as soon as it is back.")
        return DeviceError(f"The keyboard {self._path} {what}{reason}.", remedy=remedy)


def _key(event: Any) -> Key | KeysLost | None:  # noqa: ANN401 - python-evdev's types are not strict
    if event.type == _EV_KEY:
        return Key(event.code, event.value)
    return KeysLost() if (event.type, event.code) == (_EV_SYN, _SYN_DROPPED) else None
