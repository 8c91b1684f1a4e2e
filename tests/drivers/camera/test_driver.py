from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from structlog.testing import capture_logs

from drivers.camera.driver import CameraDriver, FrozenPicture, is_dark
from drivers.camera.verify import load
from drivers.reading import DeviceState, Instant, Presented
from drivers.settings import CameraSettings
from drivers.simulated.camera import SimulatedCamera, encode, write_clip
from drivers.simulated.scene import draw_code
from foundation.back_off import BackOff
from tests.english import in_english

ENTRANCE = Path(__file__).parents[2] / "vectors" / "entrance"
LANYARD = "MB1:V50000300WQUV50Q"
SMALL = (640, 360)
BADGE = "MB1:7K9Z%B2"
OTHER = "MB1:AA41.C3"


def settings(source, **options):
    return CameraSettings(name="camera", source=str(source), **options)


@pytest.fixture
def camera_on(engine, clock):
    """A driver that tries again at once, so that no test waits for its patience."""

    def make(source, **options):
        return CameraDriver(
            settings(source, **options),
            deliver=engine.deliver,
            now=clock,
            unreadable=engine.cannot_read,
            back_off=BackOff(first_ms=50, longest_ms=100),
        )

    return make


def has_ended(driver):
    return lambda: driver.health().state is DeviceState.CLOSED


def is_in(driver, state):
    return lambda: driver.health().state is state


def test_it_presents_each_badge_of_a_clip_once(tmp_path, camera_on, engine, clock, running, until):
    write_clip(tmp_path / "clip.avi", [BADGE, OTHER], size=SMALL)
    camera = running(camera_on(tmp_path / "clip.avi", rate=15), ready=False)
    until(has_ended(camera), "the clip had ended")
    assert engine.payloads() == [BADGE, OTHER]
    first = engine.readings[0]
    assert (first.device, first.presented, first.at) == ("camera", Presented.CODE, clock())
    health = camera.health()
    assert in_english(health.fault).startswith(f"The recording {tmp_path / 'clip.avi'} has ended.")
    assert (health.kind, health.readings, health.reopened) == ("camera", 2, 0)
    assert health.detail["frames"] == health.detail["decoded"] == 28


def test_it_plays_a_clip_for_ever_when_told_to(tmp_path, camera_on, engine, running, until):
    write_clip(tmp_path / "clip.avi", [BADGE], size=SMALL)
    camera = running(camera_on(tmp_path / "clip.avi", rate=15, loop=True, repeat_after_ms=200))
    until(lambda: len(engine.readings) >= 2, "the clip was played twice")
    assert set(engine.payloads()) == {BADGE}
    assert camera.health().state is DeviceState.READY
    camera.stop()
    assert camera.health().state is DeviceState.CLOSED
    assert camera.health().fault is None


def test_it_can_be_started_again_after_the_end(tmp_path, camera_on, engine, running, until):
    write_clip(tmp_path / "clip.avi", [BADGE], size=SMALL)
    camera = running(camera_on(tmp_path / "clip.avi", rate=15, repeat_after_ms=200), ready=False)
    until(has_ended(camera), "the clip had ended")
    camera.stop()
    running(camera, ready=False)
    until(lambda: len(engine.readings) == 2, "the clip was played again")


def test_it_reads_a_folder_of_pictures_in_the_order_of_their_names(
    tmp_path, camera_on, engine, running, until
):
    cv2.imwrite(str(tmp_path / "2.png"), draw_code(OTHER))
    cv2.imwrite(str(tmp_path / "1.jpg"), draw_code(BADGE))
    (tmp_path / "3.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("no picture either")
    camera = running(camera_on(tmp_path, rate=30), ready=False)
    until(has_ended(camera), "the folder was read")
    assert engine.payloads() == [BADGE, OTHER]


def test_it_takes_pictures_of_any_size(tmp_path, camera_on, engine, running, until):
    code = draw_code(BADGE)
    cv2.imwrite(str(tmp_path / "1.png"), np.full((3, 3), 200, np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), cv2.resize(code, (2000, 2000), interpolation=cv2.INTER_NEAREST))
    camera = running(camera_on(tmp_path, rate=30), ready=False)
    until(has_ended(camera), "the folder was read")
    assert engine.payloads() == [BADGE]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("none.avi", "does not exist"),
        ("text.avi", "is no video that can be read"),
        ("empty", "holds no picture"),
        ("no_frame.avi", "holds no frame. Name another file."),
    ],
)
def test_what_can_not_be_opened_is_explained(tmp_path, camera_on, engine, running, until, file, says):
    (tmp_path / "text.avi").write_text("no video")
    (tmp_path / "empty").mkdir()
    write_clip(tmp_path / "no_frame.avi", [], size=SMALL)
    camera = running(camera_on(tmp_path / file), ready=False)
    until(is_in(camera, DeviceState.FAULT), "the fault was reported")
    assert says in in_english(camera.health().fault)


def test_a_camera_that_is_not_plugged_in_is_a_fault_and_no_exception(camera_on, running, until):
    camera = running(camera_on("/dev/video-that-is-not-there"), ready=False)
    until(is_in(camera, DeviceState.FAULT), "the fault was reported")
    assert in_english(camera.health().fault).startswith(
        "The camera /dev/video-that-is-not-there can't be opened."
    )
    camera.stop()
    assert camera.health().state is DeviceState.CLOSED


def test_a_device_that_is_no_camera_is_a_fault(camera_on, running, until):
    camera = running(camera_on("/dev/null"), ready=False)
    until(is_in(camera, DeviceState.FAULT), "the fault was reported")


@pytest.fixture
def held(tmp_path):
    """A badge held before the lens for twelve pictures."""
    for number in range(12):
        cv2.imwrite(str(tmp_path / f"{number:02}.png"), draw_code(BADGE))
    return tmp_path


def test_who_waits_behind_is_not_presented_and_who_holds_a_badge_up_is(
    tmp_path, camera_on, engine, running, until
):
    """Out of focus, the badge that is held up is read by further looks, and the lanyard behind it at once."""
    photograph = next(each for each in load(ENTRANCE) if each.category == "lanyard_behind_blurred_held")
    for number in range(12):
        cv2.imwrite(str(tmp_path / f"{number:02}.png"), np.roll(photograph.grey, number, axis=1))
    camera = running(camera_on(tmp_path, rate=30), ready=False)
    until(has_ended(camera), "the folder was read")
    (held_up,) = engine.payloads()
    assert held_up in photograph.expected
    assert not held_up.startswith(LANYARD)


def test_what_a_full_queue_refused_is_presented_again(held, camera_on, engine, running, until):
    engine.full = True
    camera = running(camera_on(held, rate=30, loop=True))
    until(lambda: camera.health().dropped > 0, "a reading was refused")
    engine.full = False
    until(lambda: engine.readings, "the reading was taken")
    assert engine.payloads() == [BADGE]
    assert engine.unreadable


def show(folder, *codes, times=1):
    """Put codes of segno into a folder, each in `times` pictures."""
    for number, code in enumerate(code for code in codes for _ in range(times)):
        modules = np.array([list(row) for row in code.matrix], dtype=np.uint8)
        cv2.imwrite(str(folder / f"{number:02}.png"), np.kron(1 - np.pad(modules, 4), np.full((6, 6), 230)))


def test_undeclared_bytes_are_presented_once_as_what_they_are(tmp_path, camera_on, engine, running, until):
    show(tmp_path, segno.make_qr("签到".encode("gbk")), times=5)
    camera = running(camera_on(tmp_path, rate=30), ready=False)
    until(has_ended(camera), "the folder was read")
    assert engine.payloads() == ["bytes:C7A9B5BD"]
    assert engine.readings[0].presented is Presented.CODE
    assert engine.unreadable == []


def test_one_code_of_several_is_presented_as_that(tmp_path, camera_on, engine, running, until):
    show(tmp_path, *list(segno.make_sequence("MUSTER" * 20, version=1))[:2])
    camera = running(camera_on(tmp_path, rate=30), ready=False)
    until(has_ended(camera), "the folder was read")
    assert {(reading.presented, reading.is_part) for reading in engine.readings} == {(Presented.CODE, True)}


def test_a_reading_tells_that_nobody_need_have_meant_it(held, camera_on, engine, running, until):
    camera = running(camera_on(held, rate=30), ready=False)
    until(has_ended(camera), "the folder was read")
    assert [(reading.by_sight, reading.away_ms) for reading in engine.readings] == [(True, None)]


def test_a_reading_bears_the_time_at_which_its_picture_was_taken(
    tmp_path, camera_on, engine, clock, running, until
):
    cv2.imwrite(str(tmp_path / "badge.png"), draw_code(BADGE))
    moments = [Instant(mono_ms, 0) for mono_ms in (1, 2, 3)]
    camera = camera_on(tmp_path)
    camera._now = iter(moments).__next__
    running(camera, ready=False)
    until(has_ended(camera), "the folder was read")
    assert [reading.at for reading in engine.readings] == moments[:1]


def test_no_payload_reaches_the_log(held, camera_on, engine, running, until):
    with capture_logs() as logs:
        camera = running(camera_on(held, rate=30), ready=False)
        until(has_ended(camera), "the folder was read")
    assert logs
    assert BADGE not in str(logs)
    assert BADGE not in str(camera.health())


@pytest.fixture
def twin():
    with SimulatedCamera(size=SMALL, frames_per_second=10) as camera:
        yield camera


def test_it_survives_a_camera_that_stalls_ends_and_returns(twin, camera_on, engine, running, until):
    camera = running(
        camera_on(twin.url, rate=15, stalled_after_ms=3000, read_timeout_ms=3000, open_timeout_ms=6000)
    )
    twin.show(BADGE)
    until(lambda: engine.payloads() == [BADGE], "the badge was read")
    assert not engine.readings[0].seen_coming  # the camera was opened a moment ago
    twin.stall()
    until(is_in(camera, DeviceState.FAULT), "the stall was noticed")
    assert "no" in in_english(camera.health().fault)
    twin.resume()
    until(is_in(camera, DeviceState.READY), "the camera was back")
    assert camera.health().fault is None
    assert camera.health().reopened >= 1
    twin.show(OTHER)
    # The first one was out of sight for so long that it may have been presented once more.
    until(lambda: engine.payloads()[-1] == OTHER, "the second badge was read")
    twin.end()
    until(is_in(camera, DeviceState.FAULT), "the end was noticed")
    twin.resume()
    until(is_in(camera, DeviceState.READY), "the camera was back again")


def test_a_camera_that_sends_nothing_is_told_before_it_is_given_up(twin, camera_on, running, until):
    """Its driver waits less long than whoever reads the stream."""
    camera = running(camera_on(twin.url, rate=15, stalled_after_ms=300))
    twin.stall()
    until(is_in(camera, DeviceState.FAULT), "the stall was noticed")
    told = in_english(camera.health().fault)
    assert f"The camera {twin.url} sends no picture. Check its cable, its power and its network" in told


def test_it_opens_a_camera_again_whose_picture_never_changes(twin, camera_on, running, until):
    camera = running(camera_on(twin.url, rate=15, frozen_after_ms=300))
    twin.freeze()
    until(lambda: "never changes" in in_english(camera.health().fault), "the frozen picture was noticed")
    twin.resume()
    until(is_in(camera, DeviceState.READY), "the camera was back")


def test_a_dark_room_is_told_and_is_no_fault(twin, camera_on, engine, running, until):
    camera = running(camera_on(twin.url, rate=15, frozen_after_ms=300))
    twin.play(encode([np.zeros((360, 640, 3), np.uint8)] * 30))
    until(lambda: camera.health().fault is not None, "the dark was noticed")
    assert camera.health().fault.code == "camera_dark"
    twin.show(BADGE)
    until(lambda: engine.payloads() == [BADGE], "the badge was read")
    health = camera.health()
    assert (health.state, health.fault, health.reopened) == (DeviceState.READY, None, 0)


def test_it_stops_while_the_camera_is_silent(twin, camera_on, running):
    camera = running(camera_on(twin.url, read_timeout_ms=500))
    twin.stall()
    camera.stop()
    assert camera.health().state is DeviceState.CLOSED


def test_a_fault_does_not_tell_the_password(twin, camera_on, running, until):
    address = twin.url.replace("http://", "http://admin:secret@") + "live?token=secret"
    twin.end()
    camera = running(camera_on(address), ready=False)
    until(is_in(camera, DeviceState.FAULT), "the fault was reported")
    assert in_english(camera.health().fault).startswith(f"The camera at {twin.url}live does not answer.")


def test_one_picture_for_the_set_time_is_frozen():
    frozen = FrozenPicture(frozen_after_ms=1000)
    picture = np.full((360, 640), 90, np.uint8)
    assert [frozen.is_frozen(picture, at_ms) for at_ms in (0, 500, 999, 1000)] == [
        False,
        False,
        False,
        True,
    ]


def test_noise_starts_the_time_anew():
    frozen = FrozenPicture(frozen_after_ms=1000)
    picture = np.full((360, 640), 90, np.uint8)
    noisy = picture.copy()
    noisy[8, 8] = 91
    assert [frozen.is_frozen(each, at) for each, at in ((picture, 0), (noisy, 900), (noisy, 1800))] == [
        False
    ] * 3


@pytest.mark.parametrize("level", [0, 2, 5, 250, 255])
def test_black_and_white_are_never_frozen(level):
    frozen = FrozenPicture(frozen_after_ms=1000)
    picture = np.full((360, 640), level, np.uint8)
    assert not any(frozen.is_frozen(picture, at_ms) for at_ms in range(0, 60_000, 500))
    assert not frozen.is_frozen(np.full((360, 640), 90, np.uint8), 60_000)


def test_a_dark_room_with_something_to_see_is_not_black():
    random = np.random.default_rng(1)
    noise = random.normal(2, 1, (720, 1280)).clip(0, 255)
    assert is_dark(noise.astype(np.uint8))
    noise[300:400, 500:600] += 16
    assert not is_dark(noise.astype(np.uint8))


def test_zero_never_calls_a_picture_frozen():
    frozen = FrozenPicture(frozen_after_ms=0)
    picture = np.full((360, 640), 90, np.uint8)
    assert not any(frozen.is_frozen(picture, at_ms) for at_ms in (0, 10**9))
