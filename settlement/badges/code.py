"""The QR code of a badge: as a picture that two decoders have read, or as a drawing."""

import io
from typing import TYPE_CHECKING

from drivers.camera.zbar import Zbar
from foundation.errors import DeviceError
from settlement.troubles import CentreTrouble
from sync.contract.badge import MAX_CHARACTERS

if TYPE_CHECKING:
    import segno

QUIET_MODULES = 4
"""The white edge that ISO/IEC 18004 asks for."""

_PIXELS_A_MODULE = 10


class CodePrinter:
    """Draws codes, and reads each picture again before anybody prints it; for one thread."""

    def __init__(self) -> None:
        """Raises DeviceError when the library zbar is missing."""
        self._zbar = Zbar()

    def png(self, token: str) -> bytes:
        """The code as a picture in black and white.

        Raises DeviceError when a decoder does not read in it what it should say.
        """
        drawn = io.BytesIO()
        _code(token).save(drawn, kind="png", scale=_PIXELS_A_MODULE, border=QUIET_MODULES)
        picture = drawn.getvalue()
        self._require_readable(picture, token)
        return picture

    def _require_readable(self, picture: bytes, token: str) -> None:
        import zxingcpp
        from PIL import Image

        qr_only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
        drawn = Image.open(io.BytesIO(picture)).convert("L")
        grey = memoryview(drawn.tobytes()).cast("B", (drawn.height, drawn.width))
        by_zxing = [code.bytes for code in zxingcpp.read_barcodes(grey, formats=qr_only)]
        if by_zxing != [token.encode()] or self._zbar.read(grey) != [token.encode()]:
            raise DeviceError(CentreTrouble.BADGE_CODE_UNREADABLE)


def drawing_of(token: str) -> bytes:
    """The code as a drawing (SVG), one millimetre a module."""
    drawn = io.BytesIO()
    _code(token).save(drawn, kind="svg", unit="mm", border=QUIET_MODULES, light="white")
    return drawn.getvalue()


def in_characters(token: str) -> str:
    """The code for a dark console, two modules a character."""
    drawn = io.StringIO()
    _code(token).terminal(drawn, border=QUIET_MODULES, compact=True)
    return drawn.getvalue()


def _code(token: str) -> "segno.QRCode":
    """Error correction Q: a quarter of the code may be covered by glare (see the design's measurements)."""
    import segno

    if len(token) > MAX_CHARACTERS:
        raise DeviceError(CentreTrouble.BADGE_CODE_TOO_LONG, length=len(token), most=MAX_CHARACTERS)
    return segno.make_qr(token, error="q", mode="alphanumeric", boost_error=False)
