"""The camera driver: finds QR codes in what a camera sees and presents each once while it is held up."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from drivers.camera.contents import Kind
from drivers.camera.grey import Grey, shrunk
from drivers.camera.qr import LiveReader
from drivers.camera.showings import Showings, Shown, Sighting
from drivers.camera.source import (
    Picture,
    PictureSource,
    SourceKind,
    SourceOptions,
    kind_of,
    open_source,
    shown,
)
from drivers.camera.view import side_of
from drivers.lifecycle import PATIENT, DriverThread, Unreadable, tell_nobody
from drivers.reading import Deliver, DeviceHealth, Now, Presented, Reading, Secret
from drivers.settings import CameraSettings
from drivers.troubles import DeviceTrouble
from foundation.back_off import BackOff
from foundation.clock import monotonic_ms
from foundation.errors import DeviceError
from foundation.trouble import Trouble

_STEP_MS = 250
_SAMPLE = 8  # every eighth pixel of every eighth row shows whether two pictures are the same


class FrozenPicture:
    """Tells a camera that repeats one picture: a real sensor's noise never gives the same one twice."""

    def __init__(self, frozen_after_ms: int) -> None:
        self._frozen_after_ms = frozen_after_ms
        self._sample: Grey | None = None
        self._since_ms = 0

    def is_frozen(self, grey: Grey, at_ms: int) -> bool:
        """Whether every picture for the set time was like `grey`."""
        sample = grey[::_SAMPLE, ::_SAMPLE]
        if self._sample is None or not np.array_equal(self._sample, sample):
            self._sample, self._since_ms = sample.copy(), at_ms
        return 0 < self._frozen_after_ms <= at_ms - self._since_ms


class CameraDriver(DriverThread):
    """Presents every code that is held before one camera.

    Its figures on the staff's screen: `frames` that the camera sent, `decoded` in which codes were sought,
    `frame_age_ms` from the grab of the last one to its result.
    """

    def __init__(
        self,
        settings: CameraSettings,
        *,
        deliver: Deliver,
        now: Now,
        unreadable: Unreadable = tell_nobody,
        back_off: BackOff = PATIENT,
    ) -> None:
        super().__init__(
            settings.name, kind="camera", deliver=deliver, now=now, unreadable=unreadable, back_off=back_off
        )
        self._settings = settings
        self._is_live = kind_of(settings.source) in {SourceKind.DEVICE, SourceKind.STREAM}
        self._source: PictureSource | None = None
        self._reader = LiveReader()
        self._showings = _showings(settings)
        self._frozen = FrozenPicture(settings.frozen_after_ms)
        self._looked_ms = self._picture_ms = 0
        self._frames_before = 0
        self._remark: Trouble | None = None

    def is_plugged_in(self) -> bool:
        """Whether the device's path exists; a network camera only tells by answering."""
        return kind_of(self._settings.source) is not SourceKind.DEVICE or Path(self._settings.source).exists()

    def open(self) -> None:
        """Open the source and wait for its first picture."""
        settings = self._settings
        options = SourceOptions(
            rate=settings.rate,
            width=settings.width,
            height=settings.height,
            open_timeout_ms=settings.open_timeout_ms,
            read_timeout_ms=settings.read_timeout_ms,
            loop=settings.loop,
        )
        self._remark = None
        self._reader, self._frozen = LiveReader(), FrozenPicture(settings.frozen_after_ms)
        self._source = open_source(settings.source, options, now=self.now, pause=self.pause)
        self._picture_ms = monotonic_ms()
        while not self.stopping and not self._take_picture():
            pass

    def step(self) -> None:
        """Wait until a picture is due, take it and look for codes in it."""
        self._take_picture()

    def close(self) -> None:
        """Let the camera go."""
        if self._source is not None:
            self._frames_before += self._source.frames
            self._source.close()
        self._source = None

    def health(self) -> DeviceHealth:
        """How the camera is doing; at a recording's end the remark says so."""
        health = super().health()
        return replace(health, fault=health.fault or self._remark)

    def _take_picture(self) -> bool:
        """Look at the next picture; False when there was none yet."""
        if self._source is None:
            return False
        self.pause(max(0, self._looked_ms + 1000 // self._settings.rate - monotonic_ms()))
        picture = self._source.next_picture(_STEP_MS)
        self.measure("frames", self._frames_before + self._source.frames)
        if picture is not None:
            self._look(picture)
        elif self._source.has_ended:
            self._end()
        elif self._is_live and monotonic_ms() - self._picture_ms >= self._settings.stalled_after_ms:
            raise DeviceError(DeviceTrouble.CAMERA_STALLED, camera=shown(self._settings.source))
        return picture is not None

    def _look(self, picture: Picture) -> None:
        self._looked_ms = self._picture_ms = picture.grabbed_ms
        if self._is_live and self._frozen.is_frozen(picture.grey, picture.grabbed_ms):
            raise DeviceError(DeviceTrouble.CAMERA_FROZEN, camera=shown(self._settings.source))
        grey = shrunk(picture.grey)
        codes = self._reader.look(grey)
        done_ms = monotonic_ms()
        self.count("decoded")
        self.measure("frame_age_ms", done_ms - picture.grabbed_ms)
        height, width = grey.shape
        sightings = [
            Sighting((code.content.kind, Secret(code.content.text)), code.corners, (width, height), done_ms)
            for code in codes.found
        ]
        unread = (side_of(corners) / min(width, height) for corners in codes.unread)
        for held_up in self._showings.see(sightings, unread):
            self._present(held_up, picture)

    def _present(self, held_up: Shown, picture: Picture) -> None:
        kind, payload = held_up.key
        reading = Reading(
            self.name,
            Presented.CODE,
            payload,
            picture.at,
            is_part=kind == Kind.PART,
            by_sight=True,
            away_ms=held_up.away_ms,
        )
        if not self.hand_over(reading):
            self._showings.not_taken(held_up.key)

    def _end(self) -> None:
        self._remark = Trouble.of(DeviceTrouble.RECORDING_ENDED, path=self._settings.source)
        self._stop.set()


def _showings(settings: CameraSettings) -> Showings:
    """Pictures of a folder have nothing to do with each other: what one shows is not seen again."""
    if kind_of(settings.source) is SourceKind.FOLDER:
        return Showings(settings.repeat_after_ms, patience_ms=0)
    return Showings(settings.repeat_after_ms)
