import threading

import cv2
import numpy as np
import pytest

from drivers.camera.source import LiveSource, RecordedSource, SourceKind, kind_of, shown
from foundation.errors import DeviceError


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("/dev/v4l/by-id/usb-camera-index0", SourceKind.DEVICE),
        ("http://10.0.0.7/video", SourceKind.STREAM),
        ("https://camera.example/video", SourceKind.STREAM),
        ("rtsp://10.0.0.7:554/1", SourceKind.STREAM),
        ("clip.avi", SourceKind.FILE),
        ("/srv/none", SourceKind.FILE),
    ],
)
def test_it_tells_sources_apart(source, kind):
    assert kind_of(source) is kind


def test_a_folder_is_told_from_a_file(tmp_path):
    assert kind_of(str(tmp_path)) is SourceKind.FOLDER


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("rtsp://admin:secret@10.0.0.7:554/live?token=secret", "rtsp://10.0.0.7:554/live"),
        ("http://10.0.0.7", "http://10.0.0.7"),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_an_address_is_shown_without_what_is_secret_in_it(source, expected):
    assert shown(source) == expected


class SteppingCamera:
    """Stands for cv2.VideoCapture: each grab waits until the test lets a frame come; None ends the camera."""

    def __init__(self):
        self.frames = []
        self.may_grab = threading.Semaphore(0)
        self.retrieved = 0
        self.released = threading.Event()

    def film(self, *frames):
        for frame in frames:
            self.frames.append(frame)
            self.may_grab.release()

    def grab(self):
        self.may_grab.acquire()
        self.frame = self.frames.pop(0)
        return self.frame is not None

    def retrieve(self):
        self.retrieved += 1
        if isinstance(self.frame, str):
            raise cv2.error(self.frame)
        return True, self.frame

    def release(self):
        self.released.set()


def grey(level):
    return np.full((4, 4), level, np.uint8)


@pytest.fixture
def camera():
    return SteppingCamera()


@pytest.fixture
def live(camera, clock):
    source = LiveSource(camera, lambda image: image, now=clock)
    yield source
    camera.film(None)
    source.close()
    assert camera.released.is_set()


def test_it_decodes_only_frames_that_somebody_asked_for(camera, live, until):
    camera.film(*map(grey, range(20)))
    until(lambda: live.frames == 20, "twenty frames were grabbed")
    assert camera.retrieved == 0


def test_it_hands_out_the_frame_that_comes_after_the_question(camera, live, until, clock):
    camera.film(grey(1), grey(2))
    until(lambda: live.frames == 2, "two frames were grabbed")
    threading.Timer(0.05, camera.film, [grey(3)]).start()
    picture = live.next_picture(10_000)
    assert picture.grey[0, 0] == 3
    assert picture.at == clock()


def test_no_frame_in_time_is_no_picture(live):
    assert live.next_picture(20) is None


def test_a_frame_that_came_too_late_for_one_question_is_too_old_for_the_next(camera, live, until):
    assert live.next_picture(20) is None
    camera.film(grey(5))
    until(lambda: camera.retrieved == 1, "the late frame was decoded")
    threading.Timer(0.05, camera.film, [grey(6)]).start()
    assert live.next_picture(10_000).grey[0, 0] == 6


def test_a_damaged_frame_is_left_out(camera, live):
    threading.Timer(0.05, camera.film, ["damaged", grey(7)]).start()
    assert live.next_picture(10_000).grey[0, 0] == 7


def test_a_camera_that_ends_is_lost(camera, clock):
    source = LiveSource(camera, lambda image: image, now=clock)
    camera.film(None)
    with pytest.raises(DeviceError, match="no more pictures"):
        source.next_picture(10_000)
    source.close()


def test_a_recording_leaves_no_picture_out_and_then_ends(clock):
    source = RecordedSource(iter(map(grey, range(3))), 0, now=clock, pause=lambda _: None)
    assert [source.next_picture(0).grey[0, 0] for _ in range(3)] == [0, 1, 2]
    assert not source.has_ended
    assert source.next_picture(0) is None
    assert source.has_ended
    assert source.frames == 3


def test_a_picture_of_a_recording_that_is_not_due_is_not_shown(clock):
    waits = []
    source = RecordedSource(iter(map(grey, range(3))), 60_000, now=clock, pause=waits.append)
    assert source.next_picture(250) is not None
    assert source.next_picture(250) is None
    assert waits == [250]
    assert not source.has_ended
