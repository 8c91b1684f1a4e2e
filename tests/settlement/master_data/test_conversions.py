"""What is done to a cell that is not written as it is kept is told, by shapes that are nobody's data."""

import pytest

from settlement.lists.rows import display_name, volunteer_number
from settlement.lists.written_forms import shape, told
from settlement.master_data.conversions import Conversion, conversions_of, example_of
from settlement.master_data.people_file import as_presented

ID_NUMBER = "11010519491231002X"


def read_as(column, text):
    if column == "name":
        return display_name(text)
    return str(volunteer_number(text)) if column == "number" else as_presented(column, text, "CN")


@pytest.mark.parametrize(
    ("column", "text", "kinds"),
    [
        ("number", "1001", []),
        ("number", "001001", [Conversion.LEADING_ZEROS]),
        ("number", "１００１", [Conversion.OTHER_FORM]),
        ("number", "١٠٠١", [Conversion.OTHER_FORM]),
        ("number", "1001\u200e", [Conversion.UNSEEN]),
        ("name", "Mei Li", []),
        ("name", "می\u200cروم", []),
        ("name", "李\u3000梅", [Conversion.SPACES]),
        ("name", "Mei  Li", [Conversion.SPACES]),
        ("name", "Mei\u200b", [Conversion.UNSEEN]),
        ("name", "Jose\u0301", [Conversion.COMPOSED]),
        ("id_number", ID_NUMBER, []),
        ("id_number", ID_NUMBER.lower(), [Conversion.CASE]),
        ("id_number", ID_NUMBER.replace("X", "×"), [Conversion.LOOK_ALIKE]),
        ("id_number", ID_NUMBER.replace("X", "Х"), [Conversion.LOOK_ALIKE]),
        ("id_number", ID_NUMBER.replace("X", "Ｘ"), [Conversion.OTHER_FORM]),
        ("id_number", f"'{ID_NUMBER}", [Conversion.BETWEEN]),
        ("id_number", "110105 19491231 002x", [Conversion.BETWEEN, Conversion.CASE]),
        ("phone", "+8613800138000", []),
        ("phone", "13800138000", [Conversion.COUNTRY]),
        ("phone", "13800138000.0", [Conversion.FLOAT, Conversion.COUNTRY]),
        ("phone", "+86 138-0013-8000", [Conversion.BETWEEN]),
        ("phone", "１３８００１３８０００", [Conversion.OTHER_FORM, Conversion.COUNTRY]),
        ("phone", "\u202a+8613800138000\u202c", [Conversion.UNSEEN]),
        ("card_uid", "04A2B3C4", []),
        ("card_uid", "0x04a2b3c4", [Conversion.PREFIX, Conversion.CASE]),
        ("card_uid", "04:A2:B3:C4", [Conversion.BETWEEN]),
        ("tag", "0a00abcdef", [Conversion.CASE]),
        ("code", "LIB 00412", []),
        ("code", "lib-00412", []),
        ("code", "'00412", [Conversion.BETWEEN]),
        ("code", "ＬＩＢ-00412", [Conversion.OTHER_FORM]),
    ],
)
def test_each_way_of_writing_is_told(column, text, kinds):
    assert list(conversions_of(column, text, read_as(column, text))) == kinds


@pytest.mark.parametrize(
    ("column", "text", "before", "after"),
    [
        ("phone", "138 0013 8000", "999 9999 9999", "+8699999999999"),
        ("phone", "+966 50 123 4567", "+999 99 999 9999", "+966999999999"),
        ("phone", "\u202a+8613800138000", "<U+202A>+9999999999999", "+8699999999999"),
        ("id_number", "11010519491231002×", "99999999999999999×", "99999999999999999A"),
        ("number", "１００１", "９９９９", "9999"),
        ("number", "١٠٠١", "٩٩٩٩", "9999"),
        ("name", "李\u3000梅", "▢<U+3000>▢", "▢ ▢"),
        ("name", "Jose\u0301", "Aaaa◌", "Aaa▢"),
        ("code", "ＬIb-1", "ＡAa-9", "AAa-9"),
    ],
)
def test_an_example_is_a_shape(column, text, before, after):
    read = read_as(column, text) if column != "code" else "LIb-1"
    example = example_of(column, text, read)
    assert (example.before, example.after) == (before, after)


@pytest.mark.parametrize(
    "text", ["13800138000", "138 0013 8000", ID_NUMBER, "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"]
)
def test_a_number_of_a_person_in_a_wrong_column_is_told_as_its_shape(text):
    assert told(text) == shape(text)
    assert not set(told(text)) & set("012345678")


@pytest.mark.parametrize("text", ["2026-03-07 00:00:00", "fair-20260307", "1.3.2026", "10o2", ""])
def test_days_and_names_are_told_as_they_are(text):
    assert told(text) == text
