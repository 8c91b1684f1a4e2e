"""Real photographs, with what they hold in a manifest; not one wrong text is allowed."""

from pathlib import Path

import pytest

from drivers.camera.qr import find_in_photo, read_photo
from drivers.camera.verify import BASELINE, available_decoders, load

FOLDER = Path(__file__).parents[2] / "vectors" / "qr"
PHOTOGRAPHS = {photograph.file: photograph for photograph in load(FOLDER)}

# Their bytes are Shift-JIS or GBK and don't say so: a text would be a guess. As bytes they are read.
UNCERTAIN = {
    "zxing/qrcode-2/16.png",
    "zxing/qrcode-2/33.png",
}
STILL_UNREAD = {"boofcv/damaged/image015.jpg"}


@pytest.mark.parametrize("file", sorted(PHOTOGRAPHS))
def test_it_reads_a_photograph(file):
    photograph = PHOTOGRAPHS[file]
    read = set(read_photo(photograph.grey))
    assert read <= photograph.expected
    readable = bool(photograph.expected) and file not in UNCERTAIN | STILL_UNREAD
    assert bool(read) == readable


@pytest.mark.parametrize("file", sorted(UNCERTAIN))
def test_bytes_that_declare_no_text_are_read_as_bytes(file):
    codes = find_in_photo(PHOTOGRAPHS[file].grey).found
    encoded = {
        "bytes:" + text.encode(encoding, "ignore").hex().upper()
        for text in PHOTOGRAPHS[file].expected
        for encoding in ("shift_jis", "gbk")
    }
    assert encoded & {code.content.text for code in codes}


def test_further_stages_read_photographs_that_zxing_alone_does_not():
    alone = available_decoders()[BASELINE]
    hard = [
        photograph
        for photograph in PHOTOGRAPHS.values()
        if photograph.expected and not photograph.expected & set(alone(photograph.grey))
    ]
    assert len(hard) >= 8
    assert sum(bool(read_photo(photograph.grey)) for photograph in hard) >= 7


def test_every_photograph_names_its_licence_and_source():
    rows = (FOLDER / "manifest.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "file,category,expected,licence,source"
    assert all("Apache-2.0" in row or "CC-BY-4.0" in row for row in rows[1:])
    listed = {FOLDER / file for file in PHOTOGRAPHS}
    assert listed == {path for path in FOLDER.rglob("*.*") if path.suffix != ".csv"}
