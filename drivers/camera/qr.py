"""QR codes in grey pictures: which texts they hold.

A photograph gets every stage of `drivers.camera.stages` until one reads. A live picture gets the first look
and one further stage, because the next picture, a tenth of a second later, gets the next.
"""

import threading

import cv2
import numpy as np

from drivers.camera.grey import Grey
from drivers.camera.stages import Codes, QrStages, joined

_SMALLEST_SIDE = 21  # pixels: the modules of the smallest code
_SAMPLE = 8  # every eighth pixel of every eighth row shows whether something moves
_MOVED_LEVELS = 12  # grey levels beyond a sensor's noise
_MOVED_PART = 720  # one sample in so many: a badge of 30 pixels in a picture of 1280 × 720


def read_photo(grey: Grey) -> tuple[str, ...]:
    """The texts of the codes in one picture; empty when it holds none that can be read.

    Bytes that are no UTF-8 give no text, because their encoding would be a guess.
    """
    if min(grey.shape) < _SMALLEST_SIDE:
        return ()
    stages = _stages_of_this_thread()
    for look in (stages.look, *stages.further):
        codes = look(grey)
        if codes.texts or codes.unreadable:
            return codes.texts
    return ()


class LiveReader:
    """Reads the pictures of one camera, in their order and on one thread.

    While something moves, and for as many pictures after that as there are stages, each picture that the
    first look can't read gets one further stage in turn. In a scene at rest only the first look is taken. A
    code that was there at rest, such as a poster's, doesn't keep a badge from the further stages.
    """

    def __init__(self) -> None:
        self._stages = QrStages()
        self._motion = Motion()
        self._awake = 0
        self._turn = 0
        self._at_rest: frozenset[str] = frozenset()
        self._unreadable = 0

    @property
    def unreadable(self) -> int:
        """How many codes of the last picture hold bytes that are no UTF-8."""
        return self._unreadable

    def read(self, grey: Grey) -> tuple[str, ...]:
        """The texts of the codes in the next picture."""
        if min(grey.shape) < _SMALLEST_SIDE:
            return ()
        if self._motion.moved(grey):
            if not self._awake:
                self._turn = 0
            self._awake = len(self._stages.in_turn)
        elif self._awake:
            self._awake -= 1
        codes = self._read_awake(grey) if self._awake else self._read_at_rest(grey)
        self._unreadable = codes.unreadable
        return codes.texts

    def _read_at_rest(self, grey: Grey) -> Codes:
        codes = self._stages.first(grey)
        self._at_rest = frozenset(codes.texts)
        return codes

    def _read_awake(self, grey: Grey) -> Codes:
        codes = self._stages.look(grey)
        if not self._at_rest.issuperset(codes.texts):
            return codes
        stage = self._stages.in_turn[self._turn % len(self._stages.in_turn)]
        self._turn += 1
        return joined(codes, stage(grey))


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
