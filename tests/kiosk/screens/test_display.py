import pytest
from rich.cells import cell_len

from foundation.words import Direction
from kiosk.screens.display import display, fit, lines, wrap

ISOLATED = "\u2068Li Ming\u2069"


def test_latin_and_chinese_stay_as_they_are():
    assert display("Li Ming 李明 10:05") == "Li Ming 李明 10:05"


def test_arabic_letters_are_joined_and_put_in_visual_order():
    # seen, lam, alef, meem: the lam and alef become one ligature.
    assert display("سلام") == "\ufee1\ufefc\ufeb3"


def test_a_time_in_an_arabic_line_keeps_its_digits_in_order():
    assert display("منذ 10:05", Direction.RTL).startswith("10:05 ")


def test_an_arabic_name_in_an_english_sentence_leaves_the_sentence_in_order():
    shown = display("Welcome, \u2068محمد\u2069, 3 events")
    assert shown.startswith("Welcome, ")
    assert shown.endswith(", 3 events")


def test_marks_that_steer_the_order_are_not_sent_to_the_terminal():
    assert display(f"مع {ISOLATED}", Direction.RTL) == "Li Ming \ufeca\ufee3"


def test_a_name_can_neither_turn_the_line_around_nor_send_commands():
    assert display("\u202eeve\x1b[2J\n") == "eve [2J "
    assert display("\u202eMallory", Direction.RTL) == "Mallory"


def test_brackets_embrace_what_they_embraced():
    assert display("الحاضرون (8)", Direction.RTL).startswith("(8) ")
    assert display("سبب \u2068a (b)\u2069 (ج)", Direction.RTL) == "(\ufe9d) a (b) \ufe90\ufe92\ufeb3"
    assert display("Welcome (\u2068محمد\u2069)").startswith("Welcome (")
    assert display("«x_y» سبب", Direction.RTL) == "\ufe90\ufe92\ufeb3 «x_y»"


def test_a_minus_stays_at_the_left_of_its_number_in_arabic():
    assert "−2" in display("\u200e−2 د", Direction.RTL)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two", 3, ["one", "two"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("请稍候。", 6, ["请稍", "候。"]),
        ("（请）稍", 4, ["（请", "）稍"]),
        ("", 5, [""]),
    ],
)
def test_it_wraps_by_cells(text, width, expected):
    assert wrap(text, width) == expected


@pytest.mark.parametrize("width", range(4, 40))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(width):
    text = "请出示 badge（一），or type the code：再试一次。Please ask the staff."
    wrapped = wrap(text, width)
    assert max(map(cell_len, wrapped)) <= width
    assert "".join(wrapped).replace(" ", "") == text.replace(" ", "")


def test_arabic_is_wrapped_before_it_is_reordered():
    first, second = lines("واحد اثنان", 6, Direction.RTL)
    assert (first, second) == (display("واحد"), display("اثنان"))


@pytest.mark.parametrize(
    ("text", "direction", "expected"),
    [
        ("Li", Direction.LTR, "Li    "),
        ("Li", Direction.RTL, "    Li"),
        ("李明", Direction.LTR, "李明  "),
        ("Li Ming", Direction.LTR, "Li Mi…"),
        ("Li Ming", Direction.RTL, "Li Mi…"),
        ("李小明明", Direction.LTR, "李小… "),
    ],
)
def test_a_cell_has_exactly_its_width(text, direction, expected):
    assert fit(text, 6, direction) == expected
