"""Codes by their three finder patterns alone: for those that have no quiet zone to be told from dark ground.

A dark page of a telephone or a black holder runs into the dark outer ring of a finder pattern, and decoders
that look for its five runs (1 : 1 : 3 : 1 : 1) find none. What stays is the light ring within it, five
modules wide, round a dark square of three (ISO/IEC 18004, 6.3.3). Three of them tell where the code ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import cv2
import numpy as np

from drivers.camera.grey import Grey, blurred
from drivers.camera.view import View

_SMALLEST_RING = 5  # pixels of a light ring's side
_HOLE = (0.18, 0.62)  # the dark square's share of the ring and its inside: 9 of 25, as far as blur lets it be
_FILLS = 0.72  # of the smallest rectangle round it that a ring and its inside fill at least
_ALIKE = 1.5  # times that one ring of a code may be larger than another
_MOST_RINGS = 12  # of one view that are combined
_MODULE = 5  # pixels of a module of the straightened code
_QUIET_ZONE = 4  # modules
_LARGEST = 57  # modules of a side: version 10


@dataclass(frozen=True, slots=True)
class _Ring:
    """A light ring round a dark square: its middle, and pixels of a module."""

    middle: complex
    module: float


def framed_codes(view: View) -> Iterator[View]:
    """What stands between three finder patterns, straightened and put on white, the likeliest first."""
    smooth = blurred(view.grey, 1)
    _, light = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    rings = _rings(np.asarray(light, dtype=np.uint8))
    for corner, across, down in _corners_of_codes(rings):
        yield from _framed(view, corner, across, down)


def _rings(light: Grey) -> list[_Ring]:
    contours, found = cv2.findContours(light, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    hierarchy = found[0].tolist() if contours else []
    rings = []
    for contour, (_, _, hole, parent) in zip(contours, hierarchy, strict=True):
        if parent >= 0 or hole < 0 or len(contour) < 4:
            continue
        _, _, width, height = cv2.boundingRect(contour)
        if min(width, height) < _SMALLEST_RING or max(width, height) > 3 * min(width, height):
            continue
        largest = max(_holes(contours, hierarchy, hole), key=cv2.contourArea)
        if ring := _ring(contour, largest):
            rings.append(ring)
    return sorted(rings, key=lambda ring: -ring.module)[:_MOST_RINGS]


def _holes(
    contours: Sequence[cv2.typing.MatLike], hierarchy: list[list[int]], first: int
) -> Iterator[cv2.typing.MatLike]:
    hole = first
    while hole >= 0:
        yield contours[hole]
        hole = hierarchy[hole][0]


def _ring(outer: cv2.typing.MatLike, hole: cv2.typing.MatLike) -> _Ring | None:
    whole, inside = cv2.contourArea(outer), cv2.contourArea(hole)
    if whole <= 0 or not _HOLE[0] <= inside / whole <= _HOLE[1]:
        return None
    (across, down), (width, height), _ = cv2.minAreaRect(outer)
    if whole < _FILLS * width * height:
        return None
    (hole_across, hole_down), _, _ = cv2.minAreaRect(hole)
    module = (whole**0.5 + inside**0.5) / 8  # a threshold that widens the one side narrows the other
    if abs(complex(across - hole_across, down - hole_down)) > module:
        return None
    return _Ring(complex(across, down), module)


def _corners_of_codes(rings: list[_Ring]) -> list[tuple[_Ring, _Ring, _Ring]]:
    """Rings that may be a code's top left, top right and bottom left, the squarest first; at most two.

    Alignment patterns are rings too, blurred ones at least, but those are smaller and stand closer.
    """
    largest = max((ring.module for ring in rings), default=1.0)
    found = []
    for corner, across, down in permutations(rings, 3):
        modules = [ring.module for ring in (corner, across, down)]
        if max(modules) > _ALIKE * min(modules):
            continue
        right, below = across.middle - corner.middle, down.middle - corner.middle
        shorter, longer = sorted((abs(right), abs(below)))
        if shorter < 10 * min(modules) or longer > 1.6 * shorter:
            continue
        turn = (below / right) / abs(below / right)  # i when the corner is a right angle, clockwise
        if turn.imag > 0.8:
            askew = abs(turn - 1j) + longer / shorter - 1
            found.append((askew - sum(modules) / largest, corner, across, down))
    found.sort(key=lambda each: each[0])
    return [(corner, across, down) for _, corner, across, down in found[:2]]


def _framed(view: View, corner: _Ring, across: _Ring, down: _Ring) -> Iterator[View]:
    """The code warped square; its side is taken from the rings' distance, in whole steps of a version."""
    module = sum(ring.module for ring in (corner, across, down)) / 3
    apart = (abs(across.middle - corner.middle) + abs(down.middle - corner.middle)) / 2
    modules = round((apart / module + 7 - 17) / 4) * 4 + 17
    if not 21 <= modules <= _LARGEST:
        return
    near = (_QUIET_ZONE + 3.5) * _MODULE
    far = (_QUIET_ZONE + modules - 3.5) * _MODULE
    seen = np.array([(ring.middle.real, ring.middle.imag) for ring in (corner, across, down)], np.float32)
    meant = np.array([(near, near), (far, near), (near, far)], np.float32)
    matrix = np.eye(3)
    matrix[:2] = cv2.getAffineTransform(seen, meant)
    side = (modules + 2 * _QUIET_ZONE) * _MODULE
    straight = view.warped(matrix, (side, side))
    edge = _QUIET_ZONE * _MODULE
    framed = np.full((side, side), 255, np.uint8)
    inside = straight.grey[edge : side - edge, edge : side - edge]
    framed[edge : side - edge, edge : side - edge] = inside
    far_corner = side - edge - 7 * _MODULE
    for top, left in ((edge, edge), (edge, far_corner), (far_corner, edge)):
        framed[top : top + 7 * _MODULE, left : left + 7 * _MODULE] = _finder_pattern(inside)
    yield straight.filtered(framed)


def _finder_pattern(code: Grey) -> Grey:
    """A finder pattern in a code's own black and white: what was cut off of one is whole again."""
    dark, light = np.percentile(code, (10, 90))
    rings = np.maximum(*np.abs(np.indices((7, 7)) - 3))  # 0 and 1: the dark square, 2: light, 3: dark
    return np.kron(np.where(rings == 2, light, dark), np.ones((_MODULE, _MODULE))).astype(np.uint8)
