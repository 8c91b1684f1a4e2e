"""Times as people write them, in the zone of a site."""

import datetime as dt

import pytest

from foundation.errors import RulesError
from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.local_times import clock_ms, clock_text, local_ms, local_text


@pytest.mark.parametrize(
    ("text", "zone", "utc_ms"),
    [
        ("2026-03-07T12:00", "Asia/Shanghai", 1_772_856_000_000),
        (" 2026-03-07 12:00:00 ", "Asia/Shanghai", 1_772_856_000_000),
        ("2026-03-07T04:00+00:00", "Asia/Shanghai", 1_772_856_000_000),
        ("2026-10-25T02:30+02:00", "Europe/Berlin", 1_792_888_200_000),
    ],
)
def test_a_local_time_is_a_moment(text, zone, utc_ms):
    assert local_ms(text, zone) == utc_ms


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("five o'clock", "Asia/Shanghai", "INVALID_TIME"),
        ("", "Asia/Shanghai", "INVALID_TIME"),
        ("2026-03-07", "Asia/Shanghai", "INVALID_TIME"),
        ("20260307", "Asia/Shanghai", "INVALID_TIME"),
        ("2026-W10-6T10:00", "Asia/Shanghai", "INVALID_TIME"),
        ("2026-03-07T25:00", "Asia/Shanghai", "INVALID_TIME"),
        ("0001-01-01T00:00+14:00", "Asia/Shanghai", "TIME_OF_ANOTHER_AGE"),
        ("9999-12-31T23:00", "Europe/Berlin", "TIME_OF_ANOTHER_AGE"),
        ("2026-03-29T02:30", "Europe/Berlin", "TIME_NOT_ONCE"),
        ("2026-10-25T02:30", "Europe/Berlin", "TIME_NOT_ONCE"),
    ],
)
def test_a_time_that_is_none_or_does_not_exist_once_is_refused(text, zone, code):
    with pytest.raises(RulesError) as refused:
        local_ms(text, zone)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("utc_ms", "zone", "text"),
    [
        (1_772_856_000_000, "Asia/Shanghai", "2026-03-07 12:00:00"),
        (1_792_888_200_000, "Europe/Berlin", "2026-10-25 02:30:00+02:00"),
        (1_792_891_800_000, "Europe/Berlin", "2026-10-25 02:30:00+01:00"),
        (1_792_895_400_000, "Europe/Berlin", "2026-10-25 03:30:00"),
    ],
)
def test_a_time_that_clocks_show_twice_is_told_with_its_offset(utc_ms, zone, text):
    assert local_text(utc_ms, zone) == text
    if len(text) > 19:
        assert local_ms(text, zone) == utc_ms
    assert clock_text(utc_ms, zone) == text[11:16] + text[19:]


def test_explanations_tell_the_offset_too():
    teller = Teller(Words("en"), "Europe/Berlin")
    assert teller.clock(1_792_888_200) == "02:30:00+02:00"
    assert teller.date_and_time(1_792_891_800) == "2026-10-25 02:30:00+01:00"
    assert teller.clock(1_792_895_400) == "03:30:00"


@pytest.mark.parametrize(
    ("text", "zone", "next_day", "told"),
    [
        ("16:20", "Asia/Shanghai", False, "2026-03-07 16:20:00"),
        ("1620", "Asia/Shanghai", False, "2026-03-07 16:20:00"),
        ("930", "Asia/Shanghai", False, "2026-03-07 09:30:00"),
        ("9.30", "Asia/Shanghai", False, "2026-03-07 09:30:00"),
        ("00:05", "Asia/Shanghai", True, "2026-03-08 00:05:00"),
        ("٠٩:٣٠", "Asia/Riyadh", False, "2026-03-07 09:30:00"),
        ("１６：２０", "Asia/Shanghai", False, "2026-03-07 16:20:00"),
        ("08:00+00:00", "Asia/Shanghai", False, "2026-03-07 16:00:00"),
    ],
)
def test_a_time_of_day_is_a_moment_of_that_day_or_the_next(text, zone, next_day, told):
    at_ms = clock_ms(dt.date(2026, 3, 7), text, zone, next_day=next_day)
    assert local_text(at_ms, zone) == told


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        ("", "2026-03-07", "INVALID_CLOCK"),
        ("24:00", "2026-03-07", "INVALID_CLOCK"),
        ("9", "2026-03-07", "INVALID_CLOCK"),
        ("12:60", "2026-03-07", "INVALID_CLOCK"),
        ("12:00:00", "2026-03-07", "INVALID_CLOCK"),
        ("12:00+25:00", "2026-03-07", "INVALID_CLOCK"),
        ("12:00", "9999-12-31", "INVALID_CLOCK"),
        ("02:30", "2026-03-28", "TIME_NOT_ONCE"),
        ("02:30", "2026-10-24", "TIME_NOT_ONCE"),
    ],
)
def test_what_is_no_time_of_day_or_does_not_exist_once_is_refused(text, day, code):
    with pytest.raises(RulesError) as refused:
        clock_ms(dt.date.fromisoformat(day), text, "Europe/Berlin", next_day=True)
    assert refused.value.code == code
