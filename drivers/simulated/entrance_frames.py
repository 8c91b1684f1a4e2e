"""Frames of kinds that entrances report: dim telephones, dark rooms, windows, holders, codes behind others.

They show kinds and no rates. A code has 230 pixels in a frame of 1280 × 720, at a new place and with new
noise in every frame; how dim, dark or blurred it is follows from the seed, within what was reported.
"""

from collections.abc import Iterator
from enum import StrEnum

import cv2
import numpy as np

from drivers.camera.grey import Grey
from drivers.simulated.hard_frames import Image, on_screen
from drivers.simulated.scene import MODULE, QUIET_ZONE, Frame, Pose, Scene, draw_code

_WIDTH, _HEIGHT = 1280, 720
_CODE_SIDE = 230  # pixels
_POSTER_SIDE = 150
_LANYARD_SIDE = 117
_HELD_SIDE = 300
_DARK_PAGE = 6


class Hardship(StrEnum):
    """What makes it hard to read the code that is held up."""

    DIM_PHONE = "phone at its lowest brightness"
    DARK_ROOM = "dark room without gain"
    NOISY_DARK_ROOM = "dark room, noisy"
    BACKLIGHT = "window behind the badge"
    DARK_MODE = "dark-mode phone, no quiet zone"
    BLACK_HOLDER = "black holder, no quiet zone"
    ONE_SIDE_CUT = "quiet zone cut off on one side"
    UNFOCUSED = "out of focus, alone"
    BEFORE_POSTER = "out of focus, before a poster"
    BEFORE_LANYARD = "out of focus, before a lanyard"


_UNFOCUSED = {Hardship.UNFOCUSED, Hardship.BEFORE_POSTER, Hardship.BEFORE_LANYARD}


def entrance_frames(
    payload: str, kind: Hardship, *, seed: int, frames: int = 10, behind: str = "https://example.org/wifi"
) -> Iterator[Grey]:
    """Grey frames of a code with `payload` that is held up, moved in each; `behind` is the poster's code."""
    random = np.random.default_rng((seed, list(Hardship).index(kind)))
    scene = Scene(seed, size=(_WIDTH, _HEIGHT))
    card = _card(payload, kind, random)
    side = _HELD_SIDE if kind in _UNFOCUSED else _CODE_SIDE
    held_side = side * card.shape[0] / _code_pixels(payload)
    focus = random.uniform(3.3, 3.8) if kind in _UNFOCUSED else 0.7
    strength = random.uniform(0.75, 1.25)
    for _ in range(frames):
        pose = _pose(held_side, random, left_half=kind in _UNFOCUSED)
        frame = scene.shown(card, pose, pose, focus=focus)
        if kind in {Hardship.BEFORE_POSTER, Hardship.BEFORE_LANYARD}:
            frame = _with_code_behind(frame, behind, kind, random)
        image = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.float64)
        image = _photographed(image, kind, pose, held_side, strength, random)
        yield np.asarray(image.clip(0, 255), dtype=np.uint8)


def _card(payload: str, kind: Hardship, random: np.random.Generator) -> Frame:
    code = draw_code(payload)
    quiet = QUIET_ZONE * MODULE
    bare = code[quiet:-quiet, quiet:-quiet]
    match kind:
        case Hardship.DARK_MODE:
            above = bare.shape[0] // 3
            return _bordered(bare, (above, above, quiet // 2, quiet // 2))
        case Hardship.BLACK_HOLDER:
            return _bordered(bare, (quiet,) * 4)
        case Hardship.ONE_SIDE_CUT:
            cut = code.copy()
            turns = int(random.integers(4))
            cut = np.rot90(cut, turns).copy()
            cut[:quiet] = _DARK_PAGE
            return np.ascontiguousarray(np.rot90(cut, -turns))
        case _:
            return code


def _bordered(code: Frame, border: tuple[int, ...]) -> Frame:
    above, below, left, right = border
    dark = (_DARK_PAGE,) * 3
    return np.asarray(
        cv2.copyMakeBorder(code, above, below, left, right, cv2.BORDER_CONSTANT, value=dark), dtype=np.uint8
    )


def _code_pixels(payload: str) -> int:
    """The side of a flat code without its quiet zone."""
    return int(draw_code(payload).shape[0]) - 2 * QUIET_ZONE * MODULE


def _pose(side: float, random: np.random.Generator, *, left_half: bool) -> Pose:
    edge = 0.6 * side
    right = _WIDTH / 2 if left_half else _WIDTH - edge
    x, y = random.uniform((edge, edge), (right, _HEIGHT - edge))
    roll, yaw, pitch = random.uniform(-6, 6, 3)
    return Pose(x / _WIDTH, y / _HEIGHT, side / _HEIGHT, roll, yaw, pitch)


def _with_code_behind(frame: Frame, text: str, kind: Hardship, random: np.random.Generator) -> Frame:
    """A poster that hangs, or a badge that sways before somebody's chest, in the right part of the frame."""
    side = _POSTER_SIDE if kind is Hardship.BEFORE_POSTER else _LANYARD_SIDE
    code = draw_code(text)
    side = round(side * code.shape[0] / (code.shape[0] - 2 * QUIET_ZONE * MODULE))
    behind = cv2.GaussianBlur(cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA), (0, 0), 0.6)
    sway = random.integers(-12, 13, 2) if kind is Hardship.BEFORE_LANYARD else np.zeros(2, int)
    left, top = int(1010 + sway[0]), int(420 + sway[1])
    frame = frame.copy()
    frame[top : top + side, left : left + side] = behind
    return frame


def _photographed(
    image: Image, kind: Hardship, pose: Pose, side: float, strength: float, random: np.random.Generator
) -> Image:
    """The light of the place and the noise of the sensor."""
    here = _inside(pose, side)
    noise = random.normal(0, 1, image.shape)
    match kind:
        case Hardship.DIM_PHONE:
            # The screen's light on top of what the room's makes of its glass: twelve levels of contrast.
            image[here] = 30 + image[here] / 255 * 18 * strength
            return np.asarray(image + 1.7 * noise)
        case Hardship.DARK_ROOM:
            return np.asarray(2 + image / 255 * 24 * strength + 2 * noise)
        case Hardship.NOISY_DARK_ROOM:
            photons = random.poisson(np.maximum(image, 1) / 255 * 24 * strength)
            return np.asarray((photons + 2 * noise) / 24 * 80)
        case Hardship.BACKLIGHT:
            image[here] = 16 + image[here] / 255 * 54 * strength
            bright = np.ones(image.shape, bool)
            bright[here] = False
            image[bright] = image[bright] * 0.9 + 110
            return np.asarray(image + 3.2 * noise)
        case Hardship.DARK_MODE:
            screen = on_screen(image.copy(), pose, side, 1.1 + 0.5 * (strength - 0.75), random)
            image[here] = screen[here]
            return np.asarray(image + noise)
        case _:
            return np.asarray(image + noise)


def _inside(pose: Pose, side: float) -> tuple[slice, slice]:
    half = 0.5 * side
    x, y = pose.x * _WIDTH, pose.y * _HEIGHT
    return slice(max(0, int(y - half)), int(y + half)), slice(max(0, int(x - half)), int(x + half))
