"""Frames of one badge under conditions in which codes are hard to read, for measurements and tests.

The conditions and their strengths are those under which four decoders were compared: a code of 220 pixels in
a frame of 1280 × 720 unless the condition says otherwise, at a new place and with new noise in every frame.
"""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from drivers.camera.grey import Grey
from drivers.simulated.scene import EXPOSURE, MODULE, QUIET_ZONE, ErrorCorrection, Pose, Scene, draw_code

_WIDTH, _HEIGHT = 1280, 720
_CODE_SIDE = 220  # pixels

Image = npt.NDArray[np.float64]


class Condition(StrEnum):
    """What makes a frame hard; pixels are the camera's."""

    MOTION = "motion over 13 pixels"
    FAST_MOTION = "motion over 17 pixels"
    DEFOCUS = "defocus, sigma 3 pixels"
    DARK = "very low light"
    GLARE = "glare on 4 % of the code"
    FINE_SCREEN = "phone screen, pitch 1.1"
    COARSE_SCREEN = "phone screen, pitch 2.0"
    TILT = "tilt of 57 to 67 degrees"
    SMALL = "2.0 pixels per module"
    TINY = "1.6 pixels per module"


_MOTION_PIXELS = {Condition.MOTION: 13, Condition.FAST_MOTION: 17}
_MODULE_PIXELS = {Condition.SMALL: 2.0, Condition.TINY: 1.6}
_SCREEN_PITCH = {Condition.FINE_SCREEN: 1.1, Condition.COARSE_SCREEN: 2.0}


def hard_frames(
    payload: str, condition: Condition, *, seed: int, frames: int = 8, error: ErrorCorrection = "q"
) -> Iterator[Grey]:
    """Grey frames of a code with `payload`, each photographed anew under `condition`."""
    random = np.random.default_rng(seed)
    scene = Scene(seed, size=(_WIDTH, _HEIGHT))
    code = draw_code(payload, error=error)
    modules = code.shape[0] // MODULE - 2 * QUIET_ZONE
    side = _MODULE_PIXELS.get(condition, _CODE_SIDE / modules) * modules
    for _ in range(frames):
        pose = _pose(side * (modules + 2 * QUIET_ZONE) / modules, condition, random)
        moved = _moved(pose, _MOTION_PIXELS.get(condition, 0), random)
        frame = scene.shown(code, pose, moved, focus=3.0 if condition is Condition.DEFOCUS else 0.6)
        image = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.float64)
        if condition is Condition.DARK:
            image = _dark(image, random)
        elif condition is Condition.GLARE:
            image = _glaring(image, pose, side, random)
        elif condition in _SCREEN_PITCH:
            image = on_screen(image, pose, side, _SCREEN_PITCH[condition], random)
        yield np.asarray(image.clip(0, 255), dtype=np.uint8)


def _pose(side: float, condition: Condition, random: np.random.Generator) -> Pose:
    """Somewhere in the frame, all of it visible, turned a little; tilted away when that is the condition."""
    edge = 0.6 * side
    x, y = random.uniform((edge, edge), (_WIDTH - edge, _HEIGHT - edge))
    roll, yaw = random.uniform(-8, 8), random.uniform(-6, 6)
    pitch = random.uniform(57, 67) if condition is Condition.TILT else random.uniform(-6, 6)
    return Pose(x / _WIDTH, y / _HEIGHT, side / _HEIGHT, roll, yaw, pitch)


def _moved(pose: Pose, pixels: int, random: np.random.Generator) -> Pose:
    """Where the code was a frame ago, so that it is smeared over so many pixels."""
    angle = random.uniform(0, 2 * np.pi)
    across, down = np.cos(angle) * pixels / EXPOSURE, np.sin(angle) * pixels / EXPOSURE
    return replace(pose, x=pose.x + across / _WIDTH, y=pose.y + down / _HEIGHT)


def _dark(image: Image, random: np.random.Generator) -> Image:
    """At most 40 photons a pixel, with the noise of photons and of the sensor's read-out, amplified."""
    photons = random.poisson(np.maximum(image, 1) / 255 * 40) + random.normal(0, 2, image.shape)
    return np.asarray(photons / 40 * 255 * 0.6, dtype=np.float64)


def _glaring(image: Image, pose: Pose, side: float, random: np.random.Generator) -> Image:
    """A lamp's reflection somewhere on the code: 4 % of it saturated, with a soft edge."""
    radius = side * (0.04 / np.pi) ** 0.5
    place = random.uniform(-0.35, 0.35, 2) * side
    distance = _distance(pose.x * _WIDTH + place[0], pose.y * _HEIGHT + place[1])
    edge = np.maximum(distance - radius, 0) / (0.4 * radius)
    return np.asarray(image + 300 * np.exp(-(edge**2) / 2), dtype=np.float64)


def on_screen(image: Image, pose: Pose, side: float, pitch: float, random: np.random.Generator) -> Image:
    """Shown by a grid of lit points `pitch` camera pixels apart, which interferes with the camera's own."""
    angle, shift = random.uniform(-0.15, 0.15), random.uniform(0, 1, 2)
    reach = int(0.8 * side)
    left, top = max(0, int(pose.x * _WIDTH) - reach), max(0, int(pose.y * _HEIGHT) - reach)
    screen = image[top : top + 2 * reach, left : left + 2 * reach]
    height, width = screen.shape
    fine = 3  # points are drawn three times finer than the camera sees them
    x, y = np.meshgrid(np.arange(width * fine) / fine, np.arange(height * fine) / fine)
    column = (x * np.cos(angle) + y * np.sin(angle)) / pitch + shift[0]
    row = (y * np.cos(angle) - x * np.sin(angle)) / pitch + shift[1]
    lit = ((column % 1 < 0.72) & (row % 1 < 0.8)).astype(np.float32)
    screen *= cv2.resize(lit, (width, height), interpolation=cv2.INTER_AREA) / (0.72 * 0.8)
    screen += random.normal(0, 3, screen.shape)
    return image


def _distance(x: float, y: float) -> Image:
    """How far each pixel is from one point, in pixels."""
    columns, rows = np.meshgrid(np.arange(_WIDTH) - x, np.arange(_HEIGHT) - y)
    return np.asarray(np.hypot(columns, rows), dtype=np.float64)
