import numpy as np
import pytest

from drivers.camera.view import View, middle_of, painted_over, side_of

PICTURE = np.random.default_rng(1).integers(0, 256, (200, 300), dtype=np.uint8)
SQUARE = ((10.0, 20.0), (50.0, 20.0), (50.0, 60.0), (10.0, 60.0))


@pytest.mark.parametrize(
    ("view", "point", "meant"),
    [
        (View(PICTURE), (10, 20), (10, 20)),
        (View(PICTURE).scaled(2, 1), (20, 20), (10, 20)),
        (View(PICTURE).cut(slice(30, 90), slice(40, 100)), (10, 20), (50, 50)),
        (View(PICTURE).cut(slice(30, 90), slice(40, 100)).scaled(0.5, 0.5), (5, 10), (50, 50)),
        (View(PICTURE).zoomed(600).scaled(1, 2), (20, 80), (10, 20)),
        (View(PICTURE).rotated(np.pi / 2), (180, 180), (150, 100)),
    ],
)
def test_a_view_knows_where_its_pixels_lie(view, point, meant):
    assert view.in_picture([point] * 4)[0] == pytest.approx(meant, abs=1)


def test_a_filtered_view_lies_where_it_lay():
    view = View(PICTURE).cut(slice(30, 90), slice(40, 100))
    assert view.filtered(255 - view.grey).in_picture(SQUARE) == view.in_picture(SQUARE)


def test_sizes_and_middles():
    assert side_of(SQUARE) == pytest.approx(40)
    assert side_of(SQUARE[::-1]) == pytest.approx(40)
    assert middle_of(SQUARE) == (30, 40)


def test_what_is_painted_over_is_gone_and_the_rest_is_as_it_was():
    painted = painted_over(PICTURE, [SQUARE])
    assert len(np.unique(painted[20:61, 10:51])) == 1
    assert np.array_equal(painted[:, 70:], PICTURE[:, 70:])
    assert np.array_equal(painted_over(PICTURE, []), PICTURE)
    assert painted_over(PICTURE, [((-9.0, -9.0), (900.0, -9.0), (900.0, 900.0), (-9.0, 900.0))]).std() == 0
