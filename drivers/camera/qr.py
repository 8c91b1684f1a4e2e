"""QR codes in grey pictures: which texts they hold.

A photograph gets every stage of `drivers.camera.stages` until one reads. A live picture gets the first look
and one further stage, because the next picture, a tenth of a second later, gets the next.
"""

import threading

import cv2
import numpy as np

from drivers.camera.contents import Content
from drivers.camera.found import Codes, FoundCode, joined
from drivers.camera.grey import Grey, busiest
from drivers.camera.stages import QrStages
from drivers.camera.view import NEAR, View, painted_over, side_of

_KNOWN_PICTURES = 40  # for so many a code that was read is known: some seconds
_AWAKE_PICTURES = 9  # after the last motion: a second
_AS_BUSY = 0.6  # times as dense as a code: what is left of a picture may hold another, a blurred one
_LOOK_BESIDE = 3  # every so many pictures it is looked at in any case
_SMALLEST_SIDE = 21  # pixels: the modules of the smallest code
_SAMPLE = 8  # every eighth pixel of every eighth row shows whether something moves
_MOVED_LEVELS = 12  # grey levels beyond a sensor's noise
_MOVED_PART = 720  # one sample in so many: a badge of 30 pixels in a picture of 1280 × 720


def read_photo(grey: Grey) -> tuple[str, ...]:
    """The texts of the codes in one picture; empty when it holds none that can be read.

    Undeclared bytes that are no UTF-8 give no text, because their encoding would be a guess.
    """
    return find_in_photo(grey).texts


def find_in_photo(grey: Grey) -> Codes:
    """The codes in one picture: what the first of the looks finds that finds any."""
    if min(grey.shape) < _SMALLEST_SIDE:
        return Codes()
    stages, view = _stages_of_this_thread(), View(grey)
    looks = (look(view) for look in (stages.look, *stages.further))
    return next((codes for codes in looks if codes.found), Codes())


class LiveReader:
    """Reads the pictures of one camera, in their order and on one thread.

    While something moves, and for a second after that, each picture gets one further stage in turn, or the
    one again that read in the picture before. In a scene at rest only the first look is taken. Codes that
    were in the pictures before are painted over for the further looks: a poster or somebody's lanyard keeps
    no badge from being read that is held up and harder to read. Nothing further is needed where a code turns
    up that is held near enough to be meant, and little where the rest of the picture is too plain for a code.
    """

    def __init__(self) -> None:
        self._stages = QrStages()
        self._motion = Motion()
        self._awake = 0
        self._turn = 0
        self._pictures = 0
        self._seen_in: dict[Content, int] = {}

    def read(self, grey: Grey) -> tuple[str, ...]:
        """The texts of the codes in the next picture, the largest first."""
        return self.look(grey).texts

    def look(self, grey: Grey) -> Codes:
        """The codes in the next picture, the largest first."""
        if min(grey.shape) < _SMALLEST_SIDE:
            return Codes()
        if self._motion.moved(grey):
            if not self._awake:
                self._turn = 0
            self._awake = min(_AWAKE_PICTURES, len(self._stages.in_turn))
        elif self._awake:
            self._awake -= 1
        self._pictures += 1
        codes = self._look_awake(grey) if self._awake else self._stages.first(View(grey))
        oldest = self._pictures - _KNOWN_PICTURES
        self._seen_in = {content: last for content, last in self._seen_in.items() if last >= oldest}
        self._seen_in |= {code.content: self._pictures for code in codes.found}
        return Codes(tuple(sorted(codes.found, key=lambda code: -side_of(code.corners))), codes.unread)

    def _look_awake(self, grey: Grey) -> Codes:
        codes = self._stages.look(View(grey), beside=True)
        if any(self._is_held_up(code, grey) for code in codes.found):
            return codes
        rest = grey
        if codes.found:
            rest = painted_over(grey, (code.corners for code in codes.found))
            if self._pictures % _LOOK_BESIDE and busiest(rest) < _AS_BUSY * busiest(grey):
                return codes
            more = self._stages.look(View(rest))
            codes = joined(codes, more)
            if more.found:
                return codes
        stage = self._stages.in_turn[self._turn % len(self._stages.in_turn)]
        more = stage(View(rest))
        if not more.found:
            self._turn += 1
        return joined(codes, more)

    def _is_held_up(self, code: FoundCode, grey: Grey) -> bool:
        return code.content not in self._seen_in and side_of(code.corners) >= NEAR * min(grey.shape)


class Motion:
    """Tells from a few thousand pixels whether a picture differs from the one before."""

    def __init__(self) -> None:
        self._before: Grey | None = None

    def moved(self, grey: Grey) -> bool:
        """Whether something moved since the last picture; a first picture counts as motion."""
        # Averaged over neighbours, so that a sensor's noise in the dark is not taken for motion.
        sample = np.asarray(cv2.blur(grey[::_SAMPLE, ::_SAMPLE], (3, 3)), dtype=np.uint8)
        before, self._before = self._before, sample
        if before is None or before.shape != sample.shape:
            return True
        changed = int(np.count_nonzero(cv2.absdiff(before, sample) > _MOVED_LEVELS))
        return changed * _MOVED_PART >= sample.size


_kept = threading.local()


def _stages_of_this_thread() -> QrStages:
    if not hasattr(_kept, "stages"):
        _kept.stages = QrStages()
    stages: QrStages = _kept.stages
    return stages
