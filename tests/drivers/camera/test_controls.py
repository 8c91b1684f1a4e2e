import errno
import struct

import pytest

from drivers.camera.controls import Control, V4l2Controls, apply
from drivers.settings import CameraSettings

GET, SET = 0xC008561B, 0xC008561C
USUAL = {Control.MAINS: 0, Control.EXPOSURE_AUTO: 3, Control.EXPOSURE: 156, Control.GAIN: 4, Control.FOCUS: 0}


class Kernel:
    """Answers VIDIOC_G_CTRL and VIDIOC_S_CTRL for the controls that a camera has."""

    def __init__(self, **values):
        self.values = dict(USUAL)

    def ioctl(self, _device, request, buffer):
        control, value = struct.unpack("=Ii", buffer)
        if control not in self.values:
            raise OSError(errno.EINVAL, "no such control")
        if request == SET:
            self.values[control] = value
        assert request in {GET, SET}
        buffer[:] = struct.pack("=Ii", control, self.values[control])


@pytest.fixture
def kernel():
    return Kernel()


@pytest.fixture
def controls(kernel, tmp_path):
    (tmp_path / "video0").touch()
    opened = V4l2Controls(str(tmp_path / "video0"), kernel.ioctl)
    yield opened
    opened.close()


def settings(**more):
    return CameraSettings(name="camera", source="/dev/video0", **more)


def test_a_control_is_set_and_read(controls, kernel):
    assert controls.set(Control.EXPOSURE, 40)
    assert controls.get(Control.EXPOSURE) == kernel.values[Control.EXPOSURE] == 40


def test_a_control_that_the_camera_lacks_is_none(controls):
    assert controls.get(Control.FOCUS_AUTO) is None
    assert not controls.set(Control.FOCUS_AUTO, 1)


def test_the_mains_of_most_places_is_set_and_nothing_else(controls, kernel):
    assert apply(settings(), controls) == []
    assert kernel.values == USUAL | {Control.MAINS: 1}


@pytest.mark.parametrize(("hertz", "value"), [(0, 0), (50, 1), (60, 2)])
def test_the_mains_frequency_is_told_by_the_kernels_number(controls, kernel, hertz, value):
    apply(settings(mains_hz=hertz), controls)
    assert kernel.values[Control.MAINS] == value


def test_what_the_settings_fix_is_fixed_and_what_the_camera_lacks_is_told(controls, kernel):
    missing = apply(settings(exposure_us=8_000, gain=16, focus=120), controls)
    assert missing == [Control.FOCUS_AUTO]
    assert kernel.values == {
        Control.MAINS: 1,
        Control.EXPOSURE_AUTO: 1,
        Control.EXPOSURE: 80,
        Control.GAIN: 16,
        Control.FOCUS: 120,
    }


def test_what_the_settings_fix_no_longer_is_the_cameras_own_again(controls, kernel):
    kernel.values |= {Control.FOCUS_AUTO: 1, Control.GAIN_AUTO: 1}
    apply(settings(gain=16, focus=120), controls)
    assert (kernel.values[Control.GAIN_AUTO], kernel.values[Control.FOCUS_AUTO]) == (0, 0)
    assert apply(settings(), controls) == []
    assert (kernel.values[Control.GAIN_AUTO], kernel.values[Control.FOCUS_AUTO]) == (1, 1)


def test_a_device_that_is_no_camera_takes_nothing(tmp_path):
    (tmp_path / "file").touch()
    controls = V4l2Controls(str(tmp_path / "file"))
    assert Control.MAINS in apply(settings(focus=1), controls)
    controls.close()
    with pytest.raises(OSError, match="No such file"):
        V4l2Controls(str(tmp_path / "none"))
