"""A network camera that isn't there: MJPEG over HTTP on this machine, showing badges when it is told to."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from drivers.simulated.scene import Frame, Scene, Size
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_JPEG_QUALITY = 85
_IDLE_FRAMES = 12
_BOUNDARY = "frame"
_STOP_WITHIN_SECONDS = 5

FRAMES_OF_A_PRESENTATION = 14


class Fault(StrEnum):
    """What is wrong with the simulated camera."""

    NONE = "none"
    STALLED = "stalled"  # connections stay open and nothing comes
    FROZEN = "frozen"  # the same picture comes for ever
    ENDED = "ended"  # connections are closed, new ones refused


def encode(frames: Iterable[Frame]) -> list[bytes]:
    """The frames as JPEG files."""
    return [
        np.asarray(cv2.imencode(".jpg", frame, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))[1]).tobytes()
        for frame in frames
    ]


def write_clip(
    path: Path,
    payloads: Sequence[str],
    *,
    seed: int = 1,
    size: Size = (1280, 720),
    frames_per_second: int = 15,
) -> None:
    """Film one presentation per payload into the MJPEG file `path` (.avi), 14 frames each.

    Raises DeviceError when the file can't be written.
    """
    film = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), frames_per_second, size
    )
    if not film.isOpened():
        raise DeviceError(DeviceTrouble.CLIP_NOT_WRITTEN, path=path)
    scene = Scene(seed, size=size)
    for payload in payloads:
        for frame in scene.presentation(payload):
            film.write(frame)
    film.release()


def read_clip(path: Path) -> list[list[bytes]]:
    """The presentations of a clip that `write_clip` made, as JPEG files, to be played as they are.

    Raises DeviceError when the file is missing or something else.
    """
    clip = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, (cv2.CAP_PROP_FORMAT, -1))  # packets as they are
    frames: list[bytes] = []
    while clip.grab():
        frames.append(clip.retrieve()[1].tobytes())
    clip.release()
    if not frames or len(frames) % FRAMES_OF_A_PRESENTATION or not frames[0].startswith(b"\xff\xd8"):
        raise DeviceError(DeviceTrouble.CLIP_OTHER, path=path)
    return [
        frames[first : first + FRAMES_OF_A_PRESENTATION]
        for first in range(0, len(frames), FRAMES_OF_A_PRESENTATION)
    ]


class SimulatedCamera:
    """A camera at `url` that shows an idle desk, and a presentation after `show` or `play`.

    Every frame is compressed once, however many watch. `stall`, `freeze` and `end` break the camera, `resume`
    mends it.
    """

    def __init__(self, *, seed: int = 1, size: Size = (1280, 720), frames_per_second: int = 15) -> None:
        self._scene = Scene(seed, size=size)
        sway = np.sin(2 * np.pi * np.arange(_IDLE_FRAMES) / _IDLE_FRAMES)
        self._idle = encode(self._scene.idle(float(part)) for part in sway)
        self._interval_seconds = 1 / frames_per_second
        self._playing: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._frame, self._number, self._watchers = self._idle[0], 0, 0
        self._fault = Fault.NONE
        self._stopping = threading.Event()
        self._server = _Server(self)
        self._threads = (
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=self._run_shutter, daemon=True),
        )

    @property
    def url(self) -> str:
        """The address to give to a camera driver."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def start(self) -> Self:
        """Begin to serve; the port is bound since the camera was made."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and the port."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._threads[0].is_alive():
            self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_STOP_WITHIN_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def show(self, payload: str, *, name: str = "") -> None:
        """Draw the presentation of a badge with `payload` and play it after what is still being played."""
        self.play(encode(self._scene.presentation(payload, name=name)))

    def play(self, frames: Sequence[bytes]) -> None:
        """Play JPEG files, one a frame, for example a presentation of `read_clip`."""
        with self._changed:
            self._playing.extend(frames)

    def wait_until_played(self, timeout_seconds: float) -> bool:
        """Wait until all of `show` and `play` was sent; False when that took longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._playing, timeout_seconds)

    def wait_until_watched(self, timeout_seconds: float) -> bool:
        """Wait until somebody is connected; False when nobody came."""
        with self._changed:
            return self._changed.wait_for(lambda: self._watchers > 0, timeout_seconds)

    def stall(self) -> None:
        """Send nothing more, and keep the connections open."""
        self._break(Fault.STALLED)

    def freeze(self) -> None:
        """Send the same picture again and again."""
        self._break(Fault.FROZEN)

    def end(self) -> None:
        """Close the connections and refuse new ones."""
        self._break(Fault.ENDED)

    def resume(self) -> None:
        """Be well again."""
        self._break(Fault.NONE)

    def frames_for_a_watcher(self) -> Iterator[bytes]:
        """Each new frame, the newest for who is slow, until the camera ends; runs on a watcher's thread."""
        with self._changed:
            seen = self._number
            self._watchers += 1
            self._changed.notify_all()
        try:
            while True:
                with self._changed:
                    while self._number == seen and not self.is_closed:
                        self._changed.wait()
                    if self.is_closed:
                        return
                    seen, frame = self._number, self._frame
                yield frame
        finally:
            with self._changed:
                self._watchers -= 1

    @property
    def is_closed(self) -> bool:
        """Whether connections are refused."""
        return self._stopping.is_set() or self._fault is Fault.ENDED

    def _break(self, fault: Fault) -> None:
        with self._changed:
            self._fault = fault
            self._changed.notify_all()

    def _run_shutter(self) -> None:
        turn = 0
        while not self._stopping.wait(self._interval_seconds):
            with self._changed:
                if self._fault in {Fault.STALLED, Fault.ENDED}:
                    continue
                if self._fault is Fault.NONE:
                    turn += 1
                    playing = bool(self._playing)
                    self._frame = self._playing.popleft() if playing else self._idle[turn % _IDLE_FRAMES]
                self._number += 1
                self._changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, camera: SimulatedCamera) -> None:
        super().__init__(("127.0.0.1", 0), _Watcher)
        self.camera = camera


class _Watcher(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer with the endless series of pictures that RFC 2046 multipart allows."""
        if self.server.camera.is_closed:
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        self.end_headers()
        try:
            for frame in self.server.camera.frames_for_a_watcher():
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n\r\n"
                self.wfile.write(head.encode("ascii") + frame + b"\r\n")
        except OSError:
            return  # the watcher left

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parameter's name in http.server
        """Say nothing: a line per connection would fill the demo's screen."""
