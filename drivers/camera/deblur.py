"""Undoing blur: a badge that moves while the shutter is open, a badge nearer than the lens is focused.

Both blurs are convolutions of known form, a line and a bell, and a Wiener filter undoes them as far as noise
allows (N. Wiener, Extrapolation, Interpolation and Smoothing of Stationary Time Series, 1949). The direction
of the motion is seen in the picture; its length and the width of the bell are tried out, as a code itself
tells when it can be read.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from drivers.camera.grey import Grey
from drivers.camera.view import View

Floats = npt.NDArray[np.float32]

_MOTIONS = (7, 10, 14, 19)  # pixels
_DEFOCUSES = (2.0, 3.0)  # standard deviations in pixels
_MOTION_NOISE = 0.02  # power of the noise per power of the picture: less restores more and lets more noise in
_DEFOCUS_NOISE = 0.005
_BEYOND_EDGE = 64  # mirrored pixels, so that one edge does not echo at the other


def without_motion(region: View) -> Iterator[View]:
    """The region, turned until its motion runs along the rows, with motions of several lengths undone."""
    turned = region.rotated(_direction_of_motion(region.grey))
    rows = _spectrum_of_rows(turned.grey)
    frequencies = _frequencies(rows)
    for length in _MOTIONS:
        response = np.sinc(length * frequencies) / np.sinc(frequencies)
        yield turned.filtered(_restored(rows, response, _MOTION_NOISE, width=turned.grey.shape[1]))


def without_defocus(region: Grey) -> Iterator[Grey]:
    """The region with defocus of several strengths undone: along the rows, then along the columns."""
    rows = _spectrum_of_rows(region)
    for sigma in _DEFOCUSES:
        response = np.exp(-2 * (np.pi * sigma * _frequencies(rows)) ** 2)
        sharp_rows = _restored(rows, response, _DEFOCUS_NOISE, width=region.shape[1])
        columns = _spectrum_of_rows(np.ascontiguousarray(sharp_rows.T))
        response = np.exp(-2 * (np.pi * sigma * _frequencies(columns)) ** 2)
        sharp = _restored(columns, response, _DEFOCUS_NOISE, width=region.shape[0])
        yield np.ascontiguousarray(sharp.T)


def _direction_of_motion(region: Grey) -> float:
    """The angle, in radians from the rows downwards, along which the region has the weakest edges.

    A code has edges of the same strength along both its sides, and so in all directions; motion weakens those
    across its own.
    """
    across = cv2.Sobel(region, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(region, cv2.CV_32F, 0, 1)
    both = float(np.mean(across * down))
    strongest = 0.5 * np.arctan2(2 * both, float(np.mean(across**2)) - float(np.mean(down**2)))
    return float(strongest + np.pi / 2)


def _spectrum_of_rows(picture: Grey) -> Floats:
    """The spectrum of each row, packed as OpenCV does: 0, then real and imaginary parts, then the highest."""
    width = 2 * cv2.getOptimalDFTSize((picture.shape[1] + _BEYOND_EDGE + 1) // 2)
    beyond = width - picture.shape[1]
    wider = cv2.copyMakeBorder(picture, 0, 0, 0, beyond, cv2.BORDER_REFLECT)
    return np.asarray(cv2.dft(wider.astype(np.float32), flags=cv2.DFT_ROWS), dtype=np.float32)


def _frequencies(spectrum: Floats) -> Floats:
    """The frequencies of a packed spectrum in cycles per pixel."""
    width = spectrum.shape[1]
    return np.asarray(np.arange(width // 2 + 1) / width, dtype=np.float32)


def _restored(spectrum: Floats, response: Floats, noise: float, *, width: int) -> Grey:
    """The rows before a blur whose symmetric kernel has the real `response`."""
    gain = response / (response**2 + noise) * (1 + noise)
    packed = np.concatenate((gain[:1], np.repeat(gain[1:-1], 2), gain[-1:])).astype(np.float32)
    rows = cv2.dft(spectrum * packed, flags=cv2.DFT_ROWS | cv2.DFT_INVERSE | cv2.DFT_SCALE)
    return np.asarray(rows[:, :width].clip(0, 255), dtype=np.uint8)
