import cv2
import numpy as np
import pytest

from drivers.camera.controls import Control
from drivers.camera.exposure import ExposureControl, ExposureLoop
from drivers.camera.qr import LiveReader
from drivers.simulated.scene import draw_code

PICTURE_MS = 125
BADGE = "MB1:7K9Z%B2+AA41.C3/D5-E6$F8 GH*IJ"


class Sensor:
    """A sensor that takes up a room's light in proportion to its exposure, and takes controls."""

    def __init__(self):
        self.values = {Control.EXPOSURE_AUTO: 3, Control.EXPOSURE: 200}
        self.room = np.full((720, 1280), 40.0)
        self.random = np.random.default_rng(3)

    def get(self, control):
        return self.values.get(control)

    def set(self, control, value):
        self.values[control] = value
        return True

    def close(self):
        pass

    def hold_up(self, brightness):
        code = cv2.cvtColor(draw_code(BADGE), cv2.COLOR_BGR2GRAY).astype(float)
        rows, columns = code.shape
        shine = code / 255 * brightness + 0.3 * brightness  # the light that a screen's black lets through
        self.room[200 : 200 + rows, 500 : 500 + columns] = shine

    def picture(self):
        is_manual = self.values[Control.EXPOSURE_AUTO] == 1
        part = self.values[Control.EXPOSURE] / 200 if is_manual else 1.0
        noise = self.random.normal(0, 1, self.room.shape)
        return (self.room * part + noise).clip(0, 255).astype(np.uint8)


def watch(sensor, control, pictures, start=0):
    reader, read = LiveReader(), []
    for number in range(start, start + pictures):
        grey = sensor.picture()
        control.follow(grey, number * PICTURE_MS)
        read.append(bool(reader.read(grey)))
    return read


@pytest.mark.parametrize("brightness", [900, 1500, 4000])
def test_a_screen_that_is_burnt_out_is_read_after_a_moment(brightness):
    sensor = Sensor()
    control = ExposureControl(sensor)
    sensor.hold_up(brightness)
    assert not LiveReader().read(sensor.picture())
    read = watch(sensor, control, 40)
    assert any(read)
    assert control.per_cent < 50


@pytest.mark.long
def test_the_exposure_is_the_cameras_own_again_when_the_screen_is_gone():
    sensor = Sensor()
    control = ExposureControl(sensor)
    sensor.hold_up(1500)
    watch(sensor, control, 40)
    assert sensor.values[Control.EXPOSURE_AUTO] == 1
    sensor.room[:] = 40
    watch(sensor, control, 400, start=40)
    assert (sensor.values[Control.EXPOSURE_AUTO], control.per_cent) == (3, 100)


def test_a_picture_in_which_nothing_is_burnt_out_changes_nothing():
    loop = ExposureLoop()
    grey = np.full((720, 1280), 180, np.uint8)
    grey[:100] = 255  # a window at the edge
    assert not any(loop.follow(grey, at_ms) for at_ms in range(0, 60_000, PICTURE_MS))


def test_a_white_wall_lowers_it_to_a_bound_and_no_further():
    loop = ExposureLoop()
    for at_ms in range(0, 60_000, PICTURE_MS):
        loop.follow(np.full((720, 1280), 255, np.uint8), at_ms)
    assert loop.part == pytest.approx(1 / 32)


def test_a_camera_without_exposure_is_left_alone():
    sensor = Sensor()
    sensor.values = {}
    watch(sensor, ExposureControl(sensor), 0)
    ExposureControl(sensor).follow(np.full((720, 1280), 255, np.uint8), 10_000)
    assert sensor.values == {}


def lowered(sensor):
    control = ExposureControl(sensor)
    sensor.hold_up(1500)
    watch(sensor, control, 40)
    assert sensor.values[Control.EXPOSURE_AUTO] == 1
    return control


def test_a_camera_that_is_let_go_exposes_as_it_did_before():
    sensor = Sensor()
    lowered(sensor).release()
    assert sensor.values == {Control.EXPOSURE_AUTO: 3, Control.EXPOSURE: 200}


@pytest.mark.long
def test_a_camera_that_was_left_dark_by_a_killed_process_exposes_by_itself_again():
    sensor = Sensor()
    lowered(sensor)
    sensor.room[:] = 40
    control = ExposureControl(sensor)
    assert (sensor.values[Control.EXPOSURE_AUTO], control.per_cent) == (3, 100)
    sensor.hold_up(1500)
    watch(sensor, control, 40)
    sensor.room[:] = 40
    watch(sensor, control, 400, start=40)
    assert (sensor.values[Control.EXPOSURE_AUTO], control.per_cent) == (3, 100)


def test_a_camera_that_was_not_touched_is_let_go_as_it_is():
    sensor = Sensor()
    ExposureControl(sensor).release()
    assert sensor.values == {Control.EXPOSURE_AUTO: 3, Control.EXPOSURE: 200}
