"""Grey pictures, and what is done to them before codes are sought: scaling, filtering, finding busy parts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

# Both libraries write to the terminal on their own, over screens and tables; our faults say the same.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
cv2.setNumThreads(1)  # a terminal has other work for its cores, and pictures of this size gain nothing

Grey: TypeAlias = npt.NDArray[np.uint8]
"""A picture as OpenCV holds it: height × width, 0 black to 255 white."""

_MAP_SIDE = 320  # pixels of the small picture on which busy regions are found
_MAP_BLUR = 17  # pixels of it over which the slopes are averaged
_MAP_FLOOR = 6  # grey levels of mean slope below which nothing is printed there


def grey_file(path: Path) -> Grey | None:
    """The picture in a file; None when there is none or it is no picture."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    return None if image is None else _grey(image)


def shrunk(grey: Grey, longest_side: int = 1280) -> Grey:
    """The picture with its longest side at most so long: more pixels cost time and read no more codes."""
    scale = longest_side / max(grey.shape)
    return grey if scale >= 1 else scaled(grey, scale, scale)


def scaled(grey: Grey, across: float, down: float) -> Grey:
    """The picture made so many times as wide and as high."""
    method = cv2.INTER_CUBIC if max(across, down) > 1 else cv2.INTER_AREA
    return _grey(cv2.resize(grey, None, fx=across, fy=down, interpolation=method))


def blurred(grey: Grey, sigma: float) -> Grey:
    """The picture without details smaller than `sigma` pixels: screen pixels and noise go, modules stay."""
    return _grey(cv2.GaussianBlur(grey, (0, 0), sigma))


def sharpened(grey: Grey, *, sigma: float, amount: float) -> Grey:
    """The picture with its details of about `sigma` pixels raised by `amount` (an unsharp mask)."""
    return _grey(cv2.addWeighted(grey, 1 + amount, blurred(grey, sigma), -amount, 0))


def stretched(grey: Grey, darkest: int, brightest: int) -> Grey:
    """The levels from `darkest` to `brightest` spread over all; others become black or white."""
    levels = (np.arange(256, dtype=np.float32) - darkest) * 255 / (brightest - darkest)
    return _grey(cv2.LUT(grey, levels.clip(0, 255).astype(np.uint8)))


def dark_details(grey: Grey, size: int) -> Grey:
    """What is darker than the `size` pixels around it, bright on black: shadows and slopes of light go."""
    return _grey(cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((size, size), np.uint8)))


def busy_regions(grey: Grey, count: int) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the parts dense with edges in both directions, as codes are; the densest first.

    Each comes with a margin; a region takes up to the whole picture.
    """
    density, scale = _density(grey)
    for _ in range(count):
        _, peak, _, (column, row) = cv2.minMaxLoc(density)
        if peak < _MAP_FLOOR:
            return
        dense = (density >= peak / 2).astype(np.uint8)
        _, _, _, (left, top, width, height) = cv2.floodFill(dense, None, (column, row), 2, flags=8)
        margin = max(width, height) * 35 // 100 + 4
        rows = slice(max(0, top - margin), top + height + margin)
        columns = slice(max(0, left - margin), left + width + margin)
        yield _whole(rows, scale), _whole(columns, scale)
        density[rows, columns] = 0


def busiest(grey: Grey) -> int:
    """How dense with edges in both directions the densest part is, in grey levels of mean slope."""
    return int(_density(grey)[0].max())


def _density(grey: Grey) -> tuple[Grey, float]:
    """The lesser of the mean slopes in both directions, on a small picture, and how small that is."""
    scale = min(1.0, _MAP_SIDE / max(grey.shape))
    small = scaled(grey, scale, scale)
    across, down = (
        cv2.blur(cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, *axes)), (_MAP_BLUR, _MAP_BLUR))
        for axes in ((1, 0), (0, 1))
    )
    return _grey(cv2.min(across, down)), scale


def _whole(part: slice, scale: float) -> slice:
    return slice(int(part.start / scale), int(part.stop / scale))


def _grey(image: cv2.typing.MatLike) -> Grey:
    return np.asarray(image, dtype=np.uint8)
