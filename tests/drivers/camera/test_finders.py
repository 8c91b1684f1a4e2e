import cv2
import numpy as np
import pytest
import segno

from drivers.camera.finders import framed_codes
from drivers.camera.stages import QrStages
from drivers.camera.view import View

TEXT = "MB1:7K9Z%B2+AA41.C3/D5-E6$F8 GH*IJ"


def bare(text=TEXT, module=6, **options):
    """A code without its quiet zone."""
    modules = np.array([list(row) for row in segno.make_qr(text, error="q", **options).matrix], np.uint8)
    return np.where(np.kron(modules, np.ones((module, module))) > 0, 20, 225).astype(np.uint8)


def on_ground(code, level=8, room=60):
    return cv2.copyMakeBorder(code, room, room, room, room, cv2.BORDER_CONSTANT, value=level)


def turned(grey, degrees):
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)


@pytest.fixture
def stages():
    return QrStages()


def read(stages, grey):
    texts = [stages.look(code).texts for code in framed_codes(View(grey))]
    return next((each for each in texts if each), ())


@pytest.mark.parametrize("degrees", [0, 12, 45, 90, 130, 180, 275])
@pytest.mark.parametrize("text", ["A", TEXT, TEXT * 3])
def test_a_code_on_dark_ground_is_found_however_it_is_turned(stages, text, degrees):
    grey = turned(on_ground(bare(text), room=120), degrees)
    assert stages.look(View(grey)).texts == ()
    assert read(stages, grey) == (text,)


@pytest.mark.parametrize(
    "side", [cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE, None]
)
def test_a_code_that_lacks_its_quiet_zone_on_one_side_is_read(stages, side):
    grey = on_ground(bare(), level=225, room=24)
    grey = grey if side is None else cv2.rotate(grey, side)
    grey[:24] = 8
    grey = cv2.copyMakeBorder(grey, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=90)
    assert read(stages, grey) == (TEXT,)


@pytest.mark.parametrize("modules", [0.5, 1])
@pytest.mark.parametrize("turns", range(4))
def test_a_code_that_is_cut_at_its_edge_is_read(stages, turns, modules):
    code = np.rot90(bare(TEXT * 3), turns)[int(6 * modules) :]
    grey = cv2.copyMakeBorder(code, 0, 40, 40, 40, cv2.BORDER_CONSTANT, value=225)
    grey = cv2.copyMakeBorder(grey, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=8)
    assert stages.look(View(grey)).texts == ()
    assert read(stages, grey) == (TEXT * 3,)


def test_alignment_patterns_are_no_finder_patterns(stages):
    """Blurred, they are light rings too."""
    grey = cv2.GaussianBlur(on_ground(bare(TEXT * 4)), (0, 0), 1.8)
    assert read(stages, grey) == (TEXT * 4,)


def test_the_corners_are_told_in_the_pictures_pixels(stages):
    code = bare()
    picture = np.full((720, 1280), 8, np.uint8)
    picture[200 : 200 + code.shape[0], 500 : 500 + code.shape[1]] = code
    view = View(picture).cut(slice(150, 600), slice(450, 900)).zoomed(500)
    (found,) = next(codes.found for codes in map(stages.look, framed_codes(view)) if codes.found)
    side = code.shape[0]
    meant = [(500, 200), (500 + side, 200), (500 + side, 200 + side), (500, 200 + side)]
    assert np.abs(np.array(found.corners) - meant).max() < 8


@pytest.mark.parametrize("size", [(1, 1), (5, 400), (64, 64), (400, 300)])
def test_no_picture_is_too_small_or_too_busy(size):
    noise = np.random.default_rng(2).integers(0, 256, size, dtype=np.uint8)
    assert all(code.grey.dtype == np.uint8 for code in framed_codes(View(noise)))
    assert list(framed_codes(View(np.zeros(size, np.uint8)))) == []
