"""Names as people have them, and what a paste or a broken file makes of them."""

import pytest

from foundation.person_name import stranger_in, tidied


@pytest.mark.parametrize(
    "name",
    [
        "Li Mei",
        "李梅",
        "阿卜杜拉·买买提",
        "علی‌رضا",  # a ZERO WIDTH NON-JOINER within
        "क्‍ष",  # a ZERO WIDTH JOINER within
        "𠮷野",
        "\U00031350",  # CJK extension H, newer than some Pythons
        "\U000323b0",  # a place that a later Unicode may fill
        "O’Neill-Đặng",
        "José",
    ],
)
def test_a_name_is_kept_as_it_is(name):
    assert tidied(name) == name
    assert stranger_in(name) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Li   Mei ", "Li Mei"),
        ("李\u3000梅", "李 梅"),
        ("Li\u00a0Mei", "Li Mei"),
        ("Li\u2009\u202fMei", "Li Mei"),
        ("\u200f\u202bمريم\u202c", "مريم"),
        ("\ufeffLi Mei", "Li Mei"),
        ("Li\u200b Mei", "Li Mei"),
        ("Mar\u00adga\u00adre\u00adte", "Margarete"),
        ("Jose\u0301", "José"),
        ("Mu\u0308ller", "Müller"),
        ("Li \u200c Mei", "Li Mei"),
        ("\u200e \u200b", ""),
    ],
)
def test_what_a_paste_left_behind_goes(written, kept):
    assert tidied(written) == kept
    assert tidied(kept) == kept


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("Li\nMei", "U+000A", 3),
        ("Li\0Mei", "U+0000", 3),
        ("Jos\ufffd", "U+FFFD", 4),
        ("\ue863", "U+E863", 1),
        ("Mei\x1b[2J", "U+001B", 4),
        ("Mei\u2028", "U+2028", 4),
        ("Mei\ufffe", "U+FFFE", 4),
        ("Mei\ufdd0", "U+FDD0", 4),
        ("Mei\ud83d", "U+D83D", 4),
        ("\U000f0000Mei", "U+F0000", 1),
        ("Mei\U000e0041", "U+E0041", 4),
    ],
)
def test_what_stands_in_no_name_is_named_with_its_place(text, code, place):
    assert stranger_in(text) == (code, place)
