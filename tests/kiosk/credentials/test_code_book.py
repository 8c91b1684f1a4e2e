import pytest

from drivers.reading import Instant
from kiosk.credentials.code_book import CodeBook
from sync.contract.one_time_code import OneTimeCode, lookup_of
from tests.kiosk.samples import PSEUDONYM_KEY
from tests.sync.samples import NINE_MS

BOOT, NEXT_BOOT = "a" * 32, "b" * 32
LIFE_MS = 600_000
"""Ten minutes."""
HOUR = 3_600_000
DAY = 24 * HOUR
NOW = Instant(HOUR, NINE_MS)


def code(digits="482913", volunteer="1", serial=1, expires_ms=NINE_MS + LIFE_MS) -> OneTimeCode:
    return OneTimeCode(
        f"code:{volunteer}.{serial:016x}", lookup_of(PSEUDONYM_KEY, digits), volunteer, expires_ms
    )


def book(*codes, given_ms=NINE_MS, now=NOW, **more) -> CodeBook:
    return CodeBook().with_codes(codes or [code()], given_ms, BOOT, now, **more)


def later(ms, wall_ms=0) -> Instant:
    return Instant(NOW.mono_ms + ms, NOW.wall_ms + (wall_ms or ms))


def find(kept, digits="482913", boot=BOOT, now=NOW):
    return kept.find(lookup_of(PSEUDONYM_KEY, digits), boot, now)


def test_a_code_is_found_by_its_digits_alone():
    assert find(book()).code == code()
    assert find(book(), "482914") is None


def test_a_code_ends_ten_minutes_after_it_was_issued():
    assert not find(book()).is_over(BOOT, later(LIFE_MS - 1))
    assert find(book()).is_over(BOOT, later(LIFE_MS))


def test_a_code_that_took_its_time_to_come_ends_no_later():
    late = book(given_ms=NINE_MS + 60_000)
    assert find(late).is_over(BOOT, later(LIFE_MS - 60_000))


@pytest.mark.parametrize("wall_ms", [-100 * DAY, 100 * DAY])
def test_a_wrong_wall_clock_ends_no_code_and_prolongs_none(wall_ms):
    wrong = Instant(HOUR, NINE_MS + wall_ms)
    kept = find(book(now=wrong))
    assert not kept.is_over(BOOT, Instant(HOUR + LIFE_MS - 1, wrong.wall_ms))
    assert kept.is_over(BOOT, Instant(HOUR + LIFE_MS, wrong.wall_ms))


def test_after_a_reboot_the_wall_clock_decides():
    kept = find(book())
    assert not kept.is_over(NEXT_BOOT, Instant(5, NINE_MS + LIFE_MS - 1))
    assert kept.is_over(NEXT_BOOT, Instant(5, NINE_MS + LIFE_MS))


def test_a_code_that_is_given_again_keeps_its_end():
    again = book().with_codes([code()], NINE_MS, BOOT, later(60_000))
    assert again == book()


def test_of_two_with_the_same_digits_the_one_that_lives_is_meant():
    old = code(expires_ms=NINE_MS)
    kept = book(old, code(volunteer="2", serial=2))
    assert find(kept).code.volunteer == "2"
    used = book(code(), code(volunteer="2", serial=2)).with_used(code().ref)
    assert find(used).code.volunteer == "2"


def test_of_two_people_with_the_same_digits_neither_is_meant():
    assert find(book(code(), code(volunteer="2", serial=2))) is None


def test_a_code_that_is_over_is_known_for_an_hour_and_then_forgotten():
    kept = book()
    assert kept.without_old(BOOT, later(LIFE_MS + HOUR - 1)) == kept
    assert kept.without_old(BOOT, later(LIFE_MS + HOUR)) == CodeBook()


def test_a_code_for_a_telephone_is_remembered_for_as_long_as_it_limits_the_next():
    kept = book(telephone="keyed:1")
    assert kept.without_old(BOOT, later(LIFE_MS + DAY - 1)) == kept
    assert kept.without_old(BOOT, later(LIFE_MS + DAY)) == CodeBook()


def test_it_tells_when_codes_were_sent_to_a_telephone():
    kept = book(telephone="keyed:1").with_codes([code(serial=2)], NINE_MS, BOOT, NOW, "keyed:2")
    assert list(kept.sent_to("keyed:1")) == [NINE_MS]
    assert list(kept.sent_to("keyed:3")) == []


def test_codes_that_are_used_or_over_are_none_to_type():
    kept = book(code(), code("111111", serial=2), code("222222", serial=3, expires_ms=NINE_MS))
    assert kept.with_used(code().ref).living(BOOT, NOW) == 1
