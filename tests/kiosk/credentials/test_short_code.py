import pytest

from kiosk.credentials.short_code import carries_short_code, has_digits, short_code

KEY = bytes(range(32))
NOON_MS = 1_772_856_000_000
WINDOW_MS = 120_000
"""Two minutes."""


def test_it_shows_four_digits_that_stay_for_the_window():
    start = NOON_MS - NOON_MS % WINDOW_MS
    code = short_code(KEY, "north-gate", start)
    assert len(code) == 4
    assert code.isdecimal()
    assert short_code(KEY, "north-gate", start + WINDOW_MS - 1) == code
    assert short_code(KEY, "north-gate", start + WINDOW_MS) != code


def test_it_shows_other_digits_later_elsewhere_and_with_another_key():
    codes = {
        short_code(KEY, "north-gate", NOON_MS),
        short_code(KEY, "north-gate", NOON_MS + 10 * WINDOW_MS),
        short_code(KEY, "south-gate", NOON_MS),
        short_code(bytes(32), "north-gate", NOON_MS),
    }
    assert len(codes) == 4


def test_a_text_carries_the_code_of_now_or_just_before():
    code = short_code(KEY, "north-gate", NOON_MS)
    assert carries_short_code(f"签到 {code}", KEY, "north-gate", NOON_MS)
    assert carries_short_code(f"IN {code}!", KEY, "north-gate", NOON_MS + WINDOW_MS)
    assert not carries_short_code(code, KEY, "north-gate", NOON_MS + 2 * WINDOW_MS)


def test_digits_of_another_script_are_the_same_digits():
    code = short_code(KEY, "north-gate", NOON_MS)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert carries_short_code(arabic, KEY, "north-gate", NOON_MS)


@pytest.mark.parametrize(
    "between", [" ", "-", ",", ".", "\u200b", "\u2060", "\u200f", "\ufe0f\u20e3", " – ", "\n", "_"]
)
def test_what_stands_between_the_digits_does_not_count(between):
    code = short_code(KEY, "north-gate", NOON_MS)
    assert carries_short_code(f"in {between.join(code)}{between}", KEY, "north-gate", NOON_MS)
    assert carries_short_code(f"{code[:2]}{between}{code[2:]}", KEY, "north-gate", NOON_MS)


def test_digits_in_circles_and_on_keys_are_digits():
    code = short_code(KEY, "north-gate", NOON_MS)
    circled = code.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"))
    filled = code.translate(str.maketrans("0123456789", "⓿❶❷❸❹❺❻❼❽❾"))
    assert carries_short_code(circled, KEY, "north-gate", NOON_MS)
    assert carries_short_code(filled, KEY, "north-gate", NOON_MS)
    assert [has_digits(text) for text in (circled, "4\ufe0f\u20e3", "४", "签到", "", "x²")] == [
        True, True, True, False, False, True,
    ]  # fmt: skip


def test_a_code_beside_other_numbers_is_found_and_letters_keep_digits_apart():
    code = short_code(KEY, "north-gate", NOON_MS)
    assert carries_short_code(f"2026-03-07 {code} 9", KEY, "north-gate", NOON_MS)
    assert not carries_short_code(f"{code[:2]} at {code[2:]}", KEY, "north-gate", NOON_MS)


def test_the_code_within_a_longer_number_does_not_count():
    code = short_code(KEY, "north-gate", NOON_MS)
    assert not carries_short_code(f"{code}7", KEY, "north-gate", NOON_MS)
    assert not carries_short_code("", KEY, "north-gate", NOON_MS)
