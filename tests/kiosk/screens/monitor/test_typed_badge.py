"""A badge that a scanner types on the page: kept from the page's keys, found once Enter ends it."""

from kiosk.screens.monitor.typed_badge import TypedBadge
from tests.kiosk.samples import token


def typed(badge: TypedBadge, text: str, at_s: float = 10.0) -> list[bool]:
    keys = [("enter" if one == "\n" else one, None if one == "\n" else one) for one in text]
    return [badge.takes(key, character, at_s) for key, character in keys]


def test_a_badge_and_a_number_are_taken_whole():
    badge = TypedBadge()
    assert all(typed(badge, token(7) + "\n"))
    assert badge.finished == token(7)
    assert all(typed(badge, "590000\n"))
    assert badge.finished == "590000"


def test_keys_of_the_page_stay_what_they_are():
    badge = TypedBadge()
    assert typed(badge, "mxegs\n") == [False] * 6
    assert typed(badge, "M") == [True]  # a capital is no key of the page
    assert typed(badge, "x\n") == [False, False]
    assert typed(badge, "12q") == [True, True, False]
    assert badge.finished == ""


def test_who_stops_typing_has_begun_nothing():
    badge = TypedBadge()
    typed(badge, "59")
    assert typed(badge, "\n", at_s=13.0) == [False]
