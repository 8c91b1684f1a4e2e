"""QR codes in grey pictures: which texts they hold."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

Grey: TypeAlias = npt.NDArray[np.uint8]
"""A picture as OpenCV holds it: height × width, 0 black to 255 white."""

_MODEL_2 = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


def shrunk(grey: Grey, longest_side: int = 1280) -> Grey:
    """The picture with its longest side at most so long: more pixels cost time and read no more codes."""
    scale = longest_side / max(grey.shape)
    if scale >= 1:
        return grey
    return np.asarray(
        cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


class LiveReader:
    """Reads the pictures of one camera, one after the other."""

    def __init__(self) -> None:
        self.unreadable = 0

    def read(self, grey: Grey) -> tuple[str, ...]:
        """The texts of the codes in the picture."""
        found = zxingcpp.read_barcodes(grey, formats=_MODEL_2)
        return tuple(code.text for code in found)
