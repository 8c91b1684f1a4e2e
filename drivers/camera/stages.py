"""The ways in which a picture is searched for QR codes, from the cheapest to those for hard cases.

zxing-cpp looks first, as the fastest and the best of four decoders that were measured. Where it finds a code
but can't make out its modules, that code is straightened, filtered and read again: a second look that costs
little, because most pictures have no such code. The stages after that search the picture in another form, or
with another decoder, zbar. Which ones, and in which order, was chosen by measurement on photographs and on
simulated frames: the most codes per millisecond.

Only full QR codes (Model 2 of ISO/IEC 18004) are taken: every misread that we measured was a false Micro QR.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import structlog
import zxingcpp

from drivers.camera.deblur import without_defocus, without_motion
from drivers.camera.grey import Grey, blurred, busy_regions, dark_details, scaled, sharpened, zoomed
from drivers.camera.zbar import Zbar
from foundation.errors import DeviceError
from foundation.trouble import Trouble

_log = structlog.get_logger()

_MODEL_2 = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)

_QUIET_ZONE = 4  # modules of white round a code
_STRAIGHT_SIDE = 640  # pixels of a straightened code, at most
_STRAIGHT_MODULE = 8  # pixels of one of its modules, at most
_UNKNOWN_MODULES = 33  # a side's modules when the version can't be made out: version 4, the middle of badges
_BROKEN_CODES = 3  # of one picture that are looked at again


@dataclass(frozen=True, slots=True)
class Codes:
    """What was found: the texts, and how many codes hold bytes that are no UTF-8."""

    texts: tuple[str, ...] = ()
    unreadable: int = 0


Stage = Callable[[Grey], Codes]


@cache
def _tell_once(fault: Trouble) -> None:
    """Once a process: a camera that is away is opened again and again, each time with stages of its own."""
    _log.warning("qr_second_decoder_missing", fault=fault)


class QrStages:
    """The looks at one picture. It belongs to the thread that made it, because its zbar scanner does."""

    def __init__(self) -> None:
        try:
            self._zbar: Zbar | None = Zbar()
        except DeviceError as error:
            _tell_once(error.trouble)
            self._zbar = None
        # For a photograph, until one reads: the most codes per millisecond first.
        self.further: tuple[Stage, ...] = (
            self._blurred,
            self._regions_sharpened,
            self._half_by_zbar,
            self._region_stretched,
            self._evenly_lit,
        )
        # For live pictures, one each: motion is tried twice, because the next picture moves otherwise.
        self.in_turn: tuple[Stage, ...] = (
            self._blurred,
            self._regions_sharpened,
            self._region_without_motion,
            self._region_without_defocus,
            self._half_by_zbar,
            self._region_stretched,
            self._region_without_motion,
            self._evenly_lit,
            self._region_by_zbar,
        )

    def first(self, grey: Grey) -> Codes:
        """The picture as it is, by zxing-cpp alone."""
        return _codes(_text(code.bytes) for code in _found(grey))

    def look(self, grey: Grey) -> Codes:
        """The picture as it is, with a second look at each code whose modules could not be made out."""
        found = _found(grey, broken_too=True)
        codes = _codes(_text(code.bytes) for code in found if code.valid)
        if codes.texts:
            return codes
        broken = [code for code in found if not code.valid][:_BROKEN_CODES]
        return joined(codes, _first_read(self._look_again(_straightened(grey, code)) for code in broken))

    def _look_again(self, straight: Grey) -> Codes:
        """A straightened code: softened, then sharpened, then by zbar."""
        ways: tuple[Callable[[], Codes], ...] = (
            lambda: self.first(blurred(straight, 1)),
            lambda: self.first(sharpened(straight, sigma=3, amount=2)),
            lambda: self._by_zbar(sharpened(scaled(straight, 0.5, 0.5), sigma=3, amount=2)),
        )
        return _first_read(way() for way in ways)

    def _blurred(self, grey: Grey) -> Codes:
        """Without the pixels of a phone's screen, and without noise."""
        return self.look(blurred(grey, 1.5))

    def _regions_sharpened(self, grey: Grey) -> Codes:
        """The two busiest regions at a size at which a badge's module has a handful of pixels."""
        regions = (zoomed(region, 400) for region in busy_regions(grey, 2))
        return _first_read(self.look(sharpened(region, sigma=2, amount=1)) for region in regions)

    def _half_by_zbar(self, grey: Grey) -> Codes:
        """zbar on the softened picture at half its size: damaged and glaring codes."""
        return self._by_zbar(blurred(scaled(grey, 0.5, 0.5), 1))

    def _region_stretched(self, grey: Grey) -> Codes:
        """The busiest region twice as wide: codes that are tilted away."""
        regions = (zoomed(region, 600) for region in busy_regions(grey, 1))
        return _first_read(self.look(scaled(region, 2, 1)) for region in regions)

    def _evenly_lit(self, grey: Grey) -> Codes:
        """Without shadows, reflections and slopes of light."""
        return self.look(dark_details(grey, 61))

    def _region_by_zbar(self, grey: Grey) -> Codes:
        """zbar on the busiest region, softened."""
        regions = (zoomed(region, 400) for region in busy_regions(grey, 1))
        return _first_read(self._by_zbar(blurred(region, 1)) for region in regions)

    def _region_without_motion(self, grey: Grey) -> Codes:
        """The busiest region as if the badge had stood still."""
        regions = (zoomed(region, 400) for region in busy_regions(grey, 1))
        return _first_read(self.look(still) for region in regions for still in without_motion(region))

    def _region_without_defocus(self, grey: Grey) -> Codes:
        """The busiest region as if the badge were where the lens is focused."""
        regions = (zoomed(region, 400) for region in busy_regions(grey, 1))
        return _first_read(self.look(sharp) for region in regions for sharp in without_defocus(region))

    def _by_zbar(self, grey: Grey) -> Codes:
        return _codes(map(_text, self._zbar.read(grey.data))) if self._zbar else Codes()


def _found(grey: Grey, *, broken_too: bool = False) -> list[zxingcpp.Barcode]:
    """What zxing-cpp finds; it lets other threads run meanwhile."""
    return zxingcpp.read_barcodes(grey, formats=_MODEL_2, return_errors=broken_too)


def _text(payload: bytes) -> str | None:
    """The text if its encoding is certain; `Barcode.text` would hold a guess."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _codes(payloads: Iterable[str | None]) -> Codes:
    """Sort what codes hold into texts, each once, and what is none."""
    texts: dict[str, None] = {}
    unreadable = 0
    for text in payloads:
        if text:
            texts[text] = None
        else:
            unreadable += 1
    return Codes(tuple(texts), unreadable)


def joined(one: Codes, other: Codes) -> Codes:
    """What two looks at the same picture found."""
    texts = one.texts + tuple(text for text in other.texts if text not in one.texts)
    return Codes(texts, max(one.unreadable, other.unreadable))


def _first_read(looks: Iterable[Codes]) -> Codes:
    """The first of these looks that read a text; they are taken one by one."""
    unreadable = 0
    for codes in looks:
        if codes.texts:
            return codes
        unreadable = max(unreadable, codes.unreadable)
    return Codes((), unreadable)


def _straightened(grey: Grey, code: zxingcpp.Barcode) -> Grey:
    """A code that was found but not read, cut out square with its quiet zone."""
    extra = code.extra
    version = str(extra.get("Version", "")) if isinstance(extra, dict) else ""
    modules = 17 + 4 * int(version) if version.isdigit() else _UNKNOWN_MODULES
    module = min(_STRAIGHT_MODULE, _STRAIGHT_SIDE / (modules + 2 * _QUIET_ZONE))
    near, far = _QUIET_ZONE * module, (_QUIET_ZONE + modules) * module
    where = code.position
    corners = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    transform = cv2.getPerspectiveTransform(
        np.array([(corner.x, corner.y) for corner in corners], dtype=np.float32),
        np.array([(near, near), (far, near), (far, far), (near, far)], dtype=np.float32),
    )
    side = int(near + far)
    straight = cv2.warpPerspective(
        grey, transform, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(straight, dtype=np.uint8)
