"""What is printed is read again, by two decoders, from the file that the printer gets."""

import datetime as dt
import io
import itertools
import re
import subprocess
import sys

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from foundation.errors import DeviceError, SettingsError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.badges.code import CodePrinter, drawing_of
from settlement.badges.csv_source import WantedBadge
from settlement.badges.fonts import DEBIAN_FONTS, FontFile, Fonts
from settlement.badges.issue import Outputs, files_of, without_font, write_new
from settlement.badges.sheet import ACROSS, DOWN, PrintedBadge, make_sheets
from sync.contract import badge
from sync.contract.badge import Badge
from sync.contract.signing import SigningKey
from tests.english import in_english

KEY = SigningKey.from_seed(bytes(range(32)))
BADGE = Badge(999_999_999_999, serial=65535, last_day=dt.date(2199, 6, 5), demo=True)
DOTS_A_MM = 6  # 150 dpi, a coarse printer
NAMES = ["أحمد الحربي", "Sara Novak", "林晓梅", "Zoë 田中", "محمد Smith 12", "W" * 80, "阿" * 80, "م" * 80]


@pytest.fixture(scope="module")
def printer():
    return CodePrinter()


@pytest.fixture(scope="module")
def fonts():
    return Fonts(DEBIAN_FONTS)


def read_by_both(picture):
    """The texts that zxing-cpp finds, asserted to be those that zbar finds."""
    texts = sorted(found.text for found in zxingcpp.read_barcodes(np.asarray(picture.convert("L"))))
    assert sorted(found.data.decode() for found in pyzbar.decode(picture)) == texts
    return texts


def rasterised(pdf):
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=DOTS_A_MM * 25.4 / 72).to_pil() for page in document]
    document.close()
    return pages


def wanted(count=1, names=("Sara Novak",)):
    return [
        WantedBadge(
            Trouble.term("place", "row", row=n + 2),
            Badge(100101 + n, last_day=dt.date(2099, 1, 1)),
            names[n % len(names)],
        )
        for n in range(count)
    ]


def test_a_picture_is_read_by_two_decoders_and_verifies(printer):
    token = badge.issue(BADGE, KEY)
    picture = Image.open(io.BytesIO(printer.png(token)))
    assert read_by_both(picture) == [token]
    assert badge.verify(token, [KEY.public]) == BADGE


def test_a_code_has_error_correction_q_alphanumeric_characters_and_a_quiet_edge(printer):
    token = badge.issue(BADGE, KEY)
    picture = Image.open(io.BytesIO(printer.png(token)))
    (found,) = zxingcpp.read_barcodes(np.asarray(picture.convert("L")))
    assert found.ec_level == "Q"
    # Version 7 has 45 modules a side: alphanumeric mode alone fits 117 characters into it with Q.
    assert picture.size == ((45 + 2 * 4) * 10, (45 + 2 * 4) * 10)
    dark = Image.eval(picture.convert("L"), lambda value: 255 - value).getbbox()
    assert dark == (40, 40, 490, 490)


def test_a_picture_that_says_something_else_is_never_given_out(printer, monkeypatch):
    monkeypatch.setattr(printer._zbar, "read", lambda grey: [b"MB1:SOMETHING ELSE"])
    with pytest.raises(DeviceError, match="can't be read again"):
        printer.png(badge.issue(BADGE, KEY))


def test_a_text_that_is_too_long_for_a_badge_is_refused():
    with pytest.raises(DeviceError, match="121 characters"):
        drawing_of("A" * 121)


def test_a_drawing_is_the_same_code():
    token = badge.issue(BADGE, KEY)
    drawing = drawing_of(token).decode()
    assert 'width="53mm" height="53mm"' in drawing
    modules = np.full((53, 53), 255, np.uint8)
    x = y = 0
    for command, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", drawing.split("qrline")[1]
    ):
        if command == "h":
            modules[y, x : x + int(first)] = 0
            x += int(first)
        else:
            x, y = (int(first), int(float(second))) if command == "M" else (x + int(first), y + int(second))
    assert read_by_both(Image.fromarray(np.kron(modules, np.ones((8, 8), np.uint8)))) == [token]


def test_every_code_of_the_sheets_is_read_by_two_decoders_and_verifies(fonts):
    people = wanted(ACROSS * DOWN + 1, NAMES)
    (pdf,) = files_of(people, KEY, Outputs(sheets="badges.pdf"), fonts, Words("ar")).values()
    pages = rasterised(pdf)
    assert len(pages) == 2
    found = [badge.verify(text, [KEY.public]) for page in pages for text in read_by_both(page)]
    assert sorted(one.volunteer for one in found) == [one.badge.volunteer for one in people]


@pytest.mark.parametrize("names", [NAMES, NAMES[::-1]])
def test_every_name_is_drawn_under_its_code_whatever_stands_before_it(fonts, printer, names):
    """Each name alone gives the same dots as among the others: no font is forgotten, no name left out."""
    code = printer.png(badge.issue(BADGE, KEY))

    def name_areas(badges):
        (page,) = rasterised(make_sheets(badges, fonts))
        left, top, width, height = 10, 10 + 46, 190 / ACROSS, 277 / DOWN
        for place in range(len(badges)):
            row, column = divmod(place, ACROSS)
            corner = (left + column * width + 1, top + row * height)
            box = (*corner, corner[0] + width - 2, corner[1] + 14)
            yield page.crop([round(edge * DOTS_A_MM) for edge in box]).convert("L")

    together = list(name_areas([PrintedBadge(code, name) for name in names]))
    for name, area in zip(names, together, strict=True):
        (alone,) = name_areas([PrintedBadge(code, name)])
        dots, dots_alone = (np.count_nonzero(np.asarray(one) < 128) for one in (area, alone))
        assert dots_alone > 40, name
        assert abs(dots - dots_alone) < 0.15 * dots_alone, name


def test_arabic_letters_join_and_run_from_right_to_left(fonts, printer):
    code = printer.png(badge.issue(BADGE, KEY))
    text = pypdfium2.PdfDocument(make_sheets([PrintedBadge(code, "محمد", ("1",))], fonts))[0]
    letters = text.get_textpage()
    boxes = [letters.get_charbox(place) for place in range(4)]
    assert [letters.get_text_range(place, 1) for place in range(4)] == list("محمد")
    assert [left for left, *_ in boxes] == sorted((left for left, *_ in boxes), reverse=True)
    gaps = [abs(before[0] - after[2]) for before, after in itertools.pairwise(boxes)]
    assert max(gaps) < 1  # points: isolated forms would stand apart


def test_a_demos_sheet_says_so_on_every_page(fonts):
    people = [WantedBadge(one.place, Badge(one.badge.volunteer, demo=True), one.name) for one in wanted(13)]
    (pdf,) = files_of(people, KEY, Outputs(sheets="badges.pdf"), fonts, Words("en")).values()
    document = pypdfium2.PdfDocument(pdf)
    assert all("DEMONSTRATION" in page.get_textpage().get_text_range() for page in document)


def test_the_small_print_says_number_and_last_day(fonts):
    (pdf,) = files_of(wanted(), KEY, Outputs(sheets="badges.pdf"), fonts, Words("en")).values()
    printed = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "100101" in printed
    assert "valid until 2099-01-01" in printed


def told(unwritten):
    return {in_english(place): in_english(why) for place, why in unwritten.items()}


def test_a_name_that_no_font_has_is_told_and_not_drawn(fonts):
    people = wanted(3, ["Sara", "Sara 👍", "林晓梅 محمد"])
    assert told(without_font(people, fonts)) == {
        "row 3": "no font here has 👍 (U+1F44D)",
        "row 4": "no single font here has all characters of the name",
    }


def test_a_script_whose_font_is_not_installed_is_told():
    latin = Fonts([font for font in DEBIAN_FONTS if font.path.name == "NotoSans-Regular.ttf"])
    assert told(without_font(wanted(1, ["林晓"]), latin)) == {
        "row 2": "no font here has 晓 (U+6653), 林 (U+6797)"
    }


def test_without_any_font_it_says_what_to_install(tmp_path):
    with pytest.raises(SettingsError, match="fonts-noto-cjk"):
        Fonts([FontFile(tmp_path / "nowhere.ttf")])


def test_a_file_that_is_no_font_is_refused(tmp_path):
    (tmp_path / "font.ttf").write_text("no font")
    with pytest.raises(SettingsError, match=r"font\.ttf is no font"):
        Fonts([FontFile(tmp_path / "font.ttf")])


def test_nothing_that_exists_is_overwritten(tmp_path):
    (tmp_path / "b.png").write_text("precious")
    files = {tmp_path / "a.png": b"new", tmp_path / "b.png": b"new"}
    with pytest.raises(SettingsError, match=r"b\.png exists already"):
        write_new(files, overwrite=False)
    assert not (tmp_path / "a.png").exists()
    assert (tmp_path / "b.png").read_text() == "precious"
    write_new(files, overwrite=True)
    assert (tmp_path / "b.png").read_bytes() == b"new"


def test_what_was_written_before_the_disk_refused_is_deleted(tmp_path):
    (tmp_path / "blocked").write_text("a file, not a folder")
    files = {tmp_path / "new" / "a.png": b"new", tmp_path / "blocked" / "b.png": b"new"}
    with pytest.raises(SettingsError, match="can't be written"):
        write_new(files, overwrite=False)
    assert not (tmp_path / "new" / "a.png").exists()


PRINT_ALONE = """
import sys
from settlement.badges.code import CodePrinter
assert CodePrinter().png("HELLO").startswith(b"\\x89PNG")
assert "numpy" not in sys.modules and "cv2" not in sys.modules
"""


def test_the_centre_prints_without_the_cameras_arrays():
    """73 MB that a centre would carry for nothing."""
    alone = (sys.executable, "-c", PRINT_ALONE)
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
