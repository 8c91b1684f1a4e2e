import urllib.error
import urllib.request
from itertools import islice, pairwise

import cv2
import numpy as np
import pytest

from drivers.camera.qr import read_photo
from drivers.simulated.camera import FRAMES_OF_A_PRESENTATION, SimulatedCamera, encode, read_clip, write_clip
from drivers.simulated.hard_frames import Condition, hard_frames
from drivers.simulated.scene import Pose, Scene, draw_card, motion_kernel, render_idle, render_presentation
from foundation.errors import DeviceError
from tests.sync.patience import PATIENCE_S

LONGEST = "MB1:" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" * 2 + "7K9Z%B2+AA41.C3/D5-E6$F"
BADGE = "MB1:7K9Z%B2"
SMALL = (640, 360)


def to_grey(frame):
    return cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)


def texts(frames):
    return [read_photo(to_grey(frame)) for frame in frames]


def pictures(stream, count):
    """The JPEG files of a multipart stream, one after the other."""
    for _ in range(count):
        assert stream.readline() == b"--frame\r\n"
        assert stream.readline() == b"Content-Type: image/jpeg\r\n"
        length = int(stream.readline().removeprefix(b"Content-Length: "))
        assert stream.readline() == b"\r\n"
        yield stream.read(length)
        assert stream.readline() == b"\r\n"


def decoded(picture):
    return cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)


@pytest.fixture(scope="module")
def presentation():
    return list(render_presentation(LONGEST, seed=5, name="Li Wei"))


def test_the_longest_badge_is_readable_while_it_is_held(presentation):
    assert len(LONGEST) == 117
    read = texts(presentation)
    assert len(read) == FRAMES_OF_A_PRESENTATION
    assert read[0] == read[-1] == ()
    assert read[6:10] == [(LONGEST,)] * 4


def test_a_seed_draws_the_same_frames_again():
    first, second = ([*render_presentation(BADGE, seed=3, size=SMALL)] for _ in range(2))
    other = [*render_presentation(BADGE, seed=4, size=SMALL)]
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_an_idle_desk_shows_no_code_and_never_twice_the_same():
    frames = list(render_idle(7, size=SMALL, frames=4))
    assert texts(frames) == [()] * 4
    assert all(not np.array_equal(one, two) for one, two in pairwise(frames))
    assert read_photo(to_grey(Scene(7, size=SMALL).empty())) == ()


def test_a_card_carries_the_name_beside_the_code():
    named, plain = draw_card(BADGE, name="Li Wei"), draw_card(BADGE)
    assert texts([named, plain]) == [(BADGE,)] * 2
    assert not np.array_equal(named, plain)


def test_a_card_beyond_the_frame_is_not_drawn():
    below = Pose(x=0.5, y=4.0, height=0.5, roll=0, yaw=0, pitch=0)
    frame = Scene(3, size=SMALL).shown(draw_card(BADGE), below, below)
    assert frame.shape == (360, 640, 3)
    assert texts([frame]) == [()]


@pytest.mark.parametrize(("travel", "size"), [((0, 0), (1, 1)), ((9, 0), (1, 9)), ((-4, 12), (13, 5))])
def test_a_motion_kernel_keeps_the_light(travel, size):
    kernel = motion_kernel(travel)
    assert kernel.shape == size
    assert kernel.sum() == pytest.approx(1)


@pytest.mark.parametrize("condition", Condition)
def test_hard_frames_differ_and_repeat_with_their_seed(condition):
    one, two = hard_frames(BADGE, condition, seed=1, frames=2)
    again = next(hard_frames(BADGE, condition, seed=1, frames=1))
    assert one.shape == (720, 1280)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, two)


def test_a_clip_holds_one_presentation_for_each_payload(tmp_path):
    write_clip(tmp_path / "clip.avi", [BADGE, LONGEST])
    clip = read_clip(tmp_path / "clip.avi")
    assert [len(frames) for frames in clip] == [FRAMES_OF_A_PRESENTATION] * 2
    held = [texts([decoded(frames[8])])[0] for frames in clip]
    assert held == [(BADGE,), (LONGEST,)]


@pytest.mark.parametrize("name", ["none.avi", "text.avi", "short.avi"])
def test_what_is_no_clip_is_refused(tmp_path, name):
    (tmp_path / "text.avi").write_text("no clip")
    film = cv2.VideoWriter(
        str(tmp_path / "short.avi"), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 15, SMALL
    )
    film.write(np.zeros((360, 640, 3), np.uint8))
    film.release()
    with pytest.raises(DeviceError, match="is no clip"):
        read_clip(tmp_path / name)


def test_a_clip_that_can_not_be_written_is_refused(tmp_path):
    with pytest.raises(DeviceError, match="can't be written"):
        write_clip(tmp_path / "none" / "clip.avi", [BADGE])


@pytest.fixture
def twin():
    with SimulatedCamera(size=SMALL, frames_per_second=25) as camera:
        yield camera


def test_it_sends_an_idle_desk_and_then_what_it_is_told_to_show(twin):
    with urllib.request.urlopen(twin.url, timeout=PATIENCE_S) as stream:
        assert stream.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=frame"
        idle = list(pictures(stream, 3))
        assert texts(map(decoded, idle)) == [()] * 3
        marks = encode([np.full((36, 64, 3), level, np.uint8) for level in (10, 120, 240)])
        twin.play(marks)
        assert twin.wait_until_played(PATIENCE_S)
        # As many idle ones may have come before them as a slow reader has left on the way.
        marked = (picture for picture in pictures(stream, 10_000) if picture in marks)
        assert list(islice(marked, len(marks))) == marks


def test_several_watch_one_after_the_other(twin):
    for _ in range(3):
        with urllib.request.urlopen(twin.url, timeout=PATIENCE_S) as stream:
            assert twin.wait_until_watched(PATIENCE_S)
            assert decoded(next(pictures(stream, 1))).shape == (360, 640, 3)


def test_it_refuses_connections_after_its_end_until_it_resumes(twin):
    with urllib.request.urlopen(twin.url, timeout=PATIENCE_S) as stream:
        twin.end()
        while stream.readline():
            pass
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(twin.url, timeout=PATIENCE_S)
    refused.value.close()
    assert refused.value.code == 503
    twin.resume()
    with urllib.request.urlopen(twin.url, timeout=PATIENCE_S) as stream:
        assert len(list(pictures(stream, 2))) == 2


def test_a_stalled_camera_answers_and_sends_nothing(twin):
    twin.stall()
    with urllib.request.urlopen(twin.url, timeout=1) as stream, pytest.raises(TimeoutError):
        stream.readline()


def test_a_frozen_camera_repeats_one_picture(twin):
    twin.freeze()
    with urllib.request.urlopen(twin.url, timeout=PATIENCE_S) as stream:
        assert len(set(pictures(stream, 4))) == 1


def test_it_can_be_stopped_before_it_was_started():
    SimulatedCamera(size=SMALL).stop()
