"""What a camera can be told: exposure, gain, focus and the frequency of the mains, by Video4Linux's controls.

OpenCV sets some of them, each backend by a scale of its own, and not the mains frequency. The kernel's
controls are the same for every camera (linux/v4l2-controls.h, videodev2.h); a camera that lacks one says so.
"""

import fcntl
import os
import struct
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from typing import Protocol

from drivers.settings import CameraSettings

Ioctl = Callable[[int, int, bytearray], object]
"""As `fcntl.ioctl` on a buffer that the kernel changes; raises OSError."""

_CONTROL = struct.Struct("=Ii")  # struct v4l2_control
_GET = 0xC008561B  # VIDIOC_G_CTRL
_SET = 0xC008561C  # VIDIOC_S_CTRL


class Control(IntEnum):
    """The controls' numbers (V4L2_CID_…)."""

    GAIN_AUTO = 0x00980912
    GAIN = 0x00980913
    MAINS = 0x00980918
    EXPOSURE_AUTO = 0x009A0901
    EXPOSURE = 0x009A0902  # in units of 100 microseconds
    FOCUS = 0x009A090A
    FOCUS_AUTO = 0x009A090C


class ExposureMode(IntEnum):
    """Values of EXPOSURE_AUTO; what USB cameras call automatic is priority of the aperture."""

    AUTO = 0
    MANUAL = 1
    APERTURE_PRIORITY = 3


MAINS_VALUES = {0: 0, 50: 1, 60: 2}
"""Values of MAINS by hertz; 0 leaves the bands of lamps as they are."""

EXPOSURE_UNIT_US = 100


class CameraControls(Protocol):
    """A camera that takes controls."""

    def get(self, control: Control) -> int | None:
        """The value, or None where the camera has no such control."""

    def set(self, control: Control, value: int) -> bool:
        """Whether the camera took the value."""

    def close(self) -> None:
        """Let the camera go."""


class V4l2Controls:
    """The controls of the device at a path, beside whoever takes its pictures."""

    def __init__(self, path: str, ioctl: Ioctl = fcntl.ioctl) -> None:
        """Raises OSError when the device can't be opened."""
        self._ioctl = ioctl
        self._device = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def get(self, control: Control) -> int | None:
        """The value, or None where the camera has no such control."""
        asked = bytearray(_CONTROL.pack(control, 0))
        try:
            self._ioctl(self._device, _GET, asked)
        except OSError:
            return None
        return int(_CONTROL.unpack(asked)[1])

    def set(self, control: Control, value: int) -> bool:
        """Whether the camera took the value."""
        try:
            self._ioctl(self._device, _SET, bytearray(_CONTROL.pack(control, value)))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let the device go."""
        with suppress(OSError):
            os.close(self._device)


def apply(settings: CameraSettings, controls: CameraControls) -> list[Control]:
    """Set what the settings say; returns the controls that the camera doesn't take."""
    wishes = [(Control.MAINS, MAINS_VALUES[settings.mains_hz])]
    if settings.exposure_us:
        wishes += [
            (Control.EXPOSURE_AUTO, ExposureMode.MANUAL),
            (Control.EXPOSURE, max(1, settings.exposure_us // EXPOSURE_UNIT_US)),
        ]
    # A camera keeps what an earlier setting fixed; few have an automatic gain, not all an automatic focus.
    controls.set(Control.GAIN_AUTO, int(settings.gain is None))
    if settings.gain is not None:
        wishes.append((Control.GAIN, settings.gain))
    if settings.focus is None:
        controls.set(Control.FOCUS_AUTO, 1)
    else:
        wishes += [(Control.FOCUS_AUTO, 0), (Control.FOCUS, settings.focus)]
    return [control for control, value in wishes if not controls.set(control, value)]
