"""The ways in which a picture is searched for QR codes, from the cheapest to those for hard cases.

zxing-cpp looks first, as the fastest and the best of four decoders that were measured. Where it finds a code
but can't make out its modules, that code is straightened, filtered and read again: a second look that costs
little, because most pictures have no such code. The stages after that search the picture in another form, or
with another decoder, zbar. Which ones, and in which order, was chosen by measurement on photographs and on
simulated frames: the most codes per millisecond.

Only full QR codes (Model 2 of ISO/IEC 18004) are taken: every misread that we measured was a false Micro QR.
"""

from collections.abc import Callable, Iterable
from functools import cache

import cv2
import numpy as np
import structlog
import zxingcpp

from drivers.camera.contents import TEXT_MODE, content_of, content_of_bytes
from drivers.camera.deblur import without_defocus, without_motion
from drivers.camera.finders import framed_codes
from drivers.camera.found import Codes, FoundCode, joined
from drivers.camera.grey import blurred, busy_regions, dark_details, sharpened, stretched
from drivers.camera.view import Quad, View, side_of
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
_BESIDE = 0.7  # times as large as a code that was read is what is looked at again beside it
_BUSY_REGIONS = 2
_DARKEST = 24  # levels from the darkest on: zxing-cpp wants a contrast of 24 of 255, dim screens have 10
_DARKEST_PER_CENT = 0.5  # of the pixels that may be darker still
_DARK = (0, 64)  # levels
_BRIGHT = (160, 255)  # those of what is nearly burnt out

Stage = Callable[[View], Codes]


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
        self._mapped: View | None = None
        self._regions: tuple[tuple[slice, slice], ...] = ()
        # For a photograph, until one reads: the most codes per millisecond first.
        self.further: tuple[Stage, ...] = (
            self._blurred,
            self._regions_sharpened,
            self._half_by_zbar,
            self._region_stretched,
            self._evenly_lit,
            self._without_quiet_zone,
            self._dark_levels,
            self._bright_levels,
        )
        # For live pictures, one each: motion is tried twice, because the next picture moves otherwise.
        self.in_turn: tuple[Stage, ...] = (
            self._blurred,
            self._regions_sharpened,
            self._darkest_levels,
            self._region_without_motion,
            self._without_quiet_zone,
            self._region_without_defocus,
            self._region_without_motion,
            self._half_by_zbar,
            self._region_stretched,
            self._evenly_lit,
            self._region_by_zbar,
        )

    def first(self, view: View) -> Codes:
        """The picture as it is, by zxing-cpp alone."""
        return _codes(view, _found(view))

    def look(self, view: View, *, beside: bool = False) -> Codes:
        """The picture as it is, with a second look at each code whose modules could not be made out.

        Where one is read at once the others get no second look, unless they are sought `beside` it.
        """
        found = _found(view, broken_too=True)
        codes = _codes(view, (code for code in found if code.valid))
        if codes.found and not beside:
            return codes
        whole = [_corners(code) for code in found if code.valid]
        smallest = _BESIDE * min(map(side_of, whole), default=0.0)
        broken = [
            code
            for code in found
            if not code.valid and side_of(_corners(code)) > smallest and not _lies_in(_corners(code), whole)
        ][:_BROKEN_CODES]
        again = _first_read(self._look_again(_straightened(view, code)) for code in broken)
        unread = tuple(view.in_picture(_corners(code)) for code in broken)
        return joined(joined(codes, again), Codes(unread=unread))

    def _look_again(self, straight: View) -> Codes:
        """A straightened code: softened, then sharpened, then by zbar."""
        grey = straight.grey
        ways: tuple[Callable[[], Codes], ...] = (
            lambda: self.first(straight.filtered(blurred(grey, 1))),
            lambda: self.first(straight.filtered(sharpened(grey, sigma=3, amount=2))),
            lambda: self._by_zbar(_sharper(straight.scaled(0.5, 0.5), sigma=3, amount=2)),
        )
        return _first_read(way() for way in ways)

    def _blurred(self, view: View) -> Codes:
        """Without the pixels of a phone's screen, and without noise."""
        return self.look(_softer(view, 1.5))

    def _dark_levels(self, view: View) -> Codes:
        """Dark levels as if they were all: dim screens, dark rooms, badges against the light."""
        return self.look(view.filtered(stretched(blurred(view.grey, 1), *_DARK)))

    def _darkest_levels(self, view: View) -> Codes:
        """Dark levels, then the few darkest that are in view: screens and rooms that are dimmer still."""
        dark = self._dark_levels(view)
        if dark.found:
            return dark
        soft = blurred(view.grey, 1)
        darkest = int(np.percentile(soft[::8, ::8], _DARKEST_PER_CENT))
        return self.look(view.filtered(stretched(soft, darkest, darkest + _DARKEST)))

    def _bright_levels(self, view: View) -> Codes:
        """The brightest levels as if they were all: what a lamp or the exposure nearly burnt out."""
        return self.look(view.filtered(stretched(blurred(view.grey, 1), *_BRIGHT)))

    def _regions_sharpened(self, view: View) -> Codes:
        """The two busiest regions at a size at which a badge's module has a handful of pixels."""
        regions = (region.zoomed(400) for region in self._busy(view, 2))
        return _first_read(self.look(_sharper(region, sigma=2, amount=1)) for region in regions)

    def _without_quiet_zone(self, view: View) -> Codes:
        """Codes on a dark page or in a dark holder, by their finder patterns and put on white."""
        regions = (region.zoomed(500) for region in self._busy(view, 1))
        codes = (code for region in regions for code in framed_codes(region))
        # A screen's own pixels are several of the straightened code's.
        return _first_read(self.look(_softer(code, sigma)) for code in codes for sigma in (0.3, 1, 1.5))

    def _half_by_zbar(self, view: View) -> Codes:
        """zbar on the softened picture at half its size: damaged and glaring codes."""
        return self._by_zbar(_softer(view.scaled(0.5, 0.5), 1))

    def _region_stretched(self, view: View) -> Codes:
        """The busiest region twice as wide: codes that are tilted away."""
        regions = (region.zoomed(600) for region in self._busy(view, 1))
        return _first_read(self.look(region.scaled(2, 1)) for region in regions)

    def _evenly_lit(self, view: View) -> Codes:
        """Without shadows, reflections and slopes of light."""
        return self.look(view.filtered(dark_details(view.grey, 61)))

    def _region_by_zbar(self, view: View) -> Codes:
        """zbar on the busiest region, softened."""
        regions = (region.zoomed(400) for region in self._busy(view, 1))
        return _first_read(self._by_zbar(_softer(region, 1)) for region in regions)

    def _region_without_motion(self, view: View) -> Codes:
        """The busiest region as if the badge had stood still."""
        regions = (region.zoomed(400) for region in self._busy(view, 1))
        return _first_read(self.look(still) for region in regions for still in without_motion(region))

    def _region_without_defocus(self, view: View) -> Codes:
        """The busiest region as if the badge were where the lens is focused."""
        regions = (region.zoomed(400) for region in self._busy(view, 1))
        return _first_read(
            self.look(region.filtered(sharp)) for region in regions for sharp in without_defocus(region.grey)
        )

    def _busy(self, view: View, count: int) -> Iterable[View]:
        """The busiest regions; found once for the stages that one photograph gets."""
        if self._mapped is not view:
            self._mapped = view
            self._regions = tuple(busy_regions(view.grey, _BUSY_REGIONS))
        return (view.cut(rows, columns) for rows, columns in self._regions[:count])

    def _by_zbar(self, view: View) -> Codes:
        if self._zbar is None:
            return Codes()
        found = []
        for payload, outline in self._zbar.find(view.grey.data):
            content = content_of_bytes(payload)
            # zbar does not say whether bytes are declared to be another text, as 志愿 of GB18030, which are
            # letters of UTF-8 too; zxing-cpp does.
            if content is None or not payload.isascii() or len(outline) != 4:
                continue
            found.append(FoundCode(content, view.in_picture(outline)))
        return Codes(tuple(found))


def _found(view: View, *, broken_too: bool = False) -> list[zxingcpp.Barcode]:
    """What zxing-cpp finds; it lets other threads run meanwhile."""
    return zxingcpp.read_barcodes(view.grey, formats=_MODEL_2, text_mode=TEXT_MODE, return_errors=broken_too)


def _codes(view: View, found: Iterable[zxingcpp.Barcode]) -> Codes:
    """What codes hold and where they are, each content once."""
    codes: dict[object, FoundCode] = {}
    for code in found:
        content = content_of(code)
        if content is not None and content not in codes:
            codes[content] = FoundCode(content, view.in_picture(_corners(code)))
    return Codes(tuple(codes.values()))


def _corners(code: zxingcpp.Barcode) -> Quad:
    where = code.position
    first, second, third, fourth = (
        (float(corner.x), float(corner.y))
        for corner in (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    )
    return first, second, third, fourth


def _lies_in(broken: Quad, whole: Iterable[Quad]) -> bool:
    """Whether the middle of what could not be read lies in a code that was."""
    middle = np.array(broken).mean(axis=0).tolist()
    return any(
        cv2.pointPolygonTest(np.array(quad, dtype=np.float32), middle, measureDist=False) >= 0
        for quad in whole
    )


def _first_read(looks: Iterable[Codes]) -> Codes:
    """The first of these looks that read a code; they are taken one by one."""
    return next((codes for codes in looks if codes.found), Codes())


def _softer(view: View, sigma: float) -> View:
    return view.filtered(blurred(view.grey, sigma))


def _sharper(view: View, *, sigma: float, amount: float) -> View:
    return view.filtered(sharpened(view.grey, sigma=sigma, amount=amount))


def _straightened(view: View, code: zxingcpp.Barcode) -> View:
    """A code that was found but not read, cut out square with its quiet zone."""
    extra = code.extra
    version = str(extra.get("Version", "")) if isinstance(extra, dict) else ""
    modules = 17 + 4 * int(version) if version.isdigit() else _UNKNOWN_MODULES
    module = min(_STRAIGHT_MODULE, _STRAIGHT_SIDE / (modules + 2 * _QUIET_ZONE))
    near, far = _QUIET_ZONE * module, (_QUIET_ZONE + modules) * module
    seen = np.array(_corners(code), dtype=np.float32)
    meant = np.array([(near, near), (far, near), (far, far), (near, far)], dtype=np.float32)
    transform = np.asarray(cv2.getPerspectiveTransform(seen, meant), dtype=np.float64)
    side = int(near + far)
    return view.warped(transform, (side, side))
