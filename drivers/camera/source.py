"""Where a camera's pictures come from: a device, a network stream, a video file or a folder of pictures.

A live source hands out its newest picture and forgets the rest; a recorded one hands out every picture that
is due, at the speed at which it was taken. Pictures stay in memory and are written nowhere.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import cv2
import numpy as np

from drivers.camera.grey import Grey, grey_file
from drivers.reading import Instant, Now
from drivers.troubles import DeviceTrouble
from foundation.clock import monotonic_ms
from foundation.errors import DeviceError

Pause = Callable[[int], None]
"""Waits so many milliseconds, or less when the driver is stopped."""

_PICTURE_SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".webp"))
_STREAM_SCHEMES = frozenset(("http", "https", "rtsp", "rtsps"))
_USUAL_FRAMES_PER_SECOND = 25
_PATIENCE_WITH_A_GRAB_SECONDS = 4


class SourceKind(StrEnum):
    """What stands behind a `source` of the settings."""

    DEVICE = "device"
    STREAM = "stream"
    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: when it was grabbed by the injected clock and, for its age, by the real monotonic one."""

    grey: Grey
    at: Instant
    grabbed_ms: int


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How to open a source; times in milliseconds, `rate` in pictures per second."""

    rate: int
    width: int
    height: int
    open_timeout_ms: int
    read_timeout_ms: int
    loop: bool


class PictureSource(Protocol):
    """What a camera driver reads from."""

    def next_picture(self, within_ms: int) -> Picture | None:
        """A picture newer than the last one, or None when none came in time; DeviceError when it is lost."""

    @property
    def frames(self) -> int:
        """How many frames the source gave, those that nobody looked at included."""

    @property
    def has_ended(self) -> bool:
        """Whether a recording was played to its end."""

    def close(self) -> None:
        """Let the source go."""


def kind_of(source: str) -> SourceKind:
    """Tell a stream's address, a device, a folder and a video file apart."""
    if urlsplit(source).scheme in _STREAM_SCHEMES:
        return SourceKind.STREAM
    if source.startswith("/dev/"):
        return SourceKind.DEVICE
    return SourceKind.FOLDER if Path(source).is_dir() else SourceKind.FILE


def shown(source: str) -> str:
    """The source as it may stand on a screen or in a log: a stream's address without password and query."""
    if kind_of(source) is not SourceKind.STREAM:
        return source
    parts = urlsplit(source)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def open_source(source: str, options: SourceOptions, *, now: Now, pause: Pause) -> PictureSource:
    """Open what `source` names; raises DeviceError when it is missing, busy or no video."""
    match kind_of(source):
        case SourceKind.FOLDER:
            return RecordedSource(_folder(Path(source), options), 1000 // options.rate, now=now, pause=pause)
        case SourceKind.FILE:
            return _open_film(Path(source), options, now=now, pause=pause)
        case SourceKind.DEVICE:
            return LiveSource(_open_device(source, options), _grey_of_image, now=now)
        case SourceKind.STREAM:
            return _open_stream(source, options, now=now)


class RecordedSource:
    """Plays pictures in the caller's thread, `interval_ms` apart, and leaves none out."""

    def __init__(self, pictures: Iterator[Grey], interval_ms: int, *, now: Now, pause: Pause) -> None:
        self._pictures = pictures
        self._interval_ms = interval_ms
        self._now = now
        self._pause = pause
        self._due_ms = monotonic_ms()
        self._frames = 0
        self._ended = False

    def next_picture(self, within_ms: int) -> Picture | None:
        """The next picture when it is due; None at the end, or when it isn't due in time."""
        wait_ms = self._due_ms - monotonic_ms()
        if wait_ms > 0:
            self._pause(min(wait_ms, within_ms))
        if wait_ms > within_ms:
            return None
        self._due_ms = max(self._due_ms, monotonic_ms() - self._interval_ms) + self._interval_ms
        grey = next(self._pictures, None)
        if grey is None:
            self._ended = True
            return None
        self._frames += 1
        return Picture(grey, self._now(), monotonic_ms())

    @property
    def frames(self) -> int:
        """How many pictures were played."""
        return self._frames

    @property
    def has_ended(self) -> bool:
        """Whether there are no more pictures."""
        return self._ended

    def close(self) -> None:
        """Nothing is kept open between two pictures but what ends with the iterator."""


class LiveSource:
    """Grabs every frame on a thread of its own, so that none grows old in the device's buffers.

    Only a frame that was asked for is decoded: with `grab` alone a frame costs next to nothing.
    """

    has_ended = False

    def __init__(
        self, capture: cv2.VideoCapture, to_grey: Callable[[cv2.typing.MatLike], Grey | None], *, now: Now
    ) -> None:
        self._capture = capture
        self._to_grey = to_grey
        self._now = now
        self._wanted, self._arrived, self._closing = threading.Event(), threading.Event(), threading.Event()
        self._newest: Picture | None = None
        self._lost = False
        self._frames = 0
        self._thread = threading.Thread(target=self._grab_all, name="camera grabber", daemon=True)
        self._thread.start()

    @property
    def frames(self) -> int:
        """How many frames the camera sent."""
        return self._frames

    def next_picture(self, within_ms: int) -> Picture | None:
        """The next frame to arrive; None when none did in time; DeviceError when the camera left."""
        self._arrived.clear()
        self._wanted.set()
        arrived = self._arrived.wait(within_ms / 1000)
        if self._lost:
            raise DeviceError(DeviceTrouble.CAMERA_GONE)
        picture, self._newest = self._newest, None
        return picture if arrived else None

    def close(self) -> None:
        """End the grabbing; a grab that hangs is left behind and ends when it returns."""
        self._closing.set()
        self._thread.join(_PATIENCE_WITH_A_GRAB_SECONDS)

    def _grab_all(self) -> None:
        try:
            while not self._closing.is_set() and self._capture.grab():
                at, grabbed_ms = self._now(), monotonic_ms()
                self._frames += 1
                if self._wanted.is_set() and (grey := self._retrieve()) is not None:
                    self._wanted.clear()
                    self._newest = Picture(grey, at, grabbed_ms)
                    self._arrived.set()
            self._capture.release()
        finally:
            self._lost = True
            self._arrived.set()

    def _retrieve(self) -> Grey | None:
        """The grabbed frame; None when it is damaged, as one in some thousands on a long cable is."""
        try:
            retrieved, image = self._capture.retrieve()
            return self._to_grey(image) if retrieved else None
        except cv2.error:
            return None


def _open_device(path: str, options: SourceOptions) -> cv2.VideoCapture:
    # MJPG is what USB 2 carries at this size and rate; a camera without it keeps its own format.
    wishes = (
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, options.width),
        (cv2.CAP_PROP_FRAME_HEIGHT, options.height),
    )
    capture = cv2.VideoCapture(path, cv2.CAP_V4L2)
    if not capture.isOpened():
        raise DeviceError(DeviceTrouble.CAMERA_NOT_OPENED, path=path)
    for wish, value in wishes:
        capture.set(wish, value)
    return capture


def _open_stream(address: str, options: SourceOptions, *, now: Now) -> LiveSource:
    timeouts = (
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        options.open_timeout_ms,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        options.read_timeout_ms,
    )
    # Motion JPEG is taken packet by packet: grab() then decodes nothing, and we decode grey only.
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, (*timeouts, cv2.CAP_PROP_FORMAT, -1))
    if capture.isOpened() and int(capture.get(cv2.CAP_PROP_FOURCC)) == cv2.VideoWriter.fourcc(*"MJPG"):
        return LiveSource(capture, _grey_of_jpeg, now=now)
    if capture.isOpened():
        capture.release()
        capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, (*timeouts, cv2.CAP_PROP_N_THREADS, 1))
    if not capture.isOpened():
        raise DeviceError(DeviceTrouble.CAMERA_SILENT, address=shown(address))
    return LiveSource(capture, _grey_of_image, now=now)


def _open_film(path: Path, options: SourceOptions, *, now: Now, pause: Pause) -> RecordedSource:
    capture = _open_file(path)
    declared = capture.get(cv2.CAP_PROP_FPS)
    capture.release()
    per_second = declared if 1 <= declared <= 240 else _USUAL_FRAMES_PER_SECOND
    step = max(1, round(per_second / options.rate))
    return RecordedSource(_film(path, step, options), int(1000 * step / per_second), now=now, pause=pause)


def _film(path: Path, step: int, options: SourceOptions) -> Iterator[Grey]:
    """Every `step`-th frame of a video file."""
    while True:
        capture = _open_file(path)
        try:
            number = 0
            while capture.grab():
                if number % step == 0:
                    retrieved, image = capture.retrieve()
                    if retrieved:
                        yield _grey_of_image(image)
                number += 1
        finally:
            capture.release()
        if not number:
            raise DeviceError(DeviceTrouble.FILM_EMPTY, path=path)
        if not options.loop:
            return


def _open_file(path: Path) -> cv2.VideoCapture:
    if not path.exists():
        raise DeviceError(DeviceTrouble.FILM_MISSING, path=path)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, (cv2.CAP_PROP_N_THREADS, 1))
    if not capture.isOpened():
        raise DeviceError(DeviceTrouble.FILM_NOT_READABLE, path=path)
    return capture


def _folder(path: Path, options: SourceOptions) -> Iterator[Grey]:
    """Every picture of a folder, in the order of the names; a file that is no picture is left out."""
    names = sorted(name for name in path.iterdir() if name.suffix.lower() in _PICTURE_SUFFIXES)
    while True:
        shown_any = False
        for name in names:
            grey = grey_file(name)
            if grey is not None:
                shown_any = True
                yield grey
        if not shown_any:
            raise DeviceError(DeviceTrouble.PICTURES_MISSING, path=path)
        if not options.loop:
            return


def _grey_of_image(image: cv2.typing.MatLike) -> Grey:
    if image.ndim == 2:
        return np.asarray(image, dtype=np.uint8)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _grey_of_jpeg(packet: cv2.typing.MatLike) -> Grey | None:
    """The picture of one JPEG file; None when it is damaged."""
    image = cv2.imdecode(packet, cv2.IMREAD_GRAYSCALE)
    return None if image is None else np.asarray(image, dtype=np.uint8)
