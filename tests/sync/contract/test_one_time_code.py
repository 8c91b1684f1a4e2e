import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import one_time_code
from sync.contract.one_time_code import draw, has_six_digits, lookup_of, wait_ms
from sync.contract.pseudonym import Subject, keyed_reference

KEY = bytes(range(32))
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


def test_a_code_has_six_digits_and_ends_after_ten_minutes():
    drawn = draw(KEY, "100101", 5, ())
    assert re.fullmatch("[0-9]{6}", drawn.digits)
    assert re.fullmatch("code:100101[.][0-9a-f]{16}", drawn.code.ref)
    assert (drawn.code.volunteer, drawn.code.expires_ms) == ("100101", 5 + 10 * MINUTE)


def test_it_is_found_by_what_somebody_types():
    drawn = draw(KEY, "1", 0, ())
    assert drawn.code.lookup == lookup_of(KEY, f" {drawn.digits[:3]}-{drawn.digits[3:]} ")
    assert drawn.code.lookup == keyed_reference(KEY, Subject.SMS_CODE, drawn.digits)
    assert drawn.code.lookup != lookup_of(bytes(32), drawn.digits)


def test_digits_that_are_in_use_are_not_drawn_again(monkeypatch):
    numbers = iter([7, 7, 8])
    monkeypatch.setattr(one_time_code.secrets, "randbelow", lambda below: next(numbers))
    assert draw(KEY, "1", 0, {lookup_of(KEY, "000007")}).digits == "000008"


def test_its_digits_are_not_shown_by_accident():
    drawn = draw(KEY, "1", 0, ())
    assert drawn.digits not in repr(drawn)


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("482913", True),
        ("482 913", True),
        ("٤٨٢٩١٣", True),
        ("48291", False),
        ("4829130", False),
        ("", False),
    ],
)
def test_anything_but_six_digits_is_no_code(typed, fits):
    assert has_six_digits(typed) is fits


@pytest.mark.parametrize(
    ("sent_minutes_ago", "wait_minutes"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 5, 14], 1),
        ([0, 5, 15], 0),
        ([0, 0, 0], 15),
        ([20 * each for each in range(1, 11)], 24 * 60 - 200),
        ([20 * each for each in range(1, 10)], 0),
        ([24 * 60 + each for each in range(50)], 0),
    ],
)
def test_a_telephone_gets_three_codes_in_fifteen_minutes_and_ten_in_a_day(sent_minutes_ago, wait_minutes):
    now_ms = 3 * DAY
    sent = [now_ms - ago * MINUTE for ago in sent_minutes_ago]
    assert wait_ms(sent, now_ms) == wait_minutes * MINUTE


def test_a_clock_that_was_set_back_lifts_no_limit():
    assert wait_ms([DAY, DAY, DAY], 0) == 15 * MINUTE


@given(st.lists(st.integers(0, 2 * DAY), max_size=60))
def test_whoever_always_waits_as_told_never_gets_more(asked_ms):
    sent: list[int] = []
    for now_ms in sorted(asked_ms):
        if wait_ms(sent, now_ms) == 0:
            sent.append(now_ms)
    for start in sent:
        assert len([one for one in sent if start <= one < start + 15 * MINUTE]) <= 3
        assert len([one for one in sent if start <= one < start + DAY]) <= 10
