"""The zbar library as a second opinion on QR codes: through pyzbar's ctypes functions, with one kept scanner.

pyzbar's own `decode` makes a scanner for every picture and can't ask for the bytes as they are; without that
zbar takes UTF-8 for Shift-JIS and changes names silently (16 of 25 in our measurement).
"""

import ctypes
from typing import Any

from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_ENABLE = 0
_BINARY = 4  # ZBAR_CFG_BINARY of zbar.h since 0.23.90: bytes as they are
_EVERY_SYMBOLOGY = 0
_QR_CODE = 64
_GREY = int.from_bytes(b"Y800", "little")  # 8 bits a pixel, no colour


class Zbar:
    """One scanner for QR codes; it keeps the last picture's state and so belongs to one thread."""

    def __init__(self) -> None:
        """Raises DeviceError when the shared library is missing."""
        try:
            from pyzbar import wrapper  # noqa: PLC0415 - importing it loads the shared library, which may be absent
        except ImportError as error:
            raise DeviceError(DeviceTrouble.ZBAR_MISSING) from error
        self._zbar: Any = wrapper
        self._scanner = wrapper.zbar_image_scanner_create()
        configure = wrapper.zbar_image_scanner_set_config
        configure(self._scanner, _EVERY_SYMBOLOGY, _ENABLE, 0)
        configure(self._scanner, _QR_CODE, _ENABLE, 1)
        self._gives_bytes = configure(self._scanner, _QR_CODE, _BINARY, 1) == 0

    def read(self, grey: memoryview) -> list[bytes]:
        """What the QR codes of a picture hold; see `find`."""
        return [payload for payload, _ in self.find(grey)]

    def find(self, grey: memoryview) -> list[tuple[bytes, list[tuple[int, int]]]]:
        """What the QR codes of a picture hold, and the points of their outline, four for a whole code.

        The picture is rows of grey bytes, such as `.data` of an array of numpy's.

        What an older zbar may have changed is left out.
        """
        height, width = grey.shape or (0, 0)
        pixels = grey.tobytes()
        zbar = self._zbar
        image = zbar.zbar_image_create()
        try:
            zbar.zbar_image_set_format(image, _GREY)
            zbar.zbar_image_set_size(image, width, height)
            zbar.zbar_image_set_data(image, pixels, len(pixels), None)
            zbar.zbar_scan_image(self._scanner, image)
            codes = []
            symbol = zbar.zbar_image_first_symbol(image)
            while symbol:
                length = zbar.zbar_symbol_get_data_length(symbol)
                payload = ctypes.string_at(zbar.zbar_symbol_get_data(symbol), length)
                outline = [
                    (zbar.zbar_symbol_get_loc_x(symbol, point), zbar.zbar_symbol_get_loc_y(symbol, point))
                    for point in range(zbar.zbar_symbol_get_loc_size(symbol))
                ]
                codes.append((payload, outline))
                symbol = zbar.zbar_symbol_next(symbol)
        finally:
            zbar.zbar_image_destroy(image)
        return [code for code in codes if self._gives_bytes or code[0].isascii()]

    def __del__(self) -> None:
        if hasattr(self, "_scanner"):
            self._zbar.zbar_image_scanner_destroy(self._scanner)
