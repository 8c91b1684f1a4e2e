"""The camera driver: finds QR codes in what a camera sees and presents each once while it is held up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import structlog

from drivers.camera.contents import Kind
from drivers.camera.controls import V4l2Controls, apply
from drivers.camera.exposure import ExposureControl
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

_log = structlog.get_logger()

_STEP_MS = 250
_DARK_LEVEL = 6  # grey levels: a sensor's own in the dark
_DARK_PER_CENT = 99.5  # of the pixels; some are always lit
_SAMPLE = 8  # every eighth pixel of every eighth row shows whether two pictures are the same


class FrozenPicture:
    """Tells a camera that repeats one picture: a real sensor's noise never gives the same one twice.

    Black is no such picture, nor is white: of a dark room, or with the sun in the lens, many a camera sends
    nothing else, without any noise.
    """

    def __init__(self, frozen_after_ms: int) -> None:
        self._frozen_after_ms = frozen_after_ms
        self._sample: Grey | None = None
        self._since_ms = 0

    def is_frozen(self, grey: Grey, at_ms: int) -> bool:
        """Whether every picture for the set time was like `grey`."""
        sample = grey[::_SAMPLE, ::_SAMPLE]
        if self._sample is None or _is_black_or_white(grey) or not np.array_equal(self._sample, sample):
            self._sample, self._since_ms = sample.copy(), at_ms
        return 0 < self._frozen_after_ms <= at_ms - self._since_ms


def is_dark(grey: Grey) -> bool:
    """Whether a picture is black but for noise."""
    return float(np.percentile(grey[::_SAMPLE, ::_SAMPLE], _DARK_PER_CENT)) <= _DARK_LEVEL


def _is_black_or_white(grey: Grey) -> bool:
    return is_dark(grey) or is_dark(255 - grey)


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
        self._controls: V4l2Controls | None = None
        self._exposure: ExposureControl | None = None

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
        if self._is_live:
            self._showings.opened(self._picture_ms, blind_since_ms=self._looked_ms)
        self._take_control()
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
        if self._exposure is not None:
            self._exposure.release()
        if self._controls is not None:
            self._controls.close()
        self._controls = self._exposure = None

    def health(self) -> DeviceHealth:
        """How the camera is doing; a remark tells of a recording's end, and of pictures that are black."""
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
        if self._is_live:
            self._note_light(picture)
        grey = shrunk(picture.grey)
        codes = self._reader.look(grey)
        done_ms = monotonic_ms()
        self.count("decoded")
        self.measure("frame_age_ms", done_ms - picture.grabbed_ms)
        height, width = grey.shape
        sightings = [
            Sighting(
                (code.content.kind, Secret(code.content.text)),
                code.corners,
                (width, height),
                done_ms,
                picture.at.mono_ms,
            )
            for code in codes.found
        ]
        unread = (side_of(corners) / min(width, height) for corners in codes.unread)
        for held_up in self._showings.see(sightings, unread):
            self._present(held_up, picture)

    def _take_control(self) -> None:
        """Tell a device what the settings say; what it doesn't take is logged and no fault."""
        if kind_of(self._settings.source) is not SourceKind.DEVICE:
            return
        try:
            self._controls = V4l2Controls(self._settings.source)
        except OSError as error:
            _log.warning("camera_not_controlled", device=self.name, error=type(error).__name__)
            return
        if missing := apply(self._settings, self._controls):
            _log.info("camera_lacks_controls", device=self.name, controls=[each.name for each in missing])
        if not self._settings.exposure_us:
            self._exposure = ExposureControl(self._controls)

    def _note_light(self, picture: Picture) -> None:
        """Follow the light: another exposure where a screen is burnt out, a remark where all is black."""
        dark = is_dark(picture.grey)
        self._remark = (
            Trouble.of(DeviceTrouble.CAMERA_DARK, camera=shown(self._settings.source)) if dark else None
        )
        if self._exposure is not None:
            self._exposure.follow(picture.grey, picture.grabbed_ms)
            self.measure("exposure_per_cent", self._exposure.per_cent)

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
            after=tuple(text for _, text in held_up.after),
            seen_coming=held_up.seen_coming,
            again=held_up.again,
        )
        if held_up.again:
            self.deliver_again(reading)
        elif not self.hand_over(reading):
            self._showings.not_taken(held_up.key)

    def _end(self) -> None:
        self._remark = Trouble.of(DeviceTrouble.RECORDING_ENDED, path=self._settings.source)
        self._stop.set()


def _showings(settings: CameraSettings) -> Showings:
    """Pictures of a folder have nothing to do with each other: what one shows is not seen again."""
    if kind_of(settings.source) is SourceKind.FOLDER:
        return Showings(settings.repeat_after_ms, patience_ms=0)
    return Showings(settings.repeat_after_ms)
