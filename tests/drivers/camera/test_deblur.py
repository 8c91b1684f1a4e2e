import cv2
import numpy as np
import pytest
import segno

from drivers.camera.deblur import without_defocus, without_motion
from drivers.camera.stages import QrStages
from drivers.camera.view import View
from drivers.simulated.scene import motion_kernel

TEXT = "MB1:7K9Z%B2+AA41.C3/D5-E6$F8 GH*IJ"


@pytest.fixture
def still():
    """A badge's code as it fills the busiest region: 37 modules of 7 pixels, not level."""
    modules = np.array([list(row) for row in segno.make_qr(TEXT, error="q").matrix], dtype=np.uint8)
    code = np.where(np.kron(np.pad(modules, 6), np.ones((7, 7))) > 0, 30, 225).astype(np.uint8)
    middle = (code.shape[1] / 2, code.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, 7, 1)
    return cv2.warpAffine(code, turn, code.shape[::-1], borderMode=cv2.BORDER_REPLICATE)


@pytest.fixture
def look():
    stages = QrStages()
    return lambda grey: stages.first(View(grey)).texts


def noisy(grey):
    noise = np.random.default_rng(3).normal(0, 2, grey.shape)
    return (grey + noise).clip(0, 255).astype(np.uint8)


def difference(one, other):
    return float(np.mean(cv2.absdiff(one, other)))


def read_any(pictures, look):
    return any(look(picture) == (TEXT,) for picture in pictures)


@pytest.mark.parametrize("degrees", [0, 25, 60, 90, 165])
def test_it_undoes_motion_whatever_its_direction(still, look, degrees):
    angle = np.radians(degrees)
    moving = noisy(cv2.filter2D(still, -1, motion_kernel((15 * np.cos(angle), 15 * np.sin(angle)))))
    assert look(moving) == ()
    assert read_any((view.grey for view in without_motion(View(moving))), look)


def test_it_undoes_defocus(still):
    unfocused = noisy(cv2.GaussianBlur(still, (0, 0), 3))
    remaining = min(difference(sharp, still) for sharp in without_defocus(unfocused))
    assert remaining < 0.75 * difference(unfocused, still)


@pytest.mark.parametrize("size", [(1, 1), (9, 30), (33, 4), (64, 64)])
def test_no_region_is_too_small(size):
    region = np.full(size, 100, np.uint8)
    still = [view.grey for view in without_motion(View(region))]
    assert all(sharp.dtype == np.uint8 for sharp in [*still, *without_defocus(region)])
    assert {sharp.shape for sharp in without_defocus(region)} == {size}
