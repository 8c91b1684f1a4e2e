import cv2
import numpy as np
import pytest
import segno
import zxingcpp
from segno import consts

from drivers.camera.contents import TEXT_MODE, Content, Kind, content_of, content_of_bytes

PLACES = {
    "as it is": lambda grey: grey,
    "mirrored": lambda grey: grey[:, ::-1],
    "upside down": lambda grey: grey[::-1, ::-1],
    "sideways": np.rot90,
    "light on dark": lambda grey: 255 - grey,
    "mirrored and sideways": lambda grey: np.rot90(grey[::-1]),
}


def drawn(code, module=6):
    modules = np.array([list(row) for row in code.matrix], dtype=np.uint8)
    return np.where(np.kron(np.pad(modules, 4), np.ones((module, module))) > 0, 20, 235).astype(np.uint8)


def found(grey):
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    (code,) = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=formats, text_mode=TEXT_MODE)
    return code


def held(code):
    return content_of(found(drawn(code)))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("志愿者图书馆", {"encoding": "gb18030", "eci": True}),
        ("签到处一号门", {"mode": "hanzi"}),
        ("点茗会場入口", {"mode": "kanji"}),
        ("カード番号五", {"encoding": "shift-jis", "eci": True, "mode": "byte"}),
        ("Zoë Größe ĳ", {"encoding": "utf-8", "eci": True}),
        ("志願者證", {"encoding": "big5", "eci": True}),
        ("자원봉사", {"encoding": "euc-kr", "eci": True}),
        ("Łódź", {"encoding": "iso-8859-2", "eci": True}),
        ("Привет", {"encoding": "cp1251", "eci": True}),
        ("签到 ✓", {}),
        ("MB1:7K9Z%B2", {}),
        ("00412", {}),
    ],
)
def test_what_a_code_declares_is_its_text(text, options, place):
    code = found(PLACES[place](drawn(segno.make_qr(text, **options))))
    assert content_of(code) == Content(text)


@pytest.mark.parametrize("error", "lmqh")
@pytest.mark.parametrize("mask", range(8))
def test_the_mode_is_found_under_every_mask_and_level(error, mask):
    assert held(segno.make_qr("志愿者", mode="hanzi", error=error, mask=mask)) == Content("志愿者")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "payload",
    ["志愿者图书馆".encode("gbk"), "Zoë".encode("latin-1"), "カード".encode("shift-jis"), b"\xff\x00"],
)
def test_undeclared_bytes_stay_bytes(payload, place):
    code = found(PLACES[place](drawn(segno.make_qr(payload, mode="byte"))))
    assert content_of(code) == Content("bytes:" + payload.hex().upper(), Kind.BYTES)


def test_a_backslash_of_the_data_is_no_declaration():
    text = "a\\000029\\b 签到"
    assert held(segno.make_qr(text, encoding="utf-8", eci=True)) == Content(text)
    assert held(segno.make_qr(text, encoding="utf-8", eci=False)) == Content(text)


def test_a_byte_order_mark_is_no_part_of_a_code():
    assert held(segno.make_qr("\ufeffMB1:7K9Z".encode())) == Content("MB1:7K9Z")
    assert content_of_bytes("\ufeff签到".encode()) == Content("签到")


def test_one_code_of_several_is_told_as_that():
    parts = [held(code) for code in segno.make_sequence("MUSTER" * 20, version=1)]
    assert {part.kind for part in parts} == {Kind.PART}
    assert "".join(part.text for part in parts) == "MUSTER" * 20


def test_a_damaged_badge_is_never_taken_for_one_code_of_several():
    """Its mode is one module away from that of a part: `0010` and `0011`."""
    grey = drawn(segno.make_qr("MB1:7K9Z%B2+AA41", error="q"))
    last = grey.shape[0] - 4 * 6
    for row in range(2):
        for column in range(2):
            damaged = grey.copy()
            rows = slice(last - 6 * (row + 1), last - 6 * row)
            columns = slice(last - 6 * (column + 1), last - 6 * column)
            damaged[rows, columns] = 255 - damaged[rows, columns]
            assert content_of(found(damaged)) == Content("MB1:7K9Z%B2+AA41")


def test_nothing_is_nothing():
    assert content_of_bytes(b"") is None
    assert content_of_bytes(b"\xef\xbb\xbf") is None


def test_a_tilted_code_tells_its_mode_too():
    grey = drawn(segno.make_qr("志愿者图书馆", mode="hanzi"))
    tilt = np.array([[1, 0.2, 10], [0.1, 1, 10], [0.001, 0.0005, 1]])
    tilted = cv2.warpPerspective(grey, tilt, (300, 300), borderValue=235)
    assert content_of(found(tilted)) == Content("志愿者图书馆")


LIB, BYTES = ("LIB", consts.MODE_ALPHANUMERIC), ("é".encode(), consts.MODE_BYTE)
HANZI, KANJI = ("志愿", consts.MODE_HANZI), ("点茗", consts.MODE_KANJI)
IN_HANZI, IN_KANJI = "志愿".encode("gb2312"), "点茗".encode("shift-jis")


@pytest.mark.parametrize(
    ("segments", "payload"),
    [
        ([LIB, HANZI], b"LIB" + IN_HANZI),
        ([LIB, KANJI], b"LIB" + IN_KANJI),
        ([KANJI, BYTES], IN_KANJI + "é".encode()),
        ([BYTES, KANJI], "é".encode() + IN_KANJI),
    ],
)
def test_what_a_later_segment_declares_is_never_taken_for_something_else(segments, payload):
    """GB 2312 often looks like UTF-8: two characters of Chinese came out as two of Hebrew and Armenian."""
    assert held(segno.make_qr(segments)) == Content("bytes:" + payload.hex().upper(), Kind.BYTES)
