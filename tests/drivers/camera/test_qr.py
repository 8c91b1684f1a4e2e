import threading

import cv2
import numpy as np
import pytest
import segno
import zxingcpp
from structlog.testing import capture_logs

from drivers.camera import stages as qr_stages
from drivers.camera.contents import Content, Kind
from drivers.camera.found import Codes, FoundCode
from drivers.camera.qr import LiveReader, Motion, read_photo
from drivers.camera.view import View
from drivers.camera.zbar import Zbar
from drivers.simulated.hard_frames import Condition, hard_frames
from foundation.errors import DeviceError

BADGE = "MB1:7K9Z%B2+AA41.C3/D5-E6$F8 GH*IJ"


def drawn(code, module=6):
    """A code of segno as a camera would see it at its best."""
    modules = np.array([list(row) for row in code.matrix], dtype=np.uint8)
    return np.where(np.kron(np.pad(modules, 4), np.ones((module, module))) > 0, 20, 235).astype(np.uint8)


def picture(payload, **options):
    return drawn(segno.make_qr(payload, **options))


def on_a_desk(*codes):
    """Codes side by side in a frame of 1280 × 720."""
    frame = np.full((720, 1280), 150, np.uint8)
    left = 40
    for code in codes:
        frame[60 : 60 + code.shape[0], left : left + code.shape[1]] = code
        left += code.shape[1] + 40
    return frame


def ean_13(digits):
    """A drink's barcode, four pixels a bar."""
    image = np.array(zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.EAN13).to_image())
    return cv2.copyMakeBorder(
        np.kron(image, np.ones((4, 4), np.uint8)), 20, 20, 60, 60, cv2.BORDER_CONSTANT, value=255
    )


def test_it_reads_a_badge():
    assert read_photo(picture(BADGE)) == (BADGE,)


def test_it_reads_all_codes_of_a_picture_once():
    frame = on_a_desk(picture("FIRST"), picture("SECOND"), picture("FIRST"))
    assert sorted(read_photo(frame)) == ["FIRST", "SECOND"]


@pytest.mark.parametrize("turned", [cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180])
def test_it_reads_a_badge_held_upside_down_or_sideways(turned):
    assert read_photo(cv2.rotate(picture(BADGE), turned)) == (BADGE,)


def test_it_reads_light_codes_on_dark_ground():
    assert read_photo(255 - picture(BADGE)) == (BADGE,)


@pytest.mark.parametrize("declared", [False, True])
def test_it_reads_utf_8_whether_it_is_declared_or_not(declared):
    assert read_photo(picture("Zoë-签到", encoding="utf-8", eci=declared)) == ("Zoë-签到",)


@pytest.mark.parametrize("payload", ["签到".encode("gbk"), "Zoë".encode("latin-1"), b"\xff\xfe", b"\x80ABC"])
def test_it_does_not_guess_an_encoding(payload):
    reader = LiveReader()
    assert read_photo(picture(payload)) == ()
    (code,) = reader.look(picture(payload)).found
    assert (code.content.kind, code.content.text) == (Kind.BYTES, "bytes:" + payload.hex().upper())


def test_it_reports_control_characters_as_they_are():
    assert read_photo(picture(b"A\x0e\x01B\x00C\x1b[2J")) == ("A\x0e\x01B\x00C\x1b[2J",)


def test_a_code_with_nothing_in_it_gives_no_text():
    assert read_photo(picture("")) == ()


def test_it_leaves_micro_qr_codes_alone():
    assert read_photo(drawn(segno.make_micro("4134"), module=10)) == ()


def test_it_leaves_the_barcode_of_a_drink_alone():
    drink = ean_13("5449000000996")
    assert zxingcpp.read_barcode(drink).text == "5449000000996"
    assert read_photo(on_a_desk(drink)) == ()
    assert read_photo(on_a_desk(drink, picture(BADGE))) == (BADGE,)


@pytest.mark.parametrize("condition", [Condition.COARSE_SCREEN, Condition.TINY])
def test_a_photograph_gets_further_looks(condition):
    """zxing-cpp alone fails on some of these frames, the whole of the stages on none."""
    stages = qr_stages.QrStages()
    frames = list(hard_frames(BADGE, condition, seed=4, frames=6))
    assert [read_photo(frame) for frame in frames] == [(BADGE,)] * 6
    assert {stages.first(View(frame)).texts for frame in frames} == {(), (BADGE,)}


def test_it_looks_a_second_time_at_a_code_that_it_found_broken():
    stages = qr_stages.QrStages()
    frames = list(hard_frames(BADGE, Condition.TINY, seed=4, frames=8))
    alone = sum(stages.first(View(frame)).texts == (BADGE,) for frame in frames)
    assert sum(stages.look(View(frame)).texts == (BADGE,) for frame in frames) > alone


def test_zbar_gives_the_bytes_as_they_are():
    grey = picture("Zoë-签到", encoding="utf-8", eci=False)
    assert Zbar().read(grey) == ["Zoë-签到".encode()]
    ((payload, outline),) = Zbar().find(grey)
    assert payload == "Zoë-签到".encode()
    assert len(outline) == 4


def test_zbar_takes_no_bytes_that_may_be_declared_to_be_another_text():
    """In GB18030 these are the bytes of letters of UTF-8, and zbar does not tell which."""
    text = "志愿"
    assert text.encode("gb18030").decode() != text
    view = View(picture(text, encoding="gb18030", eci=True))
    stages = qr_stages.QrStages()
    assert stages.first(view).texts == (text,)
    assert stages._by_zbar(view).texts == ()
    assert stages._by_zbar(View(picture(BADGE))).texts == (BADGE,)


def test_it_reads_without_zbar(monkeypatch):
    def missing():
        raise DeviceError("zbar_missing")

    monkeypatch.setattr(qr_stages, "Zbar", missing)
    assert qr_stages.QrStages().look(View(picture(BADGE))).texts == (BADGE,)
    read = [stage(View(picture(BADGE))).texts for stage in qr_stages.QrStages().in_turn]
    assert {(), (BADGE,)} == set(read)


def test_a_missing_second_decoder_is_logged_once_however_often_a_camera_is_opened(monkeypatch):
    def missing():
        raise DeviceError("zbar_missing")

    monkeypatch.setattr(qr_stages, "Zbar", missing)
    qr_stages._tell_once.cache_clear()
    with capture_logs() as logs:
        for _ in range(3):
            qr_stages.QrStages()
    assert [line["event"] for line in logs] == ["qr_second_decoder_missing"]


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (5, 900), (20, 20), (21, 21), (22, 3000), (64, 64)])
def test_no_picture_is_too_small_or_too_long(size):
    noise = np.random.default_rng(1).integers(0, 256, size, dtype=np.uint8)
    reader = LiveReader()
    assert read_photo(noise) == ()
    assert {reader.read(noise) for _ in range(12)} == {()}


def test_it_takes_a_picture_that_is_cut_out_of_another():
    frame = on_a_desk(picture(BADGE))
    assert read_photo(frame[30:500, 10:700]) == (BADGE,)
    assert LiveReader().read(frame[30:500, 10:700]) == (BADGE,)


def test_threads_read_at_the_same_time():
    frame = next(hard_frames(BADGE, Condition.COARSE_SCREEN, seed=4))
    read = []
    threads = [
        threading.Thread(target=lambda: read.extend(read_photo(frame) for _ in range(5))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [(BADGE,)] * 15


class Watched:
    """A live reader whose further stages are counted and find `finds`."""

    def __init__(self, *finds):
        self.taken = []
        self.reader = LiveReader()
        self.reader._stages.in_turn = tuple(self.stage(number, finds) for number in range(3))

    def stage(self, number, finds):
        def look(_grey):
            self.taken.append(number)
            corners = ((600.0, 60.0), (800.0, 60.0), (800.0, 260.0), (600.0, 260.0))
            return Codes(tuple(FoundCode(Content(text), corners) for text in finds))

        return look


def wall(brightness=120):
    return np.full((720, 1280), brightness, np.uint8)


def with_hand_at(left):
    frame = wall()
    frame[200:400, left : left + 100] = 220
    return frame


def test_a_live_picture_gets_one_further_stage_and_the_next_picture_the_next():
    watched = Watched()
    for left in range(0, 700, 100):
        watched.reader.read(with_hand_at(left))
    assert watched.taken == [0, 1, 2, 0, 1, 2, 0]


def test_a_picture_in_which_a_badge_is_held_up_gets_no_further_stage():
    watched = Watched()
    assert watched.reader.read(on_a_desk(picture(BADGE))) == (BADGE,)
    assert watched.taken == []


def test_a_scene_at_rest_gets_the_first_look_only():
    watched = Watched()
    for _ in range(10):
        watched.reader.read(wall())
    assert watched.taken == [0, 1, 2]  # the first picture counts as motion
    watched.reader.read(with_hand_at(300))
    assert watched.taken == [0, 1, 2, 0]


def test_new_motion_begins_with_the_first_stage():
    watched = Watched()
    for left in (100, 200, 200, 200, 200):
        watched.reader.read(with_hand_at(left))
    assert watched.taken == [0, 1, 2, 0]
    watched.reader.read(with_hand_at(300))
    assert watched.taken == [0, 1, 2, 0, 0]


def test_a_badge_held_still_is_read_on():
    reader = LiveReader()
    frame = on_a_desk(picture(BADGE))
    assert {reader.read(frame) for _ in range(20)} == {(BADGE,)}


@pytest.mark.parametrize("pictures_before", [1, 8])
def test_a_poster_in_view_does_not_keep_a_badge_from_being_read(pictures_before):
    watched = Watched(BADGE)
    poster = on_a_desk(picture("HTTP://EXAMPLE.ORG/"))
    for _ in range(pictures_before):
        watched.reader.read(poster)
    watched.taken.clear()
    before_it = poster.copy()
    modules = np.random.default_rng(5).integers(0, 2, (33, 33), dtype=np.uint8)  # as busy as a code
    before_it[450:648, 900:1098] = np.kron(modules, np.full((6, 6), 230, np.uint8))
    assert set(watched.reader.read(before_it)) == {"HTTP://EXAMPLE.ORG/", BADGE}
    assert len(watched.taken) == 1


def test_the_stage_that_read_looks_at_the_next_picture_too():
    watched = Watched(BADGE)
    for left in (100, 200, 300):
        assert watched.reader.read(with_hand_at(left)) == (BADGE,)
    assert watched.taken == [0, 0, 0]


def test_noise_is_no_motion_and_a_badge_is():
    random = np.random.default_rng(2)
    motion = Motion()
    frames = [(wall() + random.normal(0, 5, (720, 1280))).clip(0, 255).astype(np.uint8) for _ in range(6)]
    assert [motion.moved(frame) for frame in frames] == [True, False, False, False, False, False]
    frames[0][300:332, 600:632] = 250
    assert motion.moved(frames[0])


def test_a_camera_that_changes_its_size_counts_as_motion():
    motion = Motion()
    motion.moved(wall())
    assert motion.moved(wall()[:360, :640])
