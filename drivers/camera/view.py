"""A picture, or a part or form of one, that knows where each of its pixels lies in the camera's picture.

Codes are sought in parts that are cut out, enlarged, turned and straightened; where they were found must be
told in the camera's own pixels, in which sizes and places can be compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from typing import Self, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from drivers.camera.grey import Grey, scaled

Matrix: TypeAlias = npt.NDArray[np.float64]
"""A 3 × 3 matrix of homogeneous coordinates."""

Point: TypeAlias = tuple[float, float]
"""Pixels to the right and down."""

Quad: TypeAlias = tuple[Point, Point, Point, Point]
"""The corners of a code as it stands: top left, top right, bottom right, bottom left."""

NEAR = 0.2
"""The part of a picture's shorter side from which a code's side on shows that the code is held up.

A badge of 35 mm is so large 30 cm before a usual lens; worn, it hangs twice as far away.
"""

_BEYOND_CODE = 1.12  # a painted quadrangle's size, so that nothing of the code's edge is left


@dataclass(frozen=True, slots=True)
class View:
    """Grey pixels, and the matrix that leads from them to the camera's picture."""

    grey: Grey
    to_picture: Matrix = field(default_factory=lambda: np.eye(3))

    def filtered(self, grey: Grey) -> "View":
        """The same place with other pixels, of the same size."""
        return View(grey, self.to_picture)

    def scaled(self, across: float, down: float) -> "View":
        """So many times as wide and as high."""
        return self._moved(scaled(self.grey, across, down), np.diag((1 / across, 1 / down, 1.0)))

    def zoomed(self, longest_side: int) -> "View":
        """With the longest side so long, but no more than 2.5 times smaller or 4 times larger."""
        scale = min(max(longest_side / max(self.grey.shape), 0.4), 4.0)
        return self.scaled(scale, scale)

    def cut(self, rows: slice, columns: slice) -> "View":
        """A part; both slices have a start."""
        corner = np.array(((1.0, 0.0, columns.start), (0.0, 1.0, rows.start), (0.0, 0.0, 1.0)))
        return self._moved(np.ascontiguousarray(self.grey[rows, columns]), corner)

    def rotated(self, radians: float) -> "View":
        """Turned until a line at this angle, from the rows downwards, is level; all of it is kept."""
        height, width = self.grey.shape
        side = int(np.hypot(height, width))
        turn = np.eye(3)
        turn[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.degrees(radians)), 1)
        turn[:2, 2] += ((side - width) / 2, (side - height) / 2)
        return self.warped(turn, (side, side), interpolation=cv2.INTER_LINEAR)

    def warped(
        self, matrix: Matrix, size: tuple[int, int], *, interpolation: int = cv2.INTER_CUBIC
    ) -> "View":
        """Seen through `matrix`, which leads from these pixels to those of the new view, width × height."""
        grey = cv2.warpPerspective(
            self.grey, matrix, size, flags=interpolation, borderMode=cv2.BORDER_REPLICATE
        )
        back = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
        return self._moved(np.asarray(grey, dtype=np.uint8), back)

    def in_picture(self, corners: Iterable[Point]) -> Quad:
        """Where four corners of this view lie in the camera's picture."""
        points = np.array([[corner] for corner in corners], dtype=np.float64)
        first, second, third, fourth = cv2.perspectiveTransform(points, self.to_picture)[:, 0].tolist()
        return _point(first), _point(second), _point(third), _point(fourth)

    def _moved(self, grey: Grey, from_new: Matrix) -> Self:
        return type(self)(grey, self.to_picture @ from_new)


def painted_over(picture: Grey, quads: Iterable[Quad]) -> Grey:
    """The camera's picture without these codes: grey of its median covers each and a little beyond."""
    tone = int(np.median(picture[::8, ::8]))

    def without(grey: Grey, quad: Quad) -> Grey:
        corners = np.array(quad)
        middle = corners.mean(axis=0)
        beyond = middle + (corners - middle) * _BEYOND_CODE
        return np.asarray(cv2.fillConvexPoly(grey, beyond.round().astype(np.int32), tone), dtype=np.uint8)

    return reduce(without, quads, picture.copy())


def side_of(quad: Quad) -> float:
    """The side of the square that is as large as the quadrangle, in pixels."""
    return float(cv2.contourArea(np.array(quad, dtype=np.float32)) ** 0.5)


def middle_of(quad: Quad) -> Point:
    """The mean of the corners."""
    across, down = np.array(quad).mean(axis=0).tolist()
    return float(across), float(down)


def _point(pair: list[float]) -> Point:
    return float(pair[0]), float(pair[1])
