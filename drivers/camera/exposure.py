"""Lowering the exposure while something bright is burnt out, such as a phone's screen in a dark room.

A camera exposes for the whole picture; of a lit screen before a dark wall nothing but white is left then, and
no filter brings a code back. The loop sees only how much of the middle is burnt out.
"""

import numpy as np

from drivers.camera.controls import CameraControls, Control, ExposureMode
from drivers.camera.grey import Grey

_SAMPLE = 8  # every eighth pixel of every eighth row
_MIDDLE = 0.6  # of the picture's width and height: windows and lamps are mostly at its edges
_BURNT_LEVEL = 250
_BURNT_PART = 0.02  # of the middle: a badge of 100 pixels in a picture of 1280 × 720
_LOWERED = 0.6  # times the exposure, each time
_LOWEST = 1 / 32
_RAISED = 1.25
_DIM_LEVEL = 150  # nothing in the middle is brighter: a raised exposure burns nothing out
_SETTLES_MS = 400  # until pictures show a new exposure
_RAISES_AFTER_MS = 3_000
_USUAL_UNITS = 156  # of 100 microseconds, where a camera doesn't tell its own: 1/64 s


class ExposureLoop:
    """What part of a camera's usual exposure its pictures need."""

    def __init__(self) -> None:
        self.part = 1.0
        self._changed_ms = 0

    def follow(self, grey: Grey, at_ms: int) -> bool:
        """Note the next picture; True when `part` is another from now on."""
        before = self.part
        waited_ms = at_ms - self._changed_ms
        middle = _middle(grey)
        if waited_ms >= _SETTLES_MS and float(np.mean(middle >= _BURNT_LEVEL)) >= _BURNT_PART:
            self.part = max(_LOWEST, self.part * _LOWERED)
        elif waited_ms >= _RAISES_AFTER_MS and float(np.percentile(middle, 99)) < _DIM_LEVEL:
            self.part = min(1.0, self.part * _RAISED)
        if self.part == before:
            return False
        self._changed_ms = at_ms
        return True


class ExposureControl:
    """Keeps one camera's exposure where nothing in the middle is burnt out."""

    def __init__(self, controls: CameraControls) -> None:
        self._controls = controls
        self._loop = ExposureLoop()
        self._mode = controls.get(Control.EXPOSURE_AUTO)
        self._usual = controls.get(Control.EXPOSURE) or _USUAL_UNITS
        if self._mode == ExposureMode.MANUAL:
            # Left so by a process that had lowered it and was killed, or by a setting that is gone.
            self._mode, self._usual = self._automatic(), _USUAL_UNITS

    @property
    def per_cent(self) -> int:
        """The exposure as a part of the usual one."""
        return round(100 * self._loop.part)

    def follow(self, grey: Grey, at_ms: int) -> None:
        """Take the next picture; tell the camera when it needs another exposure."""
        if self._mode is None or not self._loop.follow(grey, at_ms):
            return
        if self._loop.part == 1.0:
            self._controls.set(Control.EXPOSURE_AUTO, self._mode)
            return
        self._controls.set(Control.EXPOSURE_AUTO, ExposureMode.MANUAL)
        self._controls.set(Control.EXPOSURE, max(1, round(self._usual * self._loop.part)))

    def release(self) -> None:
        """Leave the camera as it was: it keeps what it was told when nobody looks through it."""
        if self._mode is not None and self._loop.part < 1:
            self._controls.set(Control.EXPOSURE, self._usual)
            self._controls.set(Control.EXPOSURE_AUTO, self._mode)

    def _automatic(self) -> int:
        """Let the camera expose by itself; the mode that it took."""
        modes = (ExposureMode.APERTURE_PRIORITY, ExposureMode.AUTO)
        taken = (mode for mode in modes if self._controls.set(Control.EXPOSURE_AUTO, mode))
        return next(taken, ExposureMode.MANUAL)


def _middle(grey: Grey) -> Grey:
    height, width = grey.shape
    top, left = int(height * (1 - _MIDDLE) / 2), int(width * (1 - _MIDDLE) / 2)
    return grey[top : height - top : _SAMPLE, left : width - left : _SAMPLE]
