from kiosk.credentials.short_code import carries_short_code, short_code

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


def test_the_code_within_a_longer_number_does_not_count():
    code = short_code(KEY, "north-gate", NOON_MS)
    assert not carries_short_code(f"{code}7", KEY, "north-gate", NOON_MS)
    assert not carries_short_code("", KEY, "north-gate", NOON_MS)
