"""Frames of a person who shows a badge to the camera, drawn anew from a seed and never stored.

A frame is what a wide camera at a desk sees: a wall with things on it, a figure, and now and then a white
card with a QR code that comes in from below, is held before the lens, and leaves. The card is drawn flat,
turned in space, put out of focus, smeared by its own motion, lit unevenly and covered with sensor noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import segno

Frame = npt.NDArray[np.uint8]
"""An image as OpenCV holds it: height × width × 3 (blue, green, red), or height × width when grey."""

Size = tuple[int, int]
"""Width and height in pixels."""

ErrorCorrection = Literal["l", "m", "q", "h"]

MODULE = 6
"""Pixels of one QR module on a flat card."""

QUIET_ZONE = 4
"""Modules of white round a code that ISO/IEC 18004 asks for."""

EXPOSURE = 0.3
"""The part of the time between two frames for which the shutter is open."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the card is: its centre and height as parts of the frame's, its turn in degrees."""

    x: float
    y: float
    height: float
    roll: float
    yaw: float
    pitch: float


def draw_code(payload: str, *, error: ErrorCorrection = "q") -> Frame:
    """A printed QR code with its quiet zone, `MODULE` pixels per module.

    A payload in the alphabet of QR's alphanumeric mode (0-9A-Z $%*+-./:, ISO/IEC 18004) makes the smallest
    code.
    """
    matrix = segno.make_qr(payload, error=error, boost_error=False).matrix
    modules = np.array([list(row) for row in matrix], dtype=np.uint8)
    code = np.where(np.pad(modules, QUIET_ZONE) > 0, 20, 245).astype(np.uint8)
    code = np.kron(code, np.ones((MODULE, MODULE), dtype=np.uint8))
    return _frame(cv2.cvtColor(code, cv2.COLOR_GRAY2BGR))


def draw_card(payload: str, *, name: str = "", error: ErrorCorrection = "q") -> Frame:
    """A printed badge, flat and clean: a coloured band, a line for the name, the code of `payload`."""
    code = draw_code(payload, error=error)
    side = code.shape[0]
    margin, band, scale = side // 16, side // 5, side / 400
    card = np.full((band + side + band // 2, side + 2 * margin, 3), 245, dtype=np.uint8)
    card[:band] = (120, 70, 20)
    card[band : band + side, margin : margin + side] = code
    letters = cv2.FONT_HERSHEY_SIMPLEX
    title, line = (margin, int(band * 0.7)), (margin, band + side + band // 4)
    cv2.putText(card, "VOLUNTEER", title, letters, scale, (250, 250, 250), 2, cv2.LINE_AA)
    cv2.putText(card, name, line, letters, scale * 0.7, (40, 40, 40), 1, cv2.LINE_AA)
    return card


class Scene:
    """One desk, one light, one person: everything about them follows from `seed`."""

    def __init__(self, seed: int, *, size: Size = (1280, 720)) -> None:
        self._random = np.random.default_rng(seed)
        self._size = size
        self._skin = _colour(np.array((120, 155, 200)) * self._random.uniform(0.5, 1.1))
        self._coat = _colour(self._random.integers(40, 160, 3))
        self._light = self._draw_light()
        self._wall = self._draw_wall()
        self._facing = self._lit(self._draw_person(0.5))
        self._noise = self._draw_noise()

    def idle(self, sway: float = 0.0) -> Frame:
        """The desk with the person beside it and no card; `sway` moves the person, -1 to 1."""
        return self._grainy(self._lit(self._draw_person(0.72 + 0.02 * sway)))

    def empty(self) -> Frame:
        """The desk with nobody there."""
        return self._grainy(self._lit(self._wall))

    def shown(self, card: Frame, pose: Pose, before: Pose, *, focus: float = 0.7) -> Frame:
        """The person holding `card` at `pose`, having come from `before` one frame ago.

        `focus` is the lens blur's standard deviation in pixels, on the card.
        """
        frame = self._facing.copy()
        now, then = (_corners(card, each, self._size) for each in (pose, before))
        middle = now[2:].mean(axis=0)
        grip = int(self._size[1] * 0.07)
        hand = (int(middle[0]), int(middle[1]))
        skin = _colour(np.array(self._skin) * 0.85)
        cv2.ellipse(frame, hand, (grip, grip * 2 // 3), 0, 0, 360, skin, -1, cv2.LINE_AA)
        travel = (now - then).mean(axis=0) * EXPOSURE
        _paste(frame, card, now, self._light, travel=(float(travel[0]), float(travel[1])), focus=focus)
        return self._grainy(frame)

    def presentation(self, payload: str, *, name: str = "") -> Iterator[Frame]:
        """Fourteen frames: the card comes in from below, is held with a tremor, and leaves again."""
        card = draw_card(payload, name=name)
        yield self.idle()
        for before, pose in pairwise(self._path()):
            yield self.shown(card, pose, before, focus=0.6 + 6 * abs(pose.height - 0.62))
        yield self.idle()

    def _path(self) -> list[Pose]:
        """Thirteen poses, one a frame: four on the way in, six held, three on the way out."""
        x, roll, yaw, pitch = self._random.uniform((0.4, -14, -22, -18), (0.6, 14, 22, 18))

        def near(y: float, height: float, tremor: float) -> Pose:
            shake = self._random.normal(0, tremor, 4)
            return Pose(x + shake[0] / 400, y, height, roll + shake[1], yaw + shake[2], pitch + shake[3])

        way_in = [near(y, height, 1.0) for y, height in ((1.3, 0.5), (1.0, 0.54), (0.72, 0.58), (0.56, 0.6))]
        held = [near(0.52 + self._random.normal(0, 0.003), 0.62, 0.6) for _ in range(6)]
        way_out = [near(y, height, 1.0) for y, height in ((0.6, 0.6), (0.9, 0.56), (1.25, 0.52))]
        return way_in + held + way_out

    def _draw_wall(self) -> Frame:
        width, height = self._size
        base = self._random.integers(120, 200, 3)
        wall = np.empty((height, width, 3), dtype=np.uint8)
        wall[:] = np.linspace(base, base * 0.75, height)[:, None, :]
        for _ in range(14):  # doors, posters, shelves
            left, top = int(self._random.integers(0, width)), int(self._random.integers(0, height))
            right = left + int(self._random.integers(20, width // 3))
            bottom = top + int(self._random.integers(20, height // 2))
            colour = self._random.integers(40, 220) + self._random.integers(-25, 26, 3)
            cv2.rectangle(wall, (left, top), (right, bottom), _colour(colour), -1)
            for line in range(top + 12, min(bottom, height), 24):  # what is printed or stands on them
                end = left + int(self._random.integers(10, max(11, right - left)))
                cv2.line(wall, (left + 6, line), (end, line), _colour(colour // 2), 3)
        return _frame(cv2.GaussianBlur(wall, (0, 0), 2.5))

    def _draw_light(self) -> Frame:
        width, height = self._size
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        slope = self._random.uniform(-0.2, 0.2, 2)
        light = self._random.uniform(0.7, 0.95) * (1 + slope[0] * x + slope[1] * y - 0.15 * (x * x + y * y))
        return _frame(np.repeat((light * 200).clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2))

    def _draw_noise(self) -> Frame:
        width, height = self._size
        noise = self._random.standard_normal((height + 64, width, 3), dtype=np.float32)
        return _frame((noise * 4 + 128).clip(0, 255).astype(np.uint8))

    def _draw_person(self, x: float) -> Frame:
        width, height = self._size
        frame = self._wall.copy()
        middle, shoulder, hair = int(width * x), int(height * 1.05), height // 24
        trunk = (int(width * 0.2), int(height * 0.5))
        cv2.ellipse(frame, (middle, shoulder), trunk, 0, 0, 360, self._coat, -1, cv2.LINE_AA)
        head, face = (middle, int(height * 0.34)), (int(height * 0.13), int(height * 0.18))
        cv2.ellipse(frame, head, face, 0, 0, 360, self._skin, -1, cv2.LINE_AA)
        cv2.ellipse(frame, head, face, 0, 180, 360, (30, 30, 30), hair, cv2.LINE_AA)
        for side in (-0.05, 0.05):
            eye = (middle + int(height * side), int(height * 0.33))
            cv2.circle(frame, eye, height // 80, (20, 20, 20), -1)
        return frame

    def _lit(self, frame: Frame) -> Frame:
        return _frame(cv2.multiply(frame, self._light, scale=1 / 200))

    def _grainy(self, frame: Frame) -> Frame:
        top = int(self._random.integers(64))
        return _frame(cv2.addWeighted(frame, 1, self._noise[top : top + frame.shape[0]], 1, -128))


def render_presentation(
    payload: str, *, seed: int, size: Size = (1280, 720), name: str = ""
) -> Iterator[Frame]:
    """One presentation at a desk of its own; see `Scene.presentation`."""
    return Scene(seed, size=size).presentation(payload, name=name)


def render_idle(seed: int, *, size: Size = (1280, 720), frames: int = 12) -> Iterator[Frame]:
    """`frames` frames without a card, fit to be played in a loop: a person who sways, and sensor noise."""
    scene = Scene(seed, size=size)
    for turn in range(frames):
        yield scene.idle(float(np.sin(2 * np.pi * turn / frames)))


def _corners(card: Frame, pose: Pose, size: Size) -> npt.NDArray[np.float32]:
    """The card's four corners in the frame, clockwise from the top left, through a lens of 60 degrees."""
    height, width = card.shape[0] / card.shape[0], card.shape[1] / card.shape[0]
    flat = np.array([(-width, -height, 0), (width, -height, 0), (width, height, 0), (-width, height, 0)]) / 2
    roll, yaw, pitch = np.radians((pose.roll, pose.yaw, pose.pitch))
    turn = (
        np.array([(np.cos(roll), -np.sin(roll), 0), (np.sin(roll), np.cos(roll), 0), (0, 0, 1)])
        @ np.array([(np.cos(yaw), 0, np.sin(yaw)), (0, 1, 0), (-np.sin(yaw), 0, np.cos(yaw))])
        @ np.array([(1, 0, 0), (0, np.cos(pitch), -np.sin(pitch)), (0, np.sin(pitch), np.cos(pitch))])
    )
    solid = flat @ turn.T
    distance = 1.0 / pose.height
    seen = solid[:, :2] / (1 + solid[:, 2:] / distance) * pose.height * size[1]
    return np.asarray(seen + np.array((pose.x * size[0], pose.y * size[1])), dtype=np.float32)


def _paste(
    frame: Frame,
    card: Frame,
    corners: npt.NDArray[np.float32],
    light: Frame,
    *,
    travel: tuple[float, float],
    focus: float,
) -> None:
    """Lay `card` into `frame` at `corners`, lit, out of focus and smeared along `travel` pixels."""
    reach = int(np.hypot(*travel) + 3 * focus) + 4
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - reach, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + reach, (frame.shape[1], frame.shape[0]))
    if (low >= high).any():
        return
    height, width = card.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    transform = cv2.getPerspectiveTransform(flat, (corners - low).astype(np.float32))
    room = (int(high[0] - low[0]), int(high[1] - low[1]))
    shrunk = max(1.0, height / float(np.hypot(*(corners[3] - corners[0]))))
    layers = cv2.cvtColor(cv2.GaussianBlur(card, (0, 0), 0.45 * shrunk), cv2.COLOR_BGR2BGRA)
    laid = cv2.warpPerspective(layers, transform, room, flags=cv2.INTER_LINEAR)
    laid = cv2.GaussianBlur(laid, (0, 0), focus)
    if max(map(abs, travel)) >= 1:
        laid = cv2.filter2D(laid, -1, motion_kernel(travel))
    there = (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])))
    lit = cv2.multiply(_frame(laid[:, :, :3]), light[there], scale=1 / 200)
    uncovered = cv2.cvtColor(255 - laid[:, :, 3], cv2.COLOR_GRAY2BGR)
    # Outside the card `lit` is black: it is already weighted by its own coverage.
    frame[there] = cv2.add(cv2.multiply(frame[there], uncovered, scale=1 / 255), lit)


def motion_kernel(travel: tuple[float, float]) -> npt.NDArray[np.float32]:
    """A filter that smears along `travel`: pixels to the right, pixels down; one point when nothing moves."""
    width, height = (int(abs(part)) | 1 for part in travel)
    kernel = np.zeros((height, width), dtype=np.float32)
    for part in np.linspace(-0.5, 0.5, 2 * max(width, height) + 1):
        row, column = round(travel[1] * part) + height // 2, round(travel[0] * part) + width // 2
        kernel[min(max(row, 0), height - 1), min(max(column, 0), width - 1)] += 1
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def _colour(parts: npt.ArrayLike) -> tuple[int, int, int]:
    blue, green, red = np.asarray(parts).clip(0, 255).astype(int).tolist()
    return blue, green, red


def _frame(image: cv2.typing.MatLike) -> Frame:
    return np.asarray(image, dtype=np.uint8)
